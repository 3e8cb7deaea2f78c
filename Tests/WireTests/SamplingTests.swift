import Testing

@testable import Wire

/// How what a request says and what its model's publisher says come together.
@Suite struct SamplingTests {
    private let defaults = WireSampling {
        $0.temperature = 0.7
        $0.topK = 20
        $0.repetitionPenalty = 1.05
    }

    @Test func defaultsFillWhatWasLeftOut() {
        let whole = WireSampling { $0.topP = 0.9 }.completed(by: defaults)
        #expect(whole.temperature == 0.7 && whole.topK == 20 && whole.topP == 0.9)
        #expect(whole.repetitionPenalty == 1.05 && whole.minP == 0)
        #expect(whole.presencePenalty == 0 && whole.frequencyPenalty == 0)
    }

    @Test func whatWasSaidWinsAlsoWhereItIsZero() {
        let whole = WireSampling {
            $0.temperature = 0
            $0.topK = 0
            $0.repetitionPenalty = 1
        }.completed(by: defaults)
        #expect(whole.temperature == 0 && whole.topK == 0 && whole.repetitionPenalty == 1)
    }

    @Test func whereNothingIsSaidRepetitionIsCurbed() {
        let seeded = WireSampling { $0.seed = 3 }
        #expect(seeded.completed(by: WireSampling()).repetitionPenalty == 1.1)
        #expect(seeded.completed(by: WireSampling()).temperature == 0)
        // Whoever says anything gets that and nothing else.
        let greedy = WireSampling { $0.temperature = 0 }
        #expect(greedy.completed(by: WireSampling()).repetitionPenalty == 1)
        #expect(seeded.completed(by: greedy).repetitionPenalty == 1)
    }

    @Test func everyFieldIsSetAndTheSeedIsNot() {
        for sampling in [WireSampling(), defaults] {
            let whole = sampling.completed(by: WireSampling())
            #expect(whole.hasTemperature && whole.hasTopK && whole.hasTopP && whole.hasMinP)
            #expect(whole.hasRepetitionPenalty && whole.hasPresencePenalty)
            #expect(whole.hasFrequencyPenalty && !whole.hasSeed)
            #expect(whole.topP == 1 && whole.completed(by: defaults) == whole)
        }
    }

    @Test func refusedAdaptersFitAMessage() throws {
        let long = String(repeating: "ä", count: 1 << 16)
        let adapter = WireRefusedAdapter(folder: long, reason: long)
        try WireRefusedAdapter.validate([adapter])
        #expect(throws: WireError.self) {
            try WireRefusedAdapter.validate([WireRefusedAdapter { $0.name = long }])
        }
        #expect(throws: WireError.self) {
            try WireRefusedAdapter.validate(Array(repeating: adapter, count: 1025))
        }
    }
}
