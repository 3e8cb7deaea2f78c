import Testing

@testable import Kernels

@Suite struct PrecisionTests {
    @Test func namesComeBack() {
        for weights in ExecutionType.allCases {
            for cache in CacheType.allCases {
                let precision = Precision(weights: weights, cache: cache)
                #expect(Precision(name: precision.name) == precision)
            }
            #expect(Precision(weights: weights).name == weights.rawValue)
        }
        #expect(Precision(weights: .q4_0, cache: .q8_0).name == "q4_0/q8_0")
    }

    @Test(arguments: ["", "/", "q8_0/", "/f16", "q8_0/f16/f16", "q9_0", "q8_0/nf4", "q8_0 /f16"])
    func otherNamesAreNone(_ name: String) {
        #expect(Precision(name: name) == nil)
    }

    /// 64 dimensions: 2 bytes each as halves; a byte each and two half scales in 8 bits.
    @Test func blocksTakeWhatTheirTypeSays() {
        func bytes(_ type: CacheType, dimension: Int) -> Int {
            KVPages.blockBytes(layerCount: 3, headCount: 2, headDimension: dimension, type: type)
        }
        #expect(bytes(.f32, dimension: 64) == 3 * 2 * 16 * 2 * 256)
        #expect(bytes(.f16, dimension: 64) == 3 * 2 * 16 * 2 * 128)
        #expect(bytes(.q8_0, dimension: 64) == 3 * 2 * 16 * 2 * 68)
        #expect(bytes(.q8_0, dimension: 40) == 3 * 2 * 16 * ((40 + 4) + (48 + 4)))
    }
}
