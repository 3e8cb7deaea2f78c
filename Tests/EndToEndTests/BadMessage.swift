import Foundation
import Wire

/// A message that a front must not take, and what it is.
struct BadMessage {
    let what: String
    /// As it is named in the table.
    let given: String
    let frames: [[UInt8]]
    var reaction = Reaction.refusal

    /// What a front does about it.
    enum Reaction {
        case refusal
        case silence
        /// It ends the connection.
        case disconnection
    }

    static func all() throws -> [BadMessage] {
        try envelopes()
            + bodies().map { what, given, submit in
                BadMessage(
                    what: what, given: given, frames: try Frames.encode(ClientVerb.submit(submit)))
            }
    }

    // MARK: Frames

    private static func envelopes() throws -> [BadMessage] {
        let good = try Frames.encode(ClientVerb.submit(submit { _ in }))
        let future = ProtocolVersion(major: 9, minimum: 9, features: 0).frame
        let text = try Frames.encode(ClientVerb.submit(submit { $0.prompt.text = "hi ~~" }))
        return [
            BadMessage(
                what: "another protocol", given: "one frame `GET / HTTP/1.1`",
                frames: [Array("GET / HTTP/1.1".utf8)], reaction: .silence),
            BadMessage(what: "nothing", given: "one empty frame", frames: [[]], reaction: .silence),
            BadMessage(
                what: "another version", given: "frame 0 says versions 9 to 9",
                frames: [future] + good.dropFirst()),
            BadMessage(what: "a frame too few", given: "two frames", frames: Array(good.prefix(2))),
            BadMessage(what: "a frame too many", given: "four frames", frames: good + [[]]),
            BadMessage(
                what: "far too many frames", given: "1000 frames",
                frames: good + Array(repeating: [], count: 997), reaction: .silence),
            BadMessage(
                what: "an unknown kind", given: "frame 1 is `HELLO`",
                frames: [good[0], Array("HELLO".utf8), good[2]]),
            BadMessage(
                what: "a kind with bad UTF-8", given: "frame 1 is 255 255",
                frames: [good[0], [0xFF, 0xFF], good[2]]),
            BadMessage(
                what: "a worker's kind", given: "frame 1 is `READY`",
                frames: [good[0], Array("READY".utf8), good[2]]),
            BadMessage(
                what: "a body that is no protobuf", given: "SUBMIT, a body of 255s",
                frames: Array(good.prefix(2)) + [[UInt8](repeating: 0xFF, count: 64)]),
            BadMessage(
                what: "a body cut short", given: "SUBMIT without its last byte",
                frames: Array(good.prefix(2)) + [good[2].dropLast()]),
            BadMessage(
                what: "a frame of more than 1 MiB", given: "SUBMIT with 1048577 bytes",
                frames: Array(good.prefix(2)) + [[UInt8](repeating: 0, count: 1 << 20 + 1)],
                reaction: .disconnection),
            BadMessage(
                what: "bad UTF-8 in a prompt", given: "SUBMIT, prompt `hi`, 255, 254",
                frames: text.map { $0.replacing(Array("~~".utf8), with: [0xFF, 0xFE]) }),
        ]
    }

    // MARK: Fields

    static func submit(_ fill: (inout WireSubmit) -> Void) -> WireSubmit {
        WireSubmit {
            $0.requestID = .random()
            $0.prompt.text = "hi"
            $0.selection.base = WireBaseSelection()
            $0.limits.maxTokens = 2
            fill(&$0)
        }
    }

    private static func bodies() -> [(what: String, given: String, submit: WireSubmit)] {
        [
            (
                "a request id of 3 bytes", "SUBMIT, request 1 2 3",
                submit { $0.request = Data([1, 2, 3]) }
            ),
            ("no prompt", "SUBMIT without a prompt", submit { $0.clearPrompt() }),
            ("an empty prompt", "SUBMIT, prompt \"\"", submit { $0.prompt.text = "" }),
            (
                "an empty chat", "SUBMIT, a chat without messages",
                submit { $0.prompt.chat = WireChat() }
            ),
            (
                "an enormous prompt", "SUBMIT, a prompt of 600000 bytes",
                submit { $0.prompt.text = String(repeating: "word ", count: 120_000) }
            ),
            (
                "context overflow", "SUBMIT, a prompt of 2000 words",
                submit { $0.prompt.text = String(repeating: "word ", count: 2000) }
            ),
            ("context overflow", "SUBMIT, max_tokens 1024", submit { $0.limits.maxTokens = 1024 }),
            (
                "an enormous reply", "SUBMIT, max_tokens 4294967295",
                submit { $0.limits.maxTokens = .max }
            ),
            (
                "an id beyond the vocabulary", "SUBMIT, token ids 1 4096",
                submit { $0.prompt.tokens.ids = [1, 4096] }
            ),
            (
                "an enormous id", "SUBMIT, token id 4294967295",
                submit { $0.prompt.tokens.ids = [.max] }
            ),
            (
                "far too many ids", "SUBMIT, 200000 token ids",
                submit { $0.prompt.tokens.ids = Array(repeating: 1, count: 200_000) }
            ),
            (
                "ids to route", "SUBMIT, token ids, `auto`",
                submit {
                    $0.prompt.tokens.ids = [1]
                    $0.selection.auto = WireAutoSelection()
                }
            ),
            ("an unknown adapter", "SUBMIT, the mix `nobody` 1", mix([("nobody", 1)])),
            ("a weight out of range", "SUBMIT, the mix `hotels` 1000", mix([("hotels", 1000)])),
            ("a weight that is no number", "SUBMIT, the mix `hotels` NaN", mix([("hotels", .nan)])),
            (
                "an adapter's name that is a path", "SUBMIT, the mix `../hotels` 1",
                mix([("../hotels", 1)])
            ),
            (
                "far too many adapters", "SUBMIT, a mix of 65",
                mix(Array(repeating: ("hotels", 0.01), count: 65))
            ),
            (
                "a temperature that is no number", "SUBMIT, temperature NaN",
                submit { $0.sampling.temperature = .nan }
            ),
            ("an empty stop string", "SUBMIT, stop \"\"", submit { $0.limits.stop = [""] }),
            (
                "far too many sentences", "SUBMIT, split, 17 sentences",
                submit {
                    $0.prompt.text = String(repeating: "Say something. ", count: 17)
                    $0.split = true
                }
            ),
        ]
    }

    private static func mix(_ shares: [(String, Float)]) -> WireSubmit {
        submit {
            $0.selection.fixed.shares = shares.map { name, weight in
                WireNamedWeight {
                    $0.name = name
                    $0.weight = weight
                }
            }
        }
    }
}
