import ArgumentParser
import Wire

/// What a prompt's text is to the model.
enum PromptForm: EnumerableFlag {
    /// A user's message in the model's chat template; its markers stay text.
    case chat
    /// A program's own text, without a template; markers in it become their tokens.
    case raw
    /// Text, without a template; markers stay text.
    case text

    static func name(for form: PromptForm) -> NameSpecification { .long }

    static func help(for form: PromptForm) -> ArgumentHelp? {
        switch form {
        case .chat: "Take the prompt as a user's message in the model's chat template."
        case .raw: "Take it without the template; markers in it become their tokens."
        case .text: "Take it without the template; markers in it stay text."
        }
    }

    func prompt(_ text: String, system: String?) -> WirePrompt {
        switch self {
        case .chat: WirePrompt(text, system: system)
        case .raw: WirePrompt { $0.raw = text }
        case .text: WirePrompt { $0.plain = text }
        }
    }
}

extension WirePrompt {
    /// A user's message, behind a system message where there is one.
    init(_ text: String, system: String?) {
        self.init()
        guard let system else {
            self.text = text
            return
        }
        chat.messages = [
            WireChatMessage(role: "system", content: system),
            WireChatMessage(role: "user", content: text),
        ]
    }
}

extension WireChatMessage {
    init(role: String, content: String) {
        self.init()
        self.role = role
        self.content = content
    }
}
