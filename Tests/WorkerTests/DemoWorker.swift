import Adapters
import Foundation
import Inference
import Kernels
import Models
import TestSupport
import Wire

@testable import Worker

/// The embedded demo, as a worker has it.
enum DemoWorker {
    static func model() throws -> ServedModel {
        try ServedModel(loaded: base(), adapters: GoldenFolder.path("../../Demo/adapters"))
    }

    /// Without adapters.
    static func base() throws -> LoadedModel {
        try LoadedModel(
            path: GoldenFolder.path("../../Demo/base"), precision: Precision(weights: .q8_0),
            threadCount: 1)
    }

    /// A first dispatch of a prompt of `promptCount` tokens.
    static func dispatch(promptCount: Int = 20, _ mix: WireMix = WireMix()) -> WireDispatch {
        WireDispatch {
            $0.request = Data(repeating: 7, count: 16)
            $0.epoch = 1
            $0.prompt.tokens.ids = (0..<UInt32(promptCount)).map { 300 + $0 }
            $0.sampling.seed = 1
            $0.limits.maxTokens = 12
            $0.segments = [
                WireSegment {
                    $0.mix = mix
                    $0.reason = .requested
                }
            ]
        }
    }

    /// An adapter of the demo at full weight.
    static func mix(_ name: String, of model: ServedModel) -> AdapterMix {
        AdapterMix(
            shares: model.loaded.shelf.named[name].map {
                [AdapterMix.Share(adapter: $0.digest, weight: AdapterMix.unit)]
            } ?? [])
    }
}
