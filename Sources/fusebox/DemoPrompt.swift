import Wire

/// A prompt of the demo and what it shows.
struct DemoPrompt {
    let text: String
    let shows: String
    var split = false
    /// Skills take the likeliest token each time; texts are drawn, always alike.
    var temperature: Float = 0
    var seed: UInt64 = 0

    var submit: WireSubmit {
        WireSubmit {
            $0.prompt.text = text
            $0.limits.maxTokens = 96
            $0.sampling.temperature = temperature
            $0.sampling.seed = seed
            $0.split = split
        }
    }

    static let all = [
        DemoPrompt(text: "Past tense: Sara opens the door.", shows: "a skill"),
        DemoPrompt(text: "Write 4823 in words.", shows: "another skill, on the same base"),
        DemoPrompt(text: "Which number is bigger, 318 or 381?", shows: "and another"),
        DemoPrompt(
            text: "Write a cheerful review of a hotel.", shows: "two adapters in one reply"),
        DemoPrompt(text: "Write an angry review of a phone.", shows: "other two"),
        DemoPrompt(
            text: "Write 615 in words. Write a happy review of a car.",
            shows: "two sentences as two parts at once, each with its own mix", split: true),
        DemoPrompt(
            text: "Write some lines on a car.", shows: "routed again in the middle of the reply",
            temperature: 0.8, seed: 22),
        DemoPrompt(
            text: "Say something lovely.", shows: "routed again, there and back", temperature: 0.8,
            seed: 1),
        DemoPrompt(
            text: "Who are you and where do you live?", shows: "nothing fits: the base alone"),
    ]
}
