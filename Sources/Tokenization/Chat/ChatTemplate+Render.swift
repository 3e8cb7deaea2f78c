extension ChatTemplate {
    /// The chat as text and markers.
    ///
    /// - Throws: for roles and orders of roles that the model's template refuses.
    func render(
        _ turns: [ChatTurn], addGenerationPrompt: Bool, beginOfText: String, endOfText: String
    ) throws(TokenizationError) -> [ChatPiece] {
        guard let first = turns.first else {
            throw TokenizationError(.invalidChat, "the chat has no messages; give at least one")
        }
        for turn in turns where !["system", "user", "assistant"].contains(turn.role) {
            throw TokenizationError(
                .invalidChat,
                "a message of the role \(quoted(turn.role)); the roles are system, user and assistant"
            )
        }
        var writer = ChatWriter(begin: beginOfText, end: endOfText)
        let system = first.role == "system" ? first.content : nil
        let rest = system == nil ? turns[...] : turns.dropFirst()
        switch style {
        case .chatML(let hasReasoning):
            writer.chatML(
                turns, system: defaultSystem, hasReasoning: hasReasoning, addGenerationPrompt)
        case .llama3(let form):
            if form.hasDates {
                writer.datedLlama(rest, system: system ?? "")
            } else {
                writer.llama(turns)
            }
            if addGenerationPrompt || form.alwaysPrompts { writer.llamaHead("assistant") }
        case .llama2(let form):
            try Self.requireAlternation(rest)
            writer.llama2(rest, system: system, form)
        case .mistral(let form):
            if form.system == .ownBlock {
                writer.mistralBlocks(turns, form)
            } else {
                guard system == nil || form.system != .refused else {
                    throw TokenizationError(
                        .invalidChat,
                        "this model's chat template takes no system message; leave it out")
                }
                try Self.requireAlternation(rest)
                writer.mistral(rest, system: system, form)
            }
        case .zephyr: writer.zephyr(turns, addGenerationPrompt)
        case .demo: writer.demo(turns, addGenerationPrompt)
        }
        return writer.pieces
    }

    private static func requireAlternation(_ turns: ArraySlice<ChatTurn>) throws(TokenizationError)
    {
        for (index, turn) in turns.enumerated() {
            guard turn.role == (index.isMultiple(of: 2) ? "user" : "assistant") else {
                throw TokenizationError(
                    .invalidChat,
                    "message \(index + 1) after any system message is of the role \(turn.role); with this model's chat template, user and assistant must take turns, user first"
                )
            }
        }
    }
}

/// Collects the pieces of a chat.
private struct ChatWriter {
    let begin: String
    let end: String
    private(set) var pieces: [ChatPiece] = []

    /// The date in the templates of Llama 3.1 and later where they are given none, and can ask for none.
    private static let date = "26 Jul 2024"

    init(begin: String, end: String) {
        self.begin = begin
        self.end = end
    }

    private mutating func text(_ text: String) {
        if !text.isEmpty { pieces.append(.text(text)) }
    }

    private mutating func marker(_ marker: String) {
        if !marker.isEmpty { pieces.append(.marker(marker)) }
    }

    // MARK: ChatML

    mutating func chatML(
        _ turns: [ChatTurn], system: String?, hasReasoning: Bool, _ addGenerationPrompt: Bool
    ) {
        if let system, turns.first?.role != "system" {
            chatML(ChatTurn(role: "system", content: system), reasoning: nil)
        }
        let query = turns.lastIndex { $0.role == "user" && !Self.isToolResponse($0.content) }
        for (index, turn) in turns.enumerated() {
            guard hasReasoning, turn.role == "assistant" else {
                chatML(turn, reasoning: nil)
                continue
            }
            let (reasoning, content) = Self.reasoning(in: turn.content)
            let isShown =
                index > query ?? turns.count - 1 && (index == turns.count - 1 || !reasoning.isEmpty)
            chatML(
                ChatTurn(role: turn.role, content: content), reasoning: isShown ? reasoning : nil)
        }
        if addGenerationPrompt {
            marker("<|im_start|>")
            text("assistant\n")
        }
    }

    private mutating func chatML(_ turn: ChatTurn, reasoning: String?) {
        marker("<|im_start|>")
        text("\(turn.role)\n")
        var content = turn.content
        if let reasoning {
            marker("<think>")
            text("\n" + reasoning.stripped { $0 == "\n" } + "\n")
            marker("</think>")
            text("\n\n")
            content = Self.withoutLeadingLineEnds(content)
        }
        text(content)
        marker("<|im_end|>")
        text("\n")
    }

    private static func isToolResponse(_ content: String) -> Bool {
        content.hasPrefix("<tool_response>") && content.hasSuffix("</tool_response>")
    }

    /// What Qwen3's template takes for the reasoning and for the reply.
    private static func reasoning(in content: String) -> (reasoning: String, content: String) {
        let parts = content.splitting(by: "</think>")
        guard parts.count > 1, let first = parts.first, let last = parts.last else {
            return ("", content)
        }
        var head = first.unicodeScalars[...]
        while head.last == "\n" { head.removeLast() }
        let reasoning = String(head).splitting(by: "<think>").last ?? ""
        return (withoutLeadingLineEnds(reasoning), withoutLeadingLineEnds(last))
    }

    private static func withoutLeadingLineEnds(_ text: String) -> String {
        String(text.unicodeScalars.drop { $0 == "\n" })
    }

    // MARK: Llama

    mutating func llama(_ turns: [ChatTurn]) {
        marker(begin)
        for turn in turns { llama(turn.role, turn.content.stripped) }
    }

    mutating func datedLlama(_ turns: ArraySlice<ChatTurn>, system: String) {
        marker(begin)
        let dates = "Cutting Knowledge Date: December 2023\nToday Date: \(Self.date)\n\n"
        llama("system", dates + system.stripped)
        for turn in turns { llama(turn.role, turn.content.stripped) }
    }

    private mutating func llama(_ role: String, _ content: String) {
        llamaHead(role)
        text(content)
        marker("<|eot_id|>")
    }

    mutating func llamaHead(_ role: String) {
        marker("<|start_header_id|>")
        text(role)
        marker("<|end_header_id|>")
        text("\n\n")
    }

    mutating func llama2(
        _ turns: ArraySlice<ChatTurn>, system: String?, _ form: ChatTemplate.LlamaTwoForm
    ) {
        for (index, turn) in turns.enumerated() {
            guard turn.role == "user" else {
                text(" \(turn.content.stripped) ")
                marker(end)
                continue
            }
            var content = turn.content
            if index == 0, let system {
                content =
                    "<<SYS>>\n\(form.stripsSystem ? system.stripped : system)\n<</SYS>>\n\n\(content)"
            }
            marker(begin)
            text("[INST] \(content.stripped) [/INST]")
        }
    }

    // MARK: Mistral

    mutating func mistral(
        _ turns: ArraySlice<ChatTurn>, system: String?, _ form: ChatTemplate.MistralForm
    ) {
        marker(begin)
        let systemIndex = form.system == .lastTurn ? turns.count - 1 : 0
        for (index, turn) in turns.enumerated() {
            var content = turn.content
            if index == systemIndex, let system, turn.role == "user" {
                content = "\(system)\n\n\(content)"
            }
            mistral(turn.role, content, form)
        }
    }

    mutating func mistralBlocks(_ turns: [ChatTurn], _ form: ChatTemplate.MistralForm) {
        marker(begin)
        for turn in turns {
            guard turn.role == "system" else {
                mistral(turn.role, turn.content, form)
                continue
            }
            marker("[SYSTEM_PROMPT]")
            text(" \(turn.content)")
            marker("[/SYSTEM_PROMPT]")
        }
    }

    private mutating func mistral(
        _ role: String, _ content: String, _ form: ChatTemplate.MistralForm
    ) {
        if role == "user" {
            around(form.open, content, form.close)
        } else {
            text(form.replyPrefix + (form.trimsReply ? content.stripped : content))
            marker(end)
            text(form.replySuffix)
        }
    }

    /// `[INST]` and `[/INST]` are tokens of later Mistral vocabularies; the spaces around are text.
    private mutating func around(_ open: String, _ content: String, _ close: String) {
        let opening = open.splitting(by: "[INST]")
        let closing = close.splitting(by: "[/INST]")
        text(opening.first ?? "")
        marker("[INST]")
        text((opening.last ?? "") + content + (closing.first ?? ""))
        marker("[/INST]")
        text(closing.last ?? "")
    }

    // MARK: Zephyr and the demo

    mutating func zephyr(_ turns: [ChatTurn], _ addGenerationPrompt: Bool) {
        for turn in turns {
            marker("<|\(turn.role)|>")
            text("\n\(turn.content)")
            marker(end)
            text("\n")
        }
        if addGenerationPrompt {
            marker("<|assistant|>")
            text("\n")
        }
    }

    mutating func demo(_ turns: [ChatTurn], _ addGenerationPrompt: Bool) {
        for turn in turns {
            marker(turn.role == "user" ? "<|user|>" : "<|assistant|>")
            text(turn.content)
        }
        if addGenerationPrompt { marker("<|assistant|>") }
    }
}
