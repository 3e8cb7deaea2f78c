public import Tensors

/// A weight matrix W (outputs, inputs) packed for the kernels, read-only.
@safe public struct PackedWeights: Sendable {
    public let format: WeightFormat
    public let outputs: Int
    public let inputs: Int
    /// Memory that the matrix takes.
    public let byteCount: Int
    /// What holds the bytes: memory of this process, or a file that processes share.
    private let storage: FileBytes
    /// The packed bytes, `tileBytes` a tile of 16 outputs.
    ///
    /// The last tile is filled up with zeros; behind it is the table of a format that has one.
    nonisolated(unsafe) let pointer: UnsafePointer<UInt8>

    /// Allocates zero bytes and has them packed.
    init(
        format: WeightFormat, outputs: Int, inputs: Int, table: [UInt8] = [],
        packing pack: (UnsafeMutablePointer<UInt8>) -> Void
    ) {
        self.format = format
        self.outputs = outputs
        self.inputs = inputs
        let buffer = AlignedBuffer<UInt8>(
            onHugePages: Self.tileCount(outputs) * Self.tileBytes(format, inputs)
                + (format.hasTable ? WeightFormat.tableBytes : 0))
        unsafe pack(buffer.pointer)
        for (index, byte) in table.enumerated() {
            unsafe buffer.pointer[buffer.count - WeightFormat.tableBytes + index] = byte
        }
        byteCount = buffer.count
        storage = .copied(buffer)
        unsafe pointer = UnsafePointer(buffer.pointer)
    }

    /// Takes a matrix that was packed before from a file.
    ///
    /// - Parameter place: the bytes of the matrix in the file, as `append(to:)` gave them.
    /// - Throws: for a size that the format cannot have, and for a place that is not the matrix's size or not in the file.
    public init(
        name: String, format: WeightFormat, outputs: Int, inputs: Int, place: Range<Int>,
        in file: SealedFile
    ) throws(KernelError) {
        guard outputs > 0, inputs > 0, inputs.isMultiple(of: format.blockInputs) else {
            throw KernelError.format(
                name: name, problem: "\(outputs) x \(inputs) cannot be \(format.rawValue)")
        }
        let (rowBytes, overflow) = (inputs / format.blockInputs)
            .multipliedReportingOverflow(by: format.blockBytes)
        let (tiles, carry) = rowBytes.multipliedReportingOverflow(by: Self.tileCount(outputs))
        let (byteCount, more) = tiles.addingReportingOverflow(
            format.hasTable ? WeightFormat.tableBytes : 0)
        guard !overflow, !carry, !more, place.count == byteCount, place.lowerBound >= 0,
            place.upperBound <= file.payloadByteCount,
            place.lowerBound.isMultiple(of: SealedFileWriter.alignment)
        else {
            throw KernelError.format(
                name: name,
                problem:
                    "\(outputs) x \(inputs) of \(format.rawValue) does not take the bytes \(place) of \(file.payloadByteCount)"
            )
        }
        let base = unsafe file.file.withUnsafeBytes { bytes in
            unsafe bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        }
        guard let base = unsafe base else {
            throw KernelError.format(name: name, problem: "the file is empty")
        }
        self.format = format
        self.outputs = outputs
        self.inputs = inputs
        self.byteCount = byteCount
        storage = .mapped(file.file)
        unsafe pointer = base + place.lowerBound
    }

    /// Writes the packed bytes and returns where they are in the file's payload.
    public func append(to writer: inout SealedFileWriter) throws(TensorError) -> Range<Int> {
        let bytes = unsafe UnsafeRawBufferPointer(start: pointer, count: byteCount)
        let offset = try unsafe writer.append(bytes)
        return offset..<offset + byteCount
    }

    static func tileCount(_ outputs: Int) -> Int {
        outputs / WeightFormat.tile + (outputs.isMultiple(of: WeightFormat.tile) ? 0 : 1)
    }

    static func tileBytes(_ format: WeightFormat, _ inputs: Int) -> Int {
        inputs / format.blockInputs * format.blockBytes
    }

    var tileCount: Int { Self.tileCount(outputs) }
    var tileBytes: Int { Self.tileBytes(format, inputs) }

    /// What the nibbles of a format with a table name.
    var table: UnsafePointer<UInt8>? {
        unsafe format.hasTable ? pointer + tileCount * tileBytes : nil
    }
}
