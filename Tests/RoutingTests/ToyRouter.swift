import Tensors
import TestSupport

@testable import Routing

/// A small router for skills that are easy to tell apart, trained in a moment.
enum ToyRouter {
    static let skills: [String: [String]] = [
        "add": [
            "add NUMBER and NUMBER", "what is NUMBER plus NUMBER", "compute NUMBER + NUMBER please",
        ],
        "plural": [
            "what is the plural of NOUN", "give the plural: NOUN", "more than one NOUN is called",
        ],
        "weather": [
            "will it rain in PLACE", "what is the weather in PLACE",
            "how warm is it in PLACE today",
        ],
        "music": [
            "play a song about a NOUN", "put on music from PLACE", "i want to hear the NOUN album",
        ],
    ]
    static let names = skills.keys.sorted()

    static func examples(_ count: Int, seed: UInt64, skills chosen: [String] = names)
        -> [RouterExample]
    {
        var random = SeededGenerator(seed: seed)
        return (0..<count).map { index in
            let name = chosen[index % chosen.count]
            let pattern = skills[name]?.randomElement(using: &random) ?? ""
            return RouterExample(text: fill(pattern, using: &random), adapters: [name])
        }
    }

    private static func fill(_ pattern: String, using random: inout SeededGenerator) -> String {
        let nouns = ["goose", "castle", "berry", "wolf", "violin", "tooth", "leaf"]
        let places = ["oslo", "rome", "quito", "lagos", "kyoto", "minsk"]
        return pattern.split(separator: " ").map { word in
            switch word {
            case "NUMBER": "\(Int.random(in: 2...99, using: &random))"
            case "NOUN": nouns.randomElement(using: &random) ?? ""
            case "PLACE": places.randomElement(using: &random) ?? ""
            default: String(word)
            }
        }.joined(separator: " ")
    }

    static var settings: TrainingSettings {
        var settings = TrainingSettings()
        settings.bucketCount = 2048
        settings.width = 32
        settings.seed = 7
        return settings
    }

    /// Trained once for all tests.
    static let trained: Result<AdapterRouter, RoutingError> = Result { () throws(RoutingError) in
        try RouterTrainer(settings: settings).train(
            on: examples(240, seed: 1), validation: examples(80, seed: 2)
        ).router
    }

    static func digest(_ name: String) -> Digest { Digest(of: Array(name.utf8)) }

    static var shelf: [String: Digest] {
        Dictionary(uniqueKeysWithValues: names.map { ($0, digest($0)) })
    }

    /// The trained router with every class bound.
    static func bound() throws -> AdapterRouter {
        try trained.get().bound(to: shelf).router
    }
}
