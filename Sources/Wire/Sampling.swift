extension WireSampling {
    /// Divides the logits of what was said before where neither a request nor the model says anything of drawing: small models
    /// go round in circles when the likeliest token is taken, in every runtime (SmolLM2-135M-Instruct with 5 of 24 plain
    /// questions, none of 24 so; llama.cpp's default for years).
    public static let silentRepetitionPenalty: Float = 1.1

    /// Whether nothing in it says how tokens are drawn; a seed does not.
    private var isSilent: Bool {
        !(hasTemperature || hasTopK || hasTopP || hasMinP || hasRepetitionPenalty
            || hasPresencePenalty || hasFrequencyPenalty)
    }

    /// The same with a value in every field but the seed: what it says, else what the model's defaults say, else off.
    ///
    /// Where neither says anything, the likeliest token is taken under `silentRepetitionPenalty`. Two fields have two values
    /// that mean off; 1 takes the place of 0.
    public func completed(by defaults: WireSampling) -> WireSampling {
        var whole = self
        if isSilent && defaults.isSilent { whole.repetitionPenalty = Self.silentRepetitionPenalty }
        whole.temperature = hasTemperature ? temperature : defaults.temperature
        whole.topK = hasTopK ? topK : defaults.topK
        whole.topP = hasTopP ? topP : defaults.topP
        whole.minP = hasMinP ? minP : defaults.minP
        if !whole.hasRepetitionPenalty { whole.repetitionPenalty = defaults.repetitionPenalty }
        whole.presencePenalty = hasPresencePenalty ? presencePenalty : defaults.presencePenalty
        whole.frequencyPenalty = hasFrequencyPenalty ? frequencyPenalty : defaults.frequencyPenalty
        if whole.topP == 0 { whole.topP = 1 }
        if whole.repetitionPenalty == 0 { whole.repetitionPenalty = 1 }
        return whole
    }
}
