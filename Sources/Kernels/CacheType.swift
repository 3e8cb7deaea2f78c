internal import CKernels

/// What keys and values are kept as.
public enum CacheType: String, Sendable, CaseIterable {
    case f32, f16
    /// 8-bit codes with a half scale each 32 dimensions: half the memory of `f16`.
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case q8_0

    var code: fb_cache {
        switch self {
        case .f32: FB_CACHE_F32
        case .f16: FB_CACHE_F16
        case .q8_0: FB_CACHE_Q8
        }
    }

    /// Bytes that 16 positions of one head take, as keys and as values.
    func headBytes(dimension: Int, paddedDimension: Int) -> (keys: Int, values: Int) {
        let (codeBytes, scaleBytes) =
            switch self {
            case .f32: (4, 0)
            case .f16: (2, 0)
            case .q8_0: (1, (dimension + 31) / 32 * 2)
            }
        return (
            KVPages.blockSize * (dimension * codeBytes + scaleBytes),
            KVPages.blockSize * (paddedDimension * codeBytes + scaleBytes)
        )
    }
}
