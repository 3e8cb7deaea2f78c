/// The 4-bit normal float: 16 levels of equal probability under a normal distribution, times a scale per block.
///
///     w = levels[q] * absmax[block],   absmax = the largest magnitude of the block
///
/// From "QLoRA: Efficient Finetuning of Quantized LLMs" (arXiv 2305.14314). Codes are packed two a byte, the first in the
/// high four bits.
enum NF4Codec {
    /// Ascending.
    static let levels: [Float] = [
        -1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635,
        -0.18477343022823334, -0.09105003625154495, 0.0, 0.07958029955625534, 0.16093020141124725,
        0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941,
        0.7229568362236023, 1.0,
    ]

    /// The sizes of blocks that bitsandbytes knows.
    static let blockSizes = [32, 64, 128, 256, 512, 1024, 2048, 4096]

    /// The code of 0, which pads an odd number of codes.
    private static let zeroCode: UInt8 = 7

    /// Scales are taken as at least this, so that a block of zeros has an inverse.
    private static let leastScale: Float = 1e-38

    /// Quantizes values in blocks of `blockSize`, the last of which may be shorter, to the nearest level.
    ///
    /// - Returns: the packed codes and the scale of each block; nil when a value is not finite.
    static func quantize(_ values: [Float], blockSize: Int) -> (
        packed: AlignedBuffer<UInt8>, absmax: [Float]
    )? {
        let packed = AlignedBuffer<UInt8>(count: (values.count + 1) / 2)
        var scales: [Float] = []
        scales.reserveCapacity((values.count + blockSize - 1) / blockSize)
        let codes = AlignedBuffer<UInt8>(count: blockSize)
        let middles = zip(levels, levels.dropFirst()).map { ($0 + $1) / 2 }
        let values = values.span
        for start in stride(from: 0, to: values.count, by: blockSize) {
            let block = values.extracting(start..<min(start + blockSize, values.count))
            let scale = largestMagnitude(of: block)
            guard scale.isFinite else { return nil }
            let divisor = max(scale, leastScale)
            // Whole blocks are multiplied by the inverse and a shorter one is divided, as bitsandbytes does; where a value
            // is in the middle of two levels, that decides.
            unsafe block.withUnsafeBufferPointer { block in
                if block.count == blockSize {
                    unsafe encode(
                        block, times: 1 / divisor, middles: middles.span, into: codes.pointer)
                } else {
                    unsafe encode(block, over: divisor, middles: middles.span, into: codes.pointer)
                }
            }
            scales.append(block.count == blockSize ? scale : divisor)
            if !block.count.isMultiple(of: 2) { codes[block.count] = zeroCode }
            unsafe pack(codes.pointer, count: block.count, into: packed.pointer + start / 2)
        }
        return (packed, scales)
    }

    /// The largest magnitude; NaN counts as the largest.
    private static func largestMagnitude(of values: Span<Float>) -> Float {
        // Magnitudes order like their bits.
        var largest: Int32 = 0
        for index in values.indices {
            largest = max(largest, Int32(bitPattern: values[index].bitPattern & 0x7FFF_FFFF))
        }
        return Float(bitPattern: UInt32(bitPattern: largest))
    }

    /// Writes a code a byte, the number of middles between levels that lie below a value, sixteen at a time.
    private static func encode(
        _ values: UnsafeBufferPointer<Float>, times inverse: Float, middles: Span<Float>,
        into codes: UnsafeMutablePointer<UInt8>
    ) {
        let bytes = UnsafeRawBufferPointer(values)
        let one = SIMD16<Int32>(repeating: 1)
        for start in stride(from: 0, to: values.count, by: 16) {
            let run = unsafe bytes.loadUnaligned(fromByteOffset: 4 &* start, as: SIMD16<Float>.self)
            let positions = run * inverse
            var counts = SIMD16<Int32>.zero
            for index in middles.indices {
                counts.replace(with: counts &+ one, where: positions .> middles[index])
            }
            unsafe UnsafeMutableRawPointer(codes + start)
                .storeBytes(of: SIMD16<UInt8>(truncatingIfNeeded: counts), as: SIMD16<UInt8>.self)
        }
    }

    /// The same for a block of any size, by division.
    private static func encode(
        _ values: UnsafeBufferPointer<Float>, over divisor: Float, middles: Span<Float>,
        into codes: UnsafeMutablePointer<UInt8>
    ) {
        for index in 0..<values.count {
            let position = unsafe values[index] / divisor
            var code: UInt8 = 0
            for level in middles.indices where position > middles[level] { code += 1 }
            unsafe codes[index] = code
        }
    }

    private static func pack(
        _ codes: UnsafePointer<UInt8>, count: Int, into packed: UnsafeMutablePointer<UInt8>
    ) {
        for index in 0..<(count + 1) / 2 {
            unsafe packed[index] = codes[2 &* index] << 4 | codes[2 &* index &+ 1]
        }
    }

    /// The values of `output.count` codes from `element` on, each rounded once.
    static func dequantize(
        _ packed: UnsafeRawBufferPointer, absmax: UnsafeBufferPointer<Float>, blockSize: Int,
        from element: Int,
        into output: UnsafeMutableBufferPointer<Float>
    ) {
        var scaled = InlineArray<16, Float>(repeating: 0)
        var index = 0
        while index < output.count {
            let position = element + index
            let block = position / blockSize
            let end = min(output.count, index + blockSize - position % blockSize)
            let scale = unsafe absmax[block]
            for code in 0..<16 { scaled[code] = levels[code] * scale }
            while index < end {
                let position = element &+ index
                let pair = unsafe packed[position >> 1]
                let code = position & 1 == 0 ? pair >> 4 : pair & 15
                unsafe output[index] = scaled[Int(code)]
                index &+= 1
            }
        }
    }
}
