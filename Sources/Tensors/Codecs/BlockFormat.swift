/// How a block type of ggml stores a row: blocks of some runs of 32 weights, each decoded to small integers and scales.
@safe public struct BlockFormat: Sendable {
    /// Writes the 32 codes of one run of a block.
    typealias Decode =
        @Sendable (_ block: UnsafeRawPointer, _ run: Int, _ codes: UnsafeMutablePointer<Int8>) ->
        RunScales

    /// Weights of a run.
    public static let runLength = 32

    public let shape: RunShape
    let elementCount: Int
    let byteCount: Int
    private let decode: Decode

    init(
        _ elementCount: Int, _ byteCount: Int, _ shape: RunShape, _ decode: @escaping Decode
    ) {
        self.elementCount = elementCount
        self.byteCount = byteCount
        self.shape = shape
        unsafe self.decode = decode
    }

    /// Decodes a run of a row.
    ///
    /// - Parameters:
    ///   - row: whole blocks, at any address.
    ///   - run: which 32 weights of the row; within it.
    ///   - codes: takes 32 codes.
    /// - Returns: the scales and minima; numbers that are not finite are passed on.
    public func decodeRun(
        _ run: Int, of row: UnsafeRawPointer, into codes: UnsafeMutablePointer<Int8>
    ) -> RunScales {
        let (block, inBlock) = run.quotientAndRemainder(
            dividingBy: elementCount / Self.runLength)
        return unsafe decode(row + block * byteCount, inBlock, codes)
    }

    /// Converts whole blocks to floats, value = scale code - minimum.
    ///
    /// Product and difference are each rounded once, so that the values are those of ggml's own reference, bit for bit: a
    /// minimum of zero takes nothing away, not even the sign of a zero.
    func dequantize(
        _ source: UnsafeRawPointer, into target: UnsafeMutablePointer<Float>, count: Int
    ) {
        unsafe withUnsafeTemporaryAllocation(of: Int8.self, capacity: Self.runLength) { buffer in
            guard let codes = buffer.baseAddress else { return }
            for run in 0..<count / Self.runLength {
                let scales = unsafe decodeRun(run, of: source, into: codes)
                for half in 0..<2 {
                    let (scale, minimum) = (scales.scales[half], scales.minimums[half])
                    let from = unsafe codes + 16 * half
                    let to = unsafe target + (Self.runLength * run + 16 * half)
                    for index in 0..<16 {
                        unsafe to[index] = scale * Float(from[index]) - minimum
                    }
                }
            }
        }
    }
}

extension UnsafeRawPointer {
    /// The byte at an offset.
    @inline(__always)
    func byte(_ offset: Int) -> UInt8 {
        unsafe load(fromByteOffset: offset, as: UInt8.self)
    }

    /// The half-precision number at an offset.
    @inline(__always)
    func half(_ offset: Int) -> Float {
        unsafe HalfPrecision.float(f16: loadUnaligned(fromByteOffset: offset, as: UInt16.self))
    }

    /// The 16-bit integer at an offset.
    @inline(__always)
    func word(_ offset: Int) -> UInt16 {
        unsafe loadUnaligned(fromByteOffset: offset, as: UInt16.self)
    }

    /// The 32-bit integer at an offset.
    @inline(__always)
    func long(_ offset: Int) -> UInt32 {
        unsafe loadUnaligned(fromByteOffset: offset, as: UInt32.self)
    }
}
