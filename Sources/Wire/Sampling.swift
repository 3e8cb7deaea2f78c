extension WireSampling {
    /// The same with a value in every field but the seed: what it says, else what the model's defaults say, else off.
    ///
    /// Two fields have two values that mean off; 1 takes the place of 0.
    public func completed(by defaults: WireSampling) -> WireSampling {
        var whole = self
        whole.temperature = hasTemperature ? temperature : defaults.temperature
        whole.topK = hasTopK ? topK : defaults.topK
        whole.topP = hasTopP ? topP : defaults.topP
        whole.minP = hasMinP ? minP : defaults.minP
        whole.repetitionPenalty =
            hasRepetitionPenalty ? repetitionPenalty : defaults.repetitionPenalty
        whole.presencePenalty = hasPresencePenalty ? presencePenalty : defaults.presencePenalty
        whole.frequencyPenalty = hasFrequencyPenalty ? frequencyPenalty : defaults.frequencyPenalty
        if whole.topP == 0 { whole.topP = 1 }
        if whole.repetitionPenalty == 0 { whole.repetitionPenalty = 1 }
        return whole
    }
}
