internal import CKernels
internal import Tensors

/// Memory for keys and values in blocks of 16 positions, for all layers.
///
/// Layouts: keys (layer, block, kv head, head dimension, 16), so that the scores of a block are one vector; values
/// (layer, block, kv head, 16, head dimension rounded up to 16). Halves or floats.
///
/// Sendable unchecked: the engine's thread hands out blocks; the chunks of a job write disjoint heads.
@safe public final class KVPages: @unchecked Sendable {
    /// Positions of a block.
    public static let blockSize = Int(FB_KV_BLOCK)

    public let layerCount: Int
    public let blockCount: Int
    public let headCount: Int
    public let headDimension: Int
    public let isHalf: Bool
    let paddedDimension: Int
    let keys: AlignedBuffer<UInt8>
    let values: AlignedBuffer<UInt8>

    public init(layerCount: Int, blockCount: Int, headCount: Int, headDimension: Int, isHalf: Bool)
    {
        self.layerCount = layerCount
        self.blockCount = blockCount
        self.headCount = headCount
        self.headDimension = headDimension
        self.isHalf = isHalf
        paddedDimension = (headDimension + 15) / 16 * 16
        let blocks = layerCount * blockCount * headCount
        keys = AlignedBuffer(count: blocks * headDimension * Self.blockSize * (isHalf ? 2 : 4))
        values = AlignedBuffer(count: blocks * paddedDimension * Self.blockSize * (isHalf ? 2 : 4))
    }

    /// Bytes that one block takes in all layers.
    public static func blockBytes(
        layerCount: Int, headCount: Int, headDimension: Int, isHalf: Bool
    ) -> Int {
        let padded = (headDimension + 15) / 16 * 16
        return layerCount * headCount * (headDimension + padded) * blockSize * (isHalf ? 2 : 4)
    }

    var keyHeadBytes: Int { headDimension * Self.blockSize * (isHalf ? 2 : 4) }
    var valueHeadBytes: Int { paddedDimension * Self.blockSize * (isHalf ? 2 : 4) }

    func layerKeys(_ layer: Int) -> UnsafeMutablePointer<UInt8> {
        unsafe keys.pointer + layer * blockCount * headCount * keyHeadBytes
    }

    func layerValues(_ layer: Int) -> UnsafeMutablePointer<UInt8> {
        unsafe values.pointer + layer * blockCount * headCount * valueHeadBytes
    }
}
