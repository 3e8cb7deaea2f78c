import FuseboxWire
import HTTPTypes
import Testing
import Wire

@testable import FuseboxHTTP

private let greeting = "\"messages\": [{\"role\": \"user\", \"content\": \"Hi.\"}]"

@Suite struct GenerationRequestTests {
    private func error(_ text: String, _ format: ReplyFormat = .chat) -> APIError? {
        do {
            _ = try GenerationRequest(text, format)
            return nil
        } catch {
            return error as? APIError
        }
    }

    @Test func messages() throws {
        let request = try GenerationRequest(
            """
            {"messages": [{"role": "developer", "content": "Be kind."},
                {"role": "user", "content": [{"type": "text", "text": "Hel"}, {"type": "text", "text": "lo."}]},
                {"role": "assistant", "content": null}, {"role": "user", "content": "Go on.", "name": "me"}]}
            """)
        let chat = try #require(request.submissions.first?.prompt.chat)
        #expect(chat.messages.map(\.role) == ["system", "user", "assistant", "user"])
        #expect(chat.messages.map(\.content) == ["Be kind.", "Hello.", "", "Go on."])
    }

    @Test func sampling() throws {
        let request = try GenerationRequest(
            """
            {\(greeting), "temperature": 0.5, "top_p": 0.9, "top_k": -1, "min_p": 0.1, "repetition_penalty": 1.2,
             "presence_penalty": 0.1, "frequency_penalty": -0.1, "seed": -1, "n": 3, "stop": "x", "max_completion_tokens": 7,
             "fusebox": {"kv_rule": "pin", "split": true, "deadline_ms": 90, "keep": true, "priority": "low"}, "service_tier": "flex"}
            """)
        #expect(request.submissions.count == 3)
        #expect(Set(request.submissions.map(\.request)).count == 3)
        #expect(request.submissions.map(\.sampling.seed) == [.max, 0, 1])
        let submit = try #require(request.submissions.first)
        #expect(submit.sampling.temperature == 0.5)
        #expect(submit.sampling.hasTopK && submit.sampling.topK == 0)
        #expect(submit.sampling.frequencyPenalty == -0.1)
        #expect(submit.limits.maxTokens == 7)
        #expect(submit.limits.stop == ["x"])
        #expect(submit.limits.deadlineMs == 90)
        #expect(submit.kvRule == .pin && submit.split && submit.keep && submit.priority == .low)
    }

    @Test(
        "Who goes first",
        arguments: [
            (#""service_tier": "priority""#, .high), (#""service_tier": "flex""#, .low),
            (#""service_tier": "auto""#, .unspecified), (#""service_tier": null"#, .unspecified),
            (#""fusebox": {"priority": "high"}"#, .high),
            (#""fusebox": {"priority": "normal"}, "service_tier": "default""#, .normal),
            (#""fusebox": {"priority": "low"}, "service_tier": "auto""#, .low),
        ] as [(String, WirePriority)])
    func priority(fields: String, meant: WirePriority) throws {
        let request = try GenerationRequest("{\(greeting), \(fields)}")
        #expect(request.submissions.first?.priority == meant)
    }

    @Test(
        "Tiers that are none, or that say something else",
        arguments: [
            #""service_tier": "scale""#, #""service_tier": 1"#, #""fusebox": {"priority": "soon"}"#,
            #""fusebox": {"priority": "high"}, "service_tier": "flex""#,
        ])
    func noPriority(fields: String) {
        #expect(throws: APIError.self) { try GenerationRequest("{\(greeting), \(fields)}") }
    }

    @Test("What the model has its own values for is left out")
    func defaults() throws {
        let submit = try #require(
            GenerationRequest("{\(greeting), \"temperature\": null}").submissions.first)
        #expect(submit.sampling == WireSampling())
        #expect(submit.limits == WireLimits())
    }

    @Test("vLLM's way to ask for a fixed length")
    func ignoreEOS() throws {
        let submit = try #require(
            GenerationRequest("{\(greeting), \"ignore_eos\": true}").submissions.first)
        #expect(submit.limits.ignoreEos)
    }

    @Test(
        "A field that would change the answer is refused by name",
        arguments: [
            ("tools", "[{}]"), ("tool_choice", "\"required\""), ("logit_bias", "{\"1\": 1}"),
            ("response_format", "{\"type\": \"json_object\"}"), ("best_of", "2"),
            ("min_tokens", "1"), ("guided_regex", "\"a\""),
            ("modalities", "[\"audio\"]"), ("suffix", "\"x\""),
        ])
    func unsupported(field: String, value: String) throws {
        #expect(error("{\(greeting), \"\(field)\": \(value)}")?.param == field)
        #expect(error("{\(greeting), \"\(field)\": null}") == nil)
    }

    @Test("Under a value that changes nothing it is not")
    func neutral() throws {
        let request = try GenerationRequest(
            """
            {\(greeting), "tools": [], "tool_choice": "none", "logit_bias": {}, "response_format": {"type": "text"},
             "best_of": 1, "length_penalty": 1.0, "user": "me", "store": false, "metadata": null}
            """)
        #expect(request.ignored == ["user", "store"])
    }

    @Test(
        "What is wrong is named",
        arguments: [
            ("{}", "messages"), ("{\"messages\": []}", "messages"), ("[]", ""),
            ("{\"messages\": [{\"role\": \"tool\", \"content\": \"\"}]}", "messages[0].role"),
            ("{\"messages\": [{\"content\": \"\"}]}", "messages[0].role"),
            ("{\"messages\": [{\"role\": \"user\"}]}", "messages[0].content"),
            (
                "{\"messages\": [{\"role\": \"user\", \"content\": [{\"type\": \"image_url\"}]}]}",
                "messages[0].content[0].type"
            ),
            ("{\(greeting), \"n\": 0}", "n"), ("{\(greeting), \"n\": 17}", "n"),
            ("{\(greeting), \"n\": 1.5}", "n"), ("{\(greeting), \"max_tokens\": 0}", "max_tokens"),
            ("{\(greeting), \"max_tokens\": 1, \"max_completion_tokens\": 2}", "max_tokens"),
            ("{\(greeting), \"stop\": [1]}", "stop"), ("{\(greeting), \"stream\": 1}", "stream"),
            ("{\(greeting), \"top_k\": -2}", "top_k"), ("{\(greeting), \"seed\": \"x\"}", "seed"),
            ("{\(greeting), \"seed\": 1, \"fusebox\": {\"seed\": 2}}", "seed"),
            ("{\(greeting), \"fusebox\": []}", "fusebox"),
        ])
    func refusals(text: String, param: String) {
        #expect(error(text)?.param == param)
        #expect(error(text)?.status == .badRequest)
    }

    @Test("A number that is out of its range is told by name")
    func ranges() {
        #expect(
            error("{\(greeting), \"temperature\": -1}")?.message.contains("temperature") == true)
        #expect(error("{\(greeting), \"top_p\": 1e300}")?.message.contains("top_p") == true)
    }

    @Test func prompts() throws {
        func prompts(_ value: String) throws -> [WirePrompt] {
            try GenerationRequest(
                "{\"model\": \"base\", \"prompt\": \(value)}", .completion
            ).submissions.map(\.prompt)
        }
        #expect(try prompts("\"a\"").map(\.raw) == ["a"])
        #expect(try prompts("[\"a\", \"b\"]").map(\.raw) == ["a", "b"])
        #expect(try prompts("[1, 2]").map(\.tokens.ids) == [[1, 2]])
        #expect(try prompts("[[1], [2, 3]]").map(\.tokens.ids) == [[1], [2, 3]])
        for wrong in [
            "\"\"", "[]", "[[]]", "[-1]", "[1.5]", "[[1], 2]", "[\"a\", 1]", "[4294967296]", "{}",
        ] {
            #expect(
                error("{\"model\": \"base\", \"prompt\": \(wrong)}", .completion) != nil, "\(wrong)"
            )
        }
        // The router reads text.
        #expect(error("{\"prompt\": [1]}", .completion) != nil)
    }

    @Test("The same key is the same request, another owner's is not")
    func idempotency() throws {
        func ids(_ key: String, _ owner: String) throws -> [RequestID] {
            var request = try GenerationRequest("{\(greeting), \"n\": 2}")
            request.identify(by: key, owner: owner)
            return request.submissions.map(\.requestID)
        }
        #expect(try ids("a", "") == ids("a", ""))
        #expect(try Set(ids("a", "") + ids("b", "") + ids("a", "me")).count == 6)
        var request = try GenerationRequest("{\(greeting)}")
        request.identify(by: "000102030405060708090a0b0c0d0e0f", owner: "")
        #expect(request.submissions[0].requestID.description == "000102030405060708090a0b0c0d0e0f")
    }

    @Test("Mutated bodies are refused or taken, never worse")
    func mutations() throws {
        let body = Array(
            """
            {"model": "auto:hotels", "messages": [{"role": "user", "content": [{"type": "text", "text": "Hi."}]}], "n": 2, "seed": 9,
             "stop": ["a"], "lora": [{"id": 1, "scale": 0.5}], "fusebox": {"select": {"books": 1e-3}, "gain": 1, "kv_rule": "keep"},
             "stream_options": {"include_usage": true}, "top_k": 3, "logit_bias": {}, "max_tokens": 99}
            """.utf8)
        var generator = SplitMix(state: 15)
        let alphabet = Array("{}[]\",:0129-.eE truefalsn\\".utf8)
        for _ in 0..<4000 {
            var bytes = body
            for _ in 0...Int.random(in: 0..<4, using: &generator) {
                let place = Int.random(in: bytes.indices, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[place] = alphabet.randomElement(using: &generator) ?? 0
                case 1: bytes.remove(at: place)
                default: bytes.insert(contentsOf: bytes[place...].prefix(9), at: place)
                }
            }
            guard let value = try? JSONValue(parsing: bytes) else { continue }
            for format in [ReplyFormat.chat, .completion] {
                _ = try? GenerationRequest(value, format: format, catalog: .fixture)
            }
        }
    }
}

/// Steele, Lea and Flood's generator.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
