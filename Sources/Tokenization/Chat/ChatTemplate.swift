internal import CSystemShims
internal import Templates

/// A model's chat format: the Jinja template that its files bring, which is executed.
public struct ChatTemplate: Sendable {
    private let template: Template
    /// `bos_token` and its like by their names in templates.
    private let tokenNames: [String: String]

    /// Reads the source of a template.
    ///
    /// - Throws: for what is no template, and for tags that are not supported.
    init(_ source: String, tokenNames: [String: String]) throws(TokenizationError) {
        do {
            template = try Template(source)
        } catch {
            throw TokenizationError(
                .unsupported,
                "the model's chat template cannot be used: \(error); use --raw and write the prompt in full"
            )
        }
        self.tokenNames = tokenNames
    }

    static func missing(_ place: String) -> TokenizationError {
        TokenizationError(
            .unsupported,
            "\(place): the model has no chat template; use --raw and write the prompt in full")
    }

    /// The chat as text, in stretches of one origin: the template's words, names of tokens and roles are its own,
    /// what messages say is theirs.
    ///
    /// - Throws: for chats that the template refuses, with the template's own message.
    func render(
        _ turns: [ChatTurn], addGenerationPrompt: Bool, time: CivilTime = .now
    ) throws(TokenizationError) -> [TemplateRun] {
        for turn in turns where !ChatTurn.roles.contains(turn.role) {
            let roles = ChatTurn.roles.joined(separator: ", ")
            throw TokenizationError(
                .invalidChat,
                "a message of the role \(quoted(turn.role)); the roles are \(roles)")
        }
        guard !turns.isEmpty else {
            throw TokenizationError(.invalidChat, "the chat has no messages; give at least one")
        }
        do {
            let messages = try turns.map { turn throws(TemplateError) in
                try TemplateValue.mapping(
                    [
                        ("role", .text(turn.role, .template)),
                        ("content", .text(turn.content, .message)),
                    ], keys: .template)
            }
            let names = tokenNames.map { (name: $0, value: TemplateValue.text($1, .template)) }
            return try template.render(
                names + [
                    ("messages", try .list(messages)), ("tools", .none), ("documents", .none),
                    ("add_generation_prompt", .bool(addGenerationPrompt)),
                ], time: time)
        } catch {
            throw Self.refusal(error)
        }
    }

    private static func refusal(_ error: TemplateError) -> TokenizationError {
        switch error.code {
        case .raised:
            TokenizationError(
                .invalidChat, "the model's chat template refuses this chat: \(error.message)")
        case .limitExceeded:
            TokenizationError(
                .limitExceeded, "the model's chat template takes too much for this chat: \(error)")
        case .syntax, .unsupported, .runtime:
            TokenizationError(
                .invalidChat,
                "the model's chat template fails on this chat: \(error); use --raw and write the prompt in full"
            )
        }
    }
}

extension CivilTime {
    /// The time in the zone of this machine, or the one that the environment's `TZ` names.
    static var now: CivilTime {
        let now = fusebox_local_time()
        return CivilTime(
            year: Int(now.year), month: Int(now.month), day: Int(now.day), hour: Int(now.hour),
            minute: Int(now.minute), second: Int(now.second), microsecond: Int(now.microsecond))
    }
}
