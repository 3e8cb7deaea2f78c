import Wire

/// How a reply is drawn and when it ends, from the command line or from a line of a file; nil: not said.
struct SamplingSettings: Equatable {
    var maxTokens: UInt32?
    var temperature: Float?
    var topK: UInt32?
    var topP: Float?
    var minP: Float?
    var repetitionPenalty: Float?
    var presencePenalty: Float?
    var frequencyPenalty: Float?
    var stop: [String] = []
    var ignoresEOS = false
    var seed: UInt64?

    /// Refuses values without sense, which would be ignored or leave nothing to say.
    ///
    /// - Parameter name: what the user calls a field, such as `--top-p` for `top_p`.
    func check(_ name: (String) -> String) throws(SettingError) {
        func number(
            _ value: Float?, _ field: String, _ range: ClosedRange<Float>, isOpen: Bool = false
        ) throws(SettingError) {
            guard let value else { return }
            guard range.contains(value), !isOpen || value > range.lowerBound else {
                let (least, most) = (range.lowerBound.plain, range.upperBound.plain)
                let wanted =
                    isOpen ? "more than \(least), \(most) at most" : "from \(least) to \(most)"
                throw SettingError("\(name(field)) has to be \(wanted)")
            }
        }
        guard maxTokens != 0 else {
            throw SettingError("\(name("max_tokens")) has to be 1 or more; a reply has a token")
        }
        try number(temperature, "temperature", 0...100)
        try number(topP, "top_p", 0...1, isOpen: true)
        try number(minP, "min_p", 0...1)
        try number(repetitionPenalty, "repetition_penalty", 0...100, isOpen: true)
        try number(presencePenalty, "presence_penalty", -100...100)
        try number(frequencyPenalty, "frequency_penalty", -100...100)
    }

    /// The message; what was not said stays unset, for the model's defaults.
    var sampling: WireSampling {
        WireSampling {
            if let temperature { $0.temperature = temperature }
            if let topK { $0.topK = topK }
            if let topP { $0.topP = topP }
            if let minP { $0.minP = minP }
            if let repetitionPenalty { $0.repetitionPenalty = repetitionPenalty }
            if let presencePenalty { $0.presencePenalty = presencePenalty }
            if let frequencyPenalty { $0.frequencyPenalty = frequencyPenalty }
            if let seed { $0.seed = seed }
        }
    }

    var limits: WireLimits {
        WireLimits {
            $0.maxTokens = maxTokens ?? 0
            $0.stop = stop
            $0.ignoreEos = ignoresEOS
        }
    }
}

/// A setting without sense: which, and what is allowed.
struct SettingError: Error {
    let message: String

    init(_ message: String) {
        self.message = message
    }
}

extension Float {
    /// Without a fraction where there is none.
    fileprivate var plain: String {
        Int(exactly: self).map { "\($0)" } ?? "\(self)"
    }
}
