public import Tensors

/// How a model's publisher would have its tokens drawn, where a request does not say; nil: nothing was said.
public struct SamplingDefaults: Sendable, Equatable {
    public private(set) var temperature: Float?
    public private(set) var topK: Int?
    public private(set) var topP: Float?
    public private(set) var minP: Float?
    public private(set) var repetitionPenalty: Float?
    /// Values that make no sense and count for nothing.
    public private(set) var warnings: [String] = []

    public init() {}

    /// Reads a `generation_config.json` as transformers' `GenerationConfig` has it.
    ///
    /// Without `do_sample` transformers takes the likeliest token, whatever the filters are; its penalty counts all the same.
    /// What is left out is left out here: transformers' own `top_k` of 50 is no choice of the publisher.
    public init(generationConfiguration json: JSONValue) {
        read { key in json[key].flatMap { $0.isNull ? nil : $0.double ?? .nan } }
        guard json["do_sample"]?.bool == true else {
            (temperature, topK, topP, minP) = (nil, nil, nil, nil)
            return
        }
        temperature = temperature ?? 1
    }

    /// Reads the metadata that llama.cpp's converter writes, `general.sampling.*`; a file that has any is to be drawn from so.
    public init(gguf metadata: [String: GGUFValue]) {
        let names = ["temperature": "temp", "repetition_penalty": "penalty_repeat"]
        read { key in
            metadata["general.sampling.\(names[key] ?? key)"].map { $0.double ?? .nan }
        }
    }

    private mutating func read(_ value: (String) -> Double?) {
        func number(_ key: String, in range: ClosedRange<Double>) -> Float? {
            guard let number = value(key) else { return nil }
            guard range.contains(number) else {
                warnings.append(
                    "the model's default for \(key) makes no sense and counts for nothing: it has to be a number from \(range.lowerBound) to \(range.upperBound)"
                )
                return nil
            }
            return Float(number)
        }
        temperature = number("temperature", in: 0...100)
        // More than any vocabulary has.
        topK = number("top_k", in: 0...16_777_216).map { Int($0) }
        topP = number("top_p", in: 0...1)
        minP = number("min_p", in: 0...1)
        repetitionPenalty = number("repetition_penalty", in: 0...100)
    }
}
