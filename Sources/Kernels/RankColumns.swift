internal import CKernels
public import Tensors

/// The B matrix of an adapter for one part of a projection, (outputs, ranks), in tiles of 16 outputs; read-only.
///
/// In a tile ranks ascend, in floats one after the other, in bfloat16 in pairs, the last of which may be half empty.
@safe public struct RankColumns: Sendable {
    public let format: FactorFormat
    public let outputs: Int
    public let ranks: Int
    private let storage: AlignedBuffer<UInt8>
    let tileBytes: Int

    /// Packs a matrix (outputs, ranks).
    ///
    /// - Throws: for other shapes and types, and for values that are not finite.
    public init(_ tensor: Tensor, format: FactorFormat) throws(KernelError) {
        self.format = format
        outputs = tensor.shape.first ?? 0
        ranks = tensor.shape.last ?? 0
        tileBytes = 64 * (format == .f32 ? ranks : (ranks + 1) / 2)
        let tileCount = (outputs + WeightFormat.tile - 1) / WeightFormat.tile
        storage = AlignedBuffer(onHugePages: tileCount * tileBytes)
        let (tileBytes, start) = unsafe (tileBytes, UnsafeMutableRawPointer(storage.pointer))
        try format.forEachElement(of: tensor) { output, rank, bits in
            let tile = unsafe start + output / WeightFormat.tile * tileBytes
            let offset = Self.offset(lane: output % WeightFormat.tile, rank: rank, format)
            switch format {
            case .f32: unsafe tile.storeBytes(of: bits, toByteOffset: offset, as: UInt32.self)
            case .bf16:
                unsafe tile.storeBytes(
                    of: UInt16(truncatingIfNeeded: bits), toByteOffset: offset, as: UInt16.self)
            }
        }
    }

    /// Memory that the columns take.
    public var byteCount: Int { storage.count }
    var pointer: UnsafeMutablePointer<UInt8> { unsafe storage.pointer }

    /// The floats that make one output.
    public func row(_ output: Int) -> [Float] {
        precondition(output >= 0 && output < outputs)
        let tile = unsafe UnsafeRawPointer(pointer + output / WeightFormat.tile * tileBytes)
        return (0..<ranks).map { rank in
            let offset = Self.offset(lane: output % WeightFormat.tile, rank: rank, format)
            switch format {
            case .f32: return unsafe tile.load(fromByteOffset: offset, as: Float.self)
            case .bf16:
                return HalfPrecision.float(
                    bf16: unsafe tile.load(fromByteOffset: offset, as: UInt16.self))
            }
        }
    }

    /// Where a tile holds an element, in bytes.
    private static func offset(lane: Int, rank: Int, _ format: FactorFormat) -> Int {
        format == .f32 ? 64 * rank + 4 * lane : 64 * (rank / 2) + 4 * lane + 2 * (rank % 2)
    }
}
