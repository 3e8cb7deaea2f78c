internal import CKernels
internal import Tensors

/// Packs rows of a type, in whole blocks or plain, into tiles, without loss.
@safe struct RowPacker: Sendable {
    let format: WeightFormat
    /// What the nibbles of the format name, zero being 128; empty for formats without a table.
    let table: [UInt8]
    private let dtype: DType
    private let inputs: Int
    /// For each code, as a byte, what is stored for it.
    private let stored: [UInt8]

    /// Nil for types without a kernel.
    init?(_ dtype: DType, inputs: Int) {
        guard let format = WeightFormat(dtype) else { return nil }
        self.format = format
        self.dtype = dtype
        self.inputs = inputs
        var numbers: [Int8] = []
        var zero = 0
        switch dtype.blocks?.shape {
        case .table(let table), .tableTwoScales(let table): numbers = table
        case .bytes: zero = 128
        case .nibbles: zero = 8
        case .bytesTwoScales: zero = 32
        case .bytesMinimum, .nibblesMinimum, .nibblesHalfMinimum, .nibblesTwoMinimums, nil: break
        }
        table = numbers.map { UInt8(Int($0) + 128) }
        stored = (0..<256).map { byte in
            let code = Int8(truncatingIfNeeded: byte)
            let place = numbers.firstIndex(of: code)
            return UInt8(truncatingIfNeeded: place ?? Int(code) + zero)
        }
    }

    /// Packs one row into a lane of a tile.
    ///
    /// - Returns: whether every number, or every scale, is finite; of other rows nothing is to be used.
    func pack(
        _ row: UnsafeRawBufferPointer, into tile: UnsafeMutablePointer<UInt8>, lane: Int
    ) -> Bool {
        guard let start = row.baseAddress else { return true }
        guard let blocks = dtype.blocks else {
            unsafe fb_pack_numbers(
                start.assumingMemoryBound(to: UInt8.self), Int32(inputs),
                Int32(dtype.blockByteCount), tile, Int32(lane))
            return unsafe dtype.isFinite(row)
        }
        return unsafe withUnsafeTemporaryAllocation(
            of: Int8.self, capacity: BlockFormat.runLength
        ) { unsafe pack(start, blocks, $0, into: tile, lane: lane) }
    }

    private func pack(
        _ row: UnsafeRawPointer, _ blocks: BlockFormat, _ codes: UnsafeMutableBufferPointer<Int8>,
        into tile: UnsafeMutablePointer<UInt8>, lane: Int
    ) -> Bool {
        guard let first = codes.baseAddress else { return true }
        for run in 0..<inputs / BlockFormat.runLength {
            let scales = unsafe blocks.decodeRun(run, of: row, into: first)
            guard scales.isFinite else { return false }
            for index in 0..<BlockFormat.runLength {
                let byte = UInt8(bitPattern: unsafe first[index])
                unsafe first[index] = Int8(bitPattern: stored[Int(byte)])
            }
            unsafe withUnsafeBytes(of: scales.scales) { scale in
                unsafe withUnsafeBytes(of: scales.minimums) { minimum in
                    guard let scale = scale.baseAddress, let minimum = minimum.baseAddress else {
                        return
                    }
                    unsafe fb_pack_block(
                        format.code, UnsafeRawPointer(first).assumingMemoryBound(to: UInt8.self),
                        scale.assumingMemoryBound(to: Float.self),
                        minimum.assumingMemoryBound(to: Float.self),
                        tile + run * format.blockBytes, Int32(lane))
                }
            }
        }
        return true
    }
}
