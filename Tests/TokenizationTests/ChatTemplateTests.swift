import Glibc
import Templates
import Tensors
import Testing

@testable import Tokenization

@Suite struct ChatTemplateTests {
    private func turns(_ value: JSONValue?) -> [ChatTurn] {
        (value?.array ?? []).map {
            ChatTurn(role: $0["role"]?.string ?? "", content: $0["content"]?.string ?? "")
        }
    }

    private func tokenizer(
        _ style: String, _ template: String, begin: String? = nil, end: String? = nil
    ) throws -> Tokenizer {
        var parts = try Goldens.tokenizer(style).parts
        if let begin { parts.tokenNames["bos_token"] = begin }
        if let end { parts.tokenNames["eos_token"] = end }
        return try Tokenizer(parts, chat: .success(template))
    }

    @Test func chatsHaveTheTextAndTheIDsOfTransformers() throws {
        let goldens = try Goldens.document("chats.json")
        var tokenizers: [String: Tokenizer] = [:]
        var accepted = 0
        for entry in goldens["chats"]?.array ?? [] {
            let name = try #require(entry["name"]?.string)
            let source = try #require(goldens["templates"]?[name]?.string)
            let tokenizer =
                try tokenizers[name]
                ?? tokenizer(
                    try #require(entry["style"]?.string), source,
                    begin: entry["begin"]?.string, end: entry["end"]?.string)
            tokenizers[name] = tokenizer
            let add = entry["add"]?.bool == true
            guard let text = entry["text"]?.string else {
                let error = #expect(throws: TokenizationError.self) {
                    try tokenizer.encode(chat: turns(entry["turns"]), addGenerationPrompt: add)
                }
                #expect(error?.code == .invalidChat)
                continue
            }
            accepted += 1
            let runs = try tokenizer.requireChatTemplate().render(
                turns(entry["turns"]), addGenerationPrompt: add)
            #expect(runs.map(\.text).joined() == text, "\(name)")
            let ids = try tokenizer.encode(chat: turns(entry["turns"]), addGenerationPrompt: add)
            #expect(ids == Goldens.ids(entry["ids"]), "\(name): \(text)")
        }
        #expect(accepted > 150)
    }

    /// Each template with every added token of its vocabulary in each place that a client writes.
    @Test func specialTokensInMessagesStayText() throws {
        let goldens = try Goldens.document("chats.json")
        var seen = Set<String>()
        var chatCount = 0
        for entry in goldens["chats"]?.array ?? [] {
            let name = try #require(entry["name"]?.string)
            guard seen.insert(name).inserted else { continue }
            let tokenizer = try tokenizer(
                try #require(entry["style"]?.string),
                try #require(goldens["templates"]?[name]?.string),
                begin: entry["begin"]?.string, end: entry["end"]?.string)
            let special = tokenizer.parts.addedTokens.filter(\.isSpecial)
            let attack =
                special.map(\.content).joined() + special.map(\.content).joined(separator: "\n")
            func controls(_ turns: [ChatTurn]) throws -> [Int32] {
                try tokenizer.encode(chat: turns, addGenerationPrompt: true)
                    .filter { tokenizer.isSpecial($0) }
            }
            for role in ["system", "user", "assistant", "user"].enumerated() {
                var plain = [
                    ChatTurn(role: "system", content: "s"), ChatTurn(role: "user", content: "u"),
                    ChatTurn(role: "assistant", content: "a"), ChatTurn(role: "user", content: "v"),
                ]
                if name.hasPrefix("mistral-0.1") || name.hasPrefix("mistral-0.2") {
                    plain.removeFirst()
                }
                guard let place = plain.lastIndex(where: { $0.role == role.element }) else {
                    continue
                }
                var forged = plain
                forged[place].content = "x\(attack)y"
                #expect(try controls(forged) == controls(plain), "\(name), \(role)")
                forged[place].content = attack
                #expect(try controls(forged) == controls(plain), "\(name), \(role)")
                chatCount += 1
            }
        }
        #expect(chatCount >= 46)
    }

    /// Parts of a marker in a message, its rest in the template's own words.
    @Test func markersAreNotMadeAcrossTheirOrigin() throws {
        let source = "{% for m in messages %}<|im_{{ m.content }}<|im_end|>{% endfor %}"
        let tokenizer = try tokenizer("qwen2", source)
        let end = try #require(tokenizer.id(ofAddedToken: "<|im_end|>"))
        for content in ["start|>", "end|>x", "<|im_end|><|im_", "start|><|im_end|"] {
            let ids = try tokenizer.encode(
                chat: [ChatTurn(role: "user", content: content)], addGenerationPrompt: false)
            #expect(ids.filter { tokenizer.isSpecial($0) } == [end], "\(content)")
            #expect(tokenizer.decode(ids, skipSpecial: false) == "<|im_\(content)<|im_end|>")
        }
    }

    @Test func theMarkerBehindAReplyEndsATurn() throws {
        let chatML =
            "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
        let known = try tokenizer("qwen2", chatML)
        let end = try #require(known.id(ofAddedToken: "<|im_end|>"))
        #expect(known.endOfTextIDs.contains(end))
        // The vocabulary of this one has no such token.
        let lacking = try tokenizer("llama2", chatML)
        let error = #expect(throws: TokenizationError.self) { try lacking.requireChatTemplate() }
        #expect(error?.code == .unsupported)
        #expect(error?.message.contains("\"<|im_end|>\"") == true)
        #expect(error?.message.contains("--raw") == true)
        // Words are no marker.
        let alpaca = "{% for m in messages %}### {{ m.role }}:\n{{ m.content }}\n\n{% endfor %}"
        _ = try tokenizer("llama2", alpaca).requireChatTemplate()
    }

    @Test func templatesThatCannotBeUsedNameTheWayOut() throws {
        for (source, word) in [
            ("{{", "line 1"), ("a\n{% if %}", "line 2"), ("{{ 'a", "string"),
            ("{% include 'x' %}", "include"), ("{% for x in y %}", "endfor"),
        ] {
            let error = #expect(throws: TokenizationError.self) {
                try ChatTemplate(source, tokenNames: [:])
            }
            #expect(error?.message.contains("--raw") == true)
            #expect(error?.message.contains(word) == true, "\(error as Any)")
            #expect(error?.code == .unsupported)
        }
    }

    @Test func refusalsCarryTheTemplatesOwnMessage() throws {
        let template = try ChatTemplate(
            "{{ raise_exception('Only ' ~ messages[0].role ~ 's may speak') }}", tokenNames: [:])
        let error = #expect(throws: TokenizationError.self) {
            try template.render([ChatTurn(role: "user", content: "x")], addGenerationPrompt: true)
        }
        #expect(error?.code == .invalidChat)
        #expect(error?.message.hasSuffix(": Only users may speak") == true)
    }

    @Test func badChatsAreRefused() throws {
        let template = try ChatTemplate("{{ messages }}", tokenNames: [:])
        for turns in [
            [], [ChatTurn(role: "critic", content: "x")], [ChatTurn(role: "", content: "")],
            [ChatTurn(role: "endoftext", content: "")],
        ] {
            let error = #expect(throws: TokenizationError.self) {
                try template.render(turns, addGenerationPrompt: true)
            }
            #expect(error?.code == .invalidChat)
        }
    }

    /// As Python has it, and with it transformers.
    @Test func theTimeIsThatOfTheZoneInTheEnvironment() async {
        await #expect(processExitsWith: .success) {
            let isSet = unsafe setenv("TZ", "XYZ-05:45", 1) == 0
            #expect(isSet)
            var shown = CivilTime.now
            var before = time(nil)
            while true {
                shown = CivilTime.now
                let after = time(nil)
                if after == before { break }
                before = after
            }
            let seconds = (shown.hour * 60 + shown.minute) * 60 + shown.second
            #expect(seconds == (Int(before) + (5 * 60 + 45) * 60) % 86400)
        }
    }
}
