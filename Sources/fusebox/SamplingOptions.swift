import ArgumentParser
import Wire

/// How a reply is drawn and when it ends, for commands that make one.
///
/// What is left out is the model's own default, and off where it has none.
struct SamplingOptions: ParsableArguments {
    @Option(help: "Tokens of the reply at most; 256 or what the context leaves otherwise.")
    var maxTokens: UInt32?

    @Option(help: "0 takes the likeliest token each time.")
    var temperature: Float?

    @Option(help: "Sample from so many likeliest tokens; 0: from all.")
    var topK: UInt32?

    @Option(
        help: "Sample from the likeliest tokens whose probabilities reach this sum; 1: from all.")
    var topP: Float?

    @Option(help: "Leave out tokens less likely than this share of the likeliest; 0: none.")
    var minP: Float?

    @Option(
        help:
            "Divides the positive and multiplies the negative logits of tokens seen, the prompt's included; 1: off."
    )
    var repetitionPenalty: Float?

    @Option(help: "Is subtracted from the logits of tokens seen; 0: off.")
    var presencePenalty: Float?

    @Option(help: "Is subtracted from the logits of tokens seen, once an occurrence; 0: off.")
    var frequencyPenalty: Float?

    @Option(help: "End the reply before this text; may be repeated.")
    var stop: [String] = []

    @Flag(
        name: .customLong("ignore-eos"),
        help: "Go on past the model's ends of text, for replies of a fixed length.")
    var ignoresEOS = false

    @Option(help: "Makes sampling repeatable; drawn otherwise.")
    var seed: UInt64?

    func validate() throws {
        do throws(SettingError) {
            try settings.check { "--" + $0.replacing("_", with: "-") }
        } catch {
            throw ValidationError(error.message)
        }
    }

    var settings: SamplingSettings {
        SamplingSettings(
            maxTokens: maxTokens, temperature: temperature, topK: topK, topP: topP, minP: minP,
            repetitionPenalty: repetitionPenalty, presencePenalty: presencePenalty,
            frequencyPenalty: frequencyPenalty, stop: stop, ignoresEOS: ignoresEOS, seed: seed)
    }
}
