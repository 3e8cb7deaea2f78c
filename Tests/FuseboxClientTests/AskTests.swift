import FuseboxClient
import Messaging
import Synchronization
import Tensors
import Testing
import Wire

@testable import fusebox

/// What `fusebox ask` makes of options, lines and replies.
@Suite struct AskTests {
    @Test func aLineOverridesTheOptions() throws {
        var options = RequestFields()
        options.settings.maxTokens = 7
        options.settings.temperature = 0.5
        options.system = "Be short."
        let text = """
            {"prompt": "hi", "id": {"a": 1}, "temperature": 1, "select": "base", "stop": "x", \
            "seed": "18446744073709551615", "kv_rule": "pin", "priority": "high", "deadline_ms": 9, "split": false}
            """
        let line = try RequestLine(text[...], number: 3, defaults: options)
        #expect(line.id == .object(["a": .integer(1)]))
        #expect(line.submit.prompt.chat.messages.map(\.role) == ["system", "user"])
        #expect(line.submit.prompt.chat.messages.map(\.content) == ["Be short.", "hi"])
        #expect(line.submit.limits.maxTokens == 7)
        #expect(line.submit.sampling.temperature == 1)
        #expect(line.submit.sampling.seed == .max)
        #expect(line.submit.limits.stop == ["x"])
        #expect(line.submit.limits.deadlineMs == 9)
        #expect(line.submit.kvRule == .pin)
        #expect(line.submit.priority == .high)
        #expect(line.submit.selection.kind == .base(WireBaseSelection()))
        let plain = try RequestLine(#"{"prompt": "hi"}"#, number: 3, defaults: options)
        #expect(plain.id == .integer(3))
        options.system = nil
        options.form = .raw
        func form(_ text: String) throws -> WirePrompt.OneOf_Form? {
            try RequestLine(text[...], number: 1, defaults: options).submit.prompt.form
        }
        #expect(try form(#"{"prompt": "hi"}"#) == .raw("hi"))
        #expect(try form(#"{"prompt": "hi", "raw": false}"#) == .text("hi"))
        #expect(try form(#"{"prompt": "hi", "text": true}"#) == .plain("hi"))
        #expect(try form(#"{"prompt": "hi", "text": false}"#) == .raw("hi"))
    }

    @Test(arguments: [
        ("nonsense", "JSON"), ("[1]", "object"), ("{}", "prompt"), (#"{"prompt": 1}"#, "a string"),
        (#"{"prompt": ""}"#, "empty"), (#"{"prompt": "x", "max_token": 1}"#, "max_token"),
        (#"{"prompt": "x", "max_tokens": -1}"#, "a count"),
        (#"{"prompt": "x", "temperature": "hot"}"#, "a number"),
        (#"{"prompt": "x", "stop": [1]}"#, "strings"), (#"{"prompt": "x", "seed": 1.5}"#, "seed"),
        (#"{"prompt": "x", "kv_rule": "drop"}"#, "keep, recompute, pin"),
        (#"{"prompt": "x", "priority": "urgent"}"#, "normal"),
        (#"{"prompt": "x", "select": "sea="}"#, "cannot select"),
        (#"{"prompt": "x", "top_p": 0}"#, "more than 0"),
        (#"{"prompt": "x", "max_tokens": 0}"#, "1 or more"),
        (#"{"prompt": "x", "raw": true, "system": "y"}"#, "system message"),
        (#"{"prompt": "x", "raw": true, "text": true}"#, "exclude"),
    ])
    func brokenLinesSayWhy(text: String, word: String) {
        let failure = #expect(throws: RequestLine.Failure.self) {
            try RequestLine(text[...], number: 3, defaults: RequestFields())
        }
        #expect(failure?.message.contains("line 3") == true)
        #expect(failure?.message.contains(word) == true)
    }

    private func routed(_ part: UInt32, from token: UInt32, _ name: String?) -> ReplyEvent {
        .routed(
            WireRouted {
                $0.part = part
                $0.segment.fromToken = token
                if let name {
                    $0.segment.mix.shares = [
                        WireShare {
                            $0.name = name
                            $0.weight = 635
                        }
                    ]
                }
            })
    }

    private func chunk(_ part: UInt32, _ offset: UInt32, _ text: String) -> ReplyEvent {
        .chunk(
            WireChunk {
                $0.part = part
                $0.offset = offset
                $0.ids = [offset]
                $0.text = text
            })
    }

    private func print(_ events: [ReplyEvent], isColoured: Bool) -> (text: String, legend: String?)
    {
        var text = ""
        var printer = ReplyPrinter(isColoured: isColoured) { text += $0 }
        for event in events { printer.receive(event) }
        return (text, printer.legend)
    }

    @Test func segmentsWearTheColoursOfTheirMixes() {
        let events = [
            .accepted(WireAccepted { $0.parts = 1 }), routed(0, from: 0, "sea"),
            chunk(0, 0, "One. "),
            routed(0, from: 1, nil), chunk(0, 1, "Two. "), routed(0, from: 2, "sea"),
            chunk(0, 2, "Thr\u{1B}[2Jee."), .done(WireDone()),
        ]
        let coloured = print(events, isColoured: true)
        #expect(
            coloured.text
                == "\u{1B}[36mOne. \u{1B}[0mTwo. \u{1B}[36mThr\u{FFFD}[2Jee.\u{1B}[0m\n")
        #expect(coloured.legend == "\u{1B}[36m\u{25A0} sea 0.62\u{1B}[0m  \u{25A0} base")
        let plain = print(events, isColoured: false)
        #expect(plain.text == "One. Two. Thr\u{1B}[2Jee.\n")
        #expect(plain.legend == nil)
    }

    @Test func partsAreWrittenInTheirOrder() {
        let events = [
            .accepted(WireAccepted { $0.parts = 2 }), chunk(1, 0, "second "), chunk(0, 0, "first "),
            .done(WireDone { $0.part = 1 }), chunk(0, 1, "goes on"), .done(WireDone()),
        ]
        #expect(print(events, isColoured: false).text == "first goes on\nsecond \n")
    }

    @Test func aSplitReplyKeepsItsParts() {
        var reply = CollectedReply()
        let done = WireDone {
            $0.reason = .stop
            $0.usage.promptTokens = 3
            $0.usage.completionTokens = 1
        }
        let failure = WireFailed {
            $0.part = 1
            $0.code = .contextOverflow
            $0.message = "too long"
        }
        for event in [chunk(0, 0, "first"), .done(done), chunk(1, 0, "sec"), .failed(failure)] {
            reply.receive(event)
        }
        #expect(reply.failure == failure)
        #expect(reply.json["text"] == .string("first\nsec"))
        #expect(reply.json["ids"] == .array([.integer(0), .integer(0)]))
        let parts = reply.json["parts"]?.array ?? []
        #expect(parts.map { $0["finish_reason"] } == [.string("stop"), .null])
        #expect(parts.last?["error"]?["code"] == .string("context_overflow"))
    }

    @Test func aBatchAnswersEveryLine() async throws {
        let endpoint = Endpoint.ipc(path: "/tmp/fusebox-ask-test-\(RequestID.random()).sock")
        var behaviour = FakeFront.Behaviour()
        behaviour.busyTimes = 20
        let front = try FakeFront(at: endpoint, behaviour)
        let client = try FuseboxClient(endpoint: endpoint.description)
        var lines: [JSONValue] = []
        var progress: [Double] = []
        var text = ""
        let batch = BatchAsk(client: client, defaults: RequestFields()) { text += $0 }
        let input = (1...200).map { #"{"prompt": "\#($0 % 9)"}"# } + ["nonsense", "", "  "]
        let failures = await batch.run(input.joined(separator: "\n")) { progress.append($0) }
        for line in text.split(separator: "\n") {
            lines.append(try JSONValue(parsing: String(line)))
        }
        client.shutDown()
        front.stop()
        #expect(failures == 1)
        #expect(progress.last == 1 && progress.count == 201)
        #expect(Set(lines.compactMap { $0["id"]?.int }) == Set(1...201))
        for line in lines {
            guard let id = line["id"]?.int, id <= 200 else { continue }
            #expect(line["ids"]?.array?.count == id % 9)
        }
    }
}
