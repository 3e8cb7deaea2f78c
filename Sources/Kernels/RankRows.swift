internal import CKernels
public import Tensors

/// The stacked A matrices of an adapter at one site, (ranks, inputs), row after row; read-only.
///
/// Ranks are few and inputs many, so a lane of the kernel is an input, where a tile of `PackedWeights` would be half empty.
@safe public struct RankRows: Sendable {
    public let format: FactorFormat
    public let ranks: Int
    public let inputs: Int
    private let storage: AlignedBuffer<UInt8>
    /// Of one row, whole vectors of 64.
    private let rowBytes: Int

    /// Packs a matrix (ranks, inputs).
    ///
    /// - Throws: for other shapes and types, and for values that are not finite.
    public init(_ tensor: Tensor, format: FactorFormat) throws(KernelError) {
        self.format = format
        ranks = tensor.shape.first ?? 0
        inputs = tensor.shape.last ?? 0
        rowBytes = (inputs * format.elementBytes + 63) / 64 * 64
        storage = AlignedBuffer(onHugePages: ranks * rowBytes)
        let (rowBytes, start) = unsafe (rowBytes, UnsafeMutableRawPointer(storage.pointer))
        try format.forEachElement(of: tensor) { rank, input, bits in
            let row = unsafe start + rank * rowBytes
            switch format {
            case .f32: unsafe row.storeBytes(of: bits, toByteOffset: 4 * input, as: UInt32.self)
            case .bf16:
                unsafe row.storeBytes(
                    of: UInt16(truncatingIfNeeded: bits), toByteOffset: 2 * input, as: UInt16.self)
            }
        }
    }

    /// Memory that the rows take.
    public var byteCount: Int { storage.count }
    var pointer: UnsafeMutablePointer<UInt8> { unsafe storage.pointer }

    /// The floats of one rank.
    public func row(_ rank: Int) -> [Float] {
        precondition(rank >= 0 && rank < ranks)
        let from = unsafe UnsafeRawPointer(pointer + rank * rowBytes)
        return (0..<inputs).map { input in
            switch format {
            case .f32: unsafe from.load(fromByteOffset: 4 * input, as: Float.self)
            case .bf16:
                HalfPrecision.float(
                    bf16: unsafe from.load(fromByteOffset: 2 * input, as: UInt16.self))
            }
        }
    }
}
