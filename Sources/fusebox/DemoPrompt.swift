import Wire

/// A prompt of the demo and what it shows.
struct DemoPrompt {
    let text: String
    let shows: String
    var split = false
    var maxTokens: UInt32 = 64

    var submit: WireSubmit {
        WireSubmit {
            $0.prompt.text = text
            $0.limits.maxTokens = maxTokens
            $0.sampling.seed = 7
            $0.split = split
        }
    }

    static let all = [
        DemoPrompt(
            text: "Change the verb to the past tense: I walk to the station.", shows: "a skill"),
        DemoPrompt(text: "Write 4823 in words.", shows: "another skill on the same base"),
        DemoPrompt(text: "Which number is bigger, 318 or 381?", shows: "and another"),
        DemoPrompt(
            text: "Write a happy review of a restaurant.", shows: "two adapters in one reply"),
        DemoPrompt(text: "Write an angry review of a phone.", shows: "other two in one reply"),
        DemoPrompt(
            text: "Write 27 in words. Write a happy review of a car.",
            shows: "two sentences as two parts, each with its own mix, at once", split: true),
        DemoPrompt(
            text: "Tell me about a movie.",
            shows: "a reply that is routed again at its sentence ends",
            maxTokens: 96),
        DemoPrompt(
            text: "Who are you and where do you live?", shows: "nothing fits: the base answers"),
    ]
}
