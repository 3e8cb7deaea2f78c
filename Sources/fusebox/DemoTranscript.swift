import FuseboxClient
import Tensors
import Wire

/// What the demo prints of one prompt: each sentence with its adapters and weights, the reply as it comes, the speed.
struct DemoTranscript {
    private let prompt: DemoPrompt
    private let isSilent: Bool
    private var printer: ReplyPrinter
    private var collected = CollectedReply()
    private var routes: [JSONValue] = []
    private let started = ContinuousClock.now

    init(_ prompt: DemoPrompt, isColoured: Bool, isSilent: Bool) {
        self.prompt = prompt
        self.isSilent = isSilent
        printer = ReplyPrinter(isColoured: isColoured) { text in
            if !isSilent { Terminal.write(text) }
        }
        say("\n> \(prompt.text)    (\(prompt.shows))\n")
    }

    var failure: WireFailed? { collected.failure }

    mutating func receive(_ event: ReplyEvent) {
        collected.receive(event)
        if case .routed(let routed) = event { report(routed) }
        printer.receive(event)
        if isComplete { summarize() }
    }

    var json: String {
        var document = collected.json
        _ = document.append("prompt", .string(prompt.text))
        _ = document.append("routes", .array(routes))
        return JSONValue.object(document).text
    }

    private var isComplete: Bool {
        !collected.parts.isEmpty && collected.parts.allSatisfy { $0.done != nil }
    }

    private mutating func report(_ routed: WireRouted) {
        let mix = ReplyPrinter.description(of: routed.segment.mix)
        printer.startLine()
        for sentence in routed.sentences {
            let candidates = sentence.candidates.prefix(3).map { candidate in
                "\(candidate.name) \(Int((candidate.probability * 100).rounded())) %"
            }
            let when =
                routed.segment.fromToken > 0 ? "from token \(routed.segment.fromToken) on: " : ""
            let choice = sentence.abstained ? "no adapter fits" : mix
            say(
                "  \(when)\"\(sentence.text)\" -> \(choice)   (\(candidates.joined(separator: ", ")))\n"
            )
        }
        routes.append(
            .object([
                "part": .integer(Int64(routed.part)),
                "from_token": .integer(Int64(routed.segment.fromToken)), "mix": .string(mix),
                "sentences": .array(routed.sentences.map { .string($0.text) }),
            ]))
    }

    private func summarize() {
        if let legend = printer.legend { say("  \(legend)\n") }
        let tokens = collected.parts.reduce(0) { $0 + $1.ids.count }
        let seconds = (ContinuousClock.now - started) / .seconds(1)
        say(
            "  \(tokens) tokens, \(Int(Double(tokens) / max(seconds, 1e-6))) tokens/s with prompt and routing\n"
        )
    }

    private func say(_ text: String) {
        if !isSilent { Terminal.write(text) }
    }
}
