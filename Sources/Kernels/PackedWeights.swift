internal import Tensors

/// A weight matrix W (outputs, inputs) packed for the kernels, read-only.
@safe public struct PackedWeights: Sendable {
    public let format: WeightFormat
    public let outputs: Int
    public let inputs: Int
    let storage: AlignedBuffer<UInt8>

    /// Packed bytes, `tileBytes` a tile of 16 outputs; the last tile is filled up with zeros.
    init(format: WeightFormat, outputs: Int, inputs: Int) {
        self.format = format
        self.outputs = outputs
        self.inputs = inputs
        storage = AlignedBuffer(
            count: Self.byteCount(format: format, outputs: outputs, inputs: inputs))
    }

    static func byteCount(format: WeightFormat, outputs: Int, inputs: Int) -> Int {
        let tiles = (outputs + WeightFormat.tile - 1) / WeightFormat.tile
        return tiles * (inputs / format.blockInputs) * format.blockBytes
    }

    var tileCount: Int { (outputs + WeightFormat.tile - 1) / WeightFormat.tile }
    var tileBytes: Int { inputs / format.blockInputs * format.blockBytes }
    /// Memory that the matrix takes.
    public var byteCount: Int { storage.count }
    var pointer: UnsafeMutablePointer<UInt8> { unsafe storage.pointer }
}
