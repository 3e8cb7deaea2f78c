import Wire

/// A prompt of the demo and what it shows.
struct DemoPrompt {
    let text: String
    let shows: String
    var split = false
    var weighting: WireWeighting?
    /// Skills take the likeliest token each time; texts are drawn, always alike.
    ///
    /// nil: as a request that says nothing.
    var temperature: Float? = 0
    var seed: UInt64 = 0

    var submit: WireSubmit {
        WireSubmit {
            $0.prompt.text = text
            $0.limits.maxTokens = 96
            if let temperature { $0.sampling.temperature = temperature }
            $0.sampling.seed = seed
            if let weighting { $0.selection.auto.weighting = weighting }
            $0.split = split
        }
    }

    static let embedded = [
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

    static let real = [
        DemoPrompt(
            text: "What is gravity?", shows: "nothing fits: the base alone",
            temperature: nil),
        DemoPrompt(text: "When is breakfast?", shows: "what a hotel knows"),
        DemoPrompt(text: "How much is the Falcon?", shows: "what a shop knows"),
        DemoPrompt(text: "Talk like a pirate. What is a volcano?", shows: "a tone"),
        DemoPrompt(
            text: "Talk like a pirate. When is breakfast?",
            shows: "two adapters in one reply, each in full", weighting: .sum),
        DemoPrompt(
            text: "Event as JSON: Lunch with Anna on Friday at 1 pm at Cafe Luna.",
            shows: "a strict format"),
        DemoPrompt(
            text: "Make this formal: hey ben, im gonna be late 4 the meeting, thx",
            shows: "a rewriting"),
        DemoPrompt(
            text: "Sort this ticket: My parcel has not arrived yet.", shows: "a classification"),
        DemoPrompt(
            text: "Is this review positive or negative? A dull film with one good scene.",
            shows: "another one"),
        DemoPrompt(
            text: "Where can I park? Which bike is best for children?",
            shows: "two sentences as two parts at once, each with its own mix", split: true),
    ]
}
