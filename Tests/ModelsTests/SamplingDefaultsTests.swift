import Tensors
import Testing

@testable import Models

/// What a model's files say of how its tokens are drawn.
@Suite struct SamplingDefaultsTests {
    private func read(_ text: String) throws -> SamplingDefaults {
        SamplingDefaults(generationConfiguration: try JSONValue(parsing: text))
    }

    @Test func aGenerationConfigurationCounts() throws {
        let defaults = try read(
            #"{"do_sample": true, "temperature": 0.7, "top_k": 20, "top_p": 0.8, "min_p": 0.05, "repetition_penalty": 1.05}"#
        )
        #expect(defaults.temperature == 0.7 && defaults.topK == 20 && defaults.topP == 0.8)
        #expect(defaults.minP == 0.05 && defaults.repetitionPenalty == 1.05)
        #expect(defaults.warnings.isEmpty)
    }

    /// As transformers: `do_sample` is false unless it is said, and a temperature of 1 where it is.
    @Test func withoutSamplingOnlyThePenaltyCounts() throws {
        let defaults = try read(#"{"temperature": 0.7, "top_k": 20, "repetition_penalty": 1.1}"#)
        #expect(defaults.temperature == nil && defaults.topK == nil)
        #expect(defaults.repetitionPenalty == 1.1)
        #expect(try read(#"{"do_sample": true}"#).temperature == 1)
        #expect(try read(#"{"do_sample": true}"#).topK == nil)
        #expect(try read(#"{"do_sample": true, "temperature": null}"#).temperature == 1)
        #expect(try read("{}") == SamplingDefaults())
        #expect(try read("[]") == SamplingDefaults())
    }

    @Test(arguments: [
        #""temperature": -1"#, #""temperature": "hot""#, #""top_p": 1.5"#, #""top_k": -1"#,
        #""min_p": 2"#, #""repetition_penalty": 1e30"#, #""top_k": 1e300"#,
    ])
    func valuesWithoutSenseAreToldAndLeftOut(member: String) throws {
        let defaults = try read(#"{"do_sample": true, \#(member)}"#)
        let key = try #require(member.split(separator: "\"").first)
        #expect(defaults.warnings.count == 1)
        #expect(defaults.warnings.first?.contains(key) == true)
        #expect(defaults.topP == nil && defaults.topK == nil && defaults.minP == nil)
        #expect(defaults.repetitionPenalty == nil && defaults.temperature == 1)
    }

    @Test func metadataOfGGUFCounts() {
        let defaults = SamplingDefaults(gguf: [
            "general.sampling.temp": .float32(0.6), "general.sampling.top_k": .int32(40),
            "general.sampling.top_p": .float32(0.95), "general.sampling.min_p": .float32(0),
            "general.sampling.penalty_repeat": .float32(1.1),
        ])
        #expect(defaults.temperature == 0.6 && defaults.topK == 40 && defaults.topP == 0.95)
        #expect(defaults.minP == 0 && defaults.repetitionPenalty == 1.1)
        #expect(SamplingDefaults(gguf: [:]) == SamplingDefaults())
    }
}
