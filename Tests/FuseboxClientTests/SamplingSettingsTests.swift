import Testing
import Wire

@testable import fusebox

/// Values of options and fields that make no sense.
@Suite struct SamplingSettingsTests {
    private func refusal(_ change: (inout SamplingSettings) -> Void) -> String? {
        var settings = SamplingSettings()
        change(&settings)
        do throws(SettingError) {
            try settings.check { $0 }
            return nil
        } catch {
            return error.message
        }
    }

    @Test func valuesWithoutSenseAreRefused() {
        let refusals = [
            refusal { $0.maxTokens = 0 }, refusal { $0.temperature = -1 },
            refusal { $0.temperature = .nan }, refusal { $0.topP = 0 }, refusal { $0.topP = 1.5 },
            refusal { $0.minP = -0.1 }, refusal { $0.repetitionPenalty = 0 },
            refusal { $0.presencePenalty = 101 }, refusal { $0.frequencyPenalty = -.infinity },
        ]
        let names = [
            "max_tokens", "temperature", "temperature", "top_p", "top_p", "min_p",
            "repetition_penalty", "presence_penalty", "frequency_penalty",
        ]
        for (refusal, name) in zip(refusals, names) { #expect(refusal?.hasPrefix(name) == true) }
        #expect(refusal { $0.topP = 0 } == "top_p has to be more than 0, 1 at most")
    }

    @Test func othersAreTaken() {
        #expect(refusal { _ in } == nil)
        let refused = refusal {
            ($0.maxTokens, $0.temperature, $0.topK) = (1, 0, 0)
            ($0.topP, $0.minP, $0.repetitionPenalty) = (1, 0, 1)
            ($0.presencePenalty, $0.frequencyPenalty) = (-1, 2)
        }
        #expect(refused == nil)
    }

    /// The model's defaults are for what was not said, not for zeros that were.
    @Test func onlyWhatWasSaidIsSent() {
        var settings = SamplingSettings()
        #expect(!settings.sampling.hasTemperature && !settings.sampling.hasSeed)
        settings.temperature = 0
        settings.minP = 0
        #expect(settings.sampling.hasTemperature && settings.sampling.hasMinP)
        #expect(!settings.sampling.hasTopP)
    }
}
