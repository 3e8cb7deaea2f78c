internal import CKernels
internal import Tensors

/// Memory for keys and values in blocks of 16 positions, for all layers.
///
/// Layouts: keys (layer, block, kv head, head dimension, 16), so that the scores of a block are one vector; values
/// (layer, block, kv head, 16, head dimension rounded up to 16); scales after the codes of a head.
///
/// Sendable unchecked: the engine's thread hands out blocks; the chunks of a job write disjoint heads.
@safe public final class KVPages: @unchecked Sendable {
    /// Positions of a block.
    public static let blockSize = Int(FB_KV_BLOCK)

    public let layerCount: Int
    public let blockCount: Int
    public let headCount: Int
    public let headDimension: Int
    public let type: CacheType
    let paddedDimension: Int
    let keys: AlignedBuffer<UInt8>
    let values: AlignedBuffer<UInt8>
    let keyHeadBytes: Int
    let valueHeadBytes: Int

    /// Reserves the memory, which costs nothing until blocks are written; nil when the system has not so much.
    public init?(
        layerCount: Int, blockCount: Int, headCount: Int, headDimension: Int, type: CacheType
    ) {
        self.layerCount = layerCount
        self.blockCount = blockCount
        self.headCount = headCount
        self.headDimension = headDimension
        self.type = type
        paddedDimension = Self.padded(headDimension)
        (keyHeadBytes, valueHeadBytes) = type.headBytes(
            dimension: headDimension, paddedDimension: paddedDimension)
        let blocks = layerCount * blockCount * headCount
        guard let keys = AlignedBuffer<UInt8>(ifPossible: blocks * keyHeadBytes),
            let values = AlignedBuffer<UInt8>(ifPossible: blocks * valueHeadBytes)
        else { return nil }
        self.keys = keys
        self.values = values
    }

    /// Bytes that one block takes in all layers.
    public static func blockBytes(
        layerCount: Int, headCount: Int, headDimension: Int, type: CacheType
    ) -> Int {
        let bytes = type.headBytes(
            dimension: headDimension, paddedDimension: padded(headDimension))
        return layerCount * headCount * (bytes.keys + bytes.values)
    }

    private static func padded(_ dimension: Int) -> Int { (dimension + 15) / 16 * 16 }

    func layerKeys(_ layer: Int) -> UnsafeMutablePointer<UInt8> {
        unsafe keys.pointer + layer * blockCount * headCount * keyHeadBytes
    }

    func layerValues(_ layer: Int) -> UnsafeMutablePointer<UInt8> {
        unsafe values.pointer + layer * blockCount * headCount * valueHeadBytes
    }
}
