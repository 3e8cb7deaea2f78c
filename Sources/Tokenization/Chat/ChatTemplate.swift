internal import Tensors

/// A model's chat format, rendered natively.
///
/// Templates are Jinja programs; none is ever run. A template is recognized by its exact text, up to
/// white space that its rendering ignores, and any other one is refused.
public struct ChatTemplate: Sendable, Equatable {
    let style: Style
    /// The system message of a chat that has none, where the template brings one.
    let defaultSystem: String?

    /// The formats, with what differs between their revisions.
    enum Style: Sendable, Equatable {
        /// `<|im_start|>role`, as OpenHermes, Qwen and many others. With reasoning (Qwen3), the last
        /// replies keep their `<think>` part and earlier ones lose it.
        case chatML(hasReasoning: Bool)
        /// `<|start_header_id|>role<|end_header_id|>`.
        case llama3(LlamaForm)
        /// `[INST] <<SYS>>`.
        case llama2(LlamaTwoForm)
        /// `[INST]` without `<<SYS>>`.
        case mistral(MistralForm)
        /// `<|user|>` and `<|assistant|>` on lines of their own.
        case zephyr
        /// `<|user|>` and `<|assistant|>` directly before the text.
        case demo
    }

    struct LlamaForm: Sendable, Equatable {
        /// Whether a system block with dates always comes first (Llama 3.1 and later).
        var hasDates: Bool
        /// Whether the reply's head follows even where it is not asked for.
        var alwaysPrompts: Bool
    }

    struct LlamaTwoForm: Sendable, Equatable {
        /// Whether the system message loses white space at its ends.
        var stripsSystem: Bool
    }

    struct MistralForm: Sendable, Equatable {
        var open: String
        var close: String
        var replyPrefix: String
        var replySuffix = ""
        var trimsReply = false
        var system: SystemPlace
    }

    /// Where a Mistral template puts the system message.
    enum SystemPlace: Sendable, Equatable {
        case refused
        case firstTurn
        case lastTurn
        /// Between `[SYSTEM_PROMPT]` and `[/SYSTEM_PROMPT]`, anywhere; roles need not alternate.
        case ownBlock
    }

    init(style: Style, defaultSystem: String? = nil) {
        self.style = style
        self.defaultSystem = defaultSystem
    }

    /// Recognizes the text of a Jinja template.
    init(recognizing text: String) throws(TokenizationError) {
        guard text.utf8.count <= 1 << 20 else {
            throw TokenizationError(
                .limitExceeded, "the chat template has \(text.utf8.count) bytes; use --raw")
        }
        let canonical = CanonicalTemplate(text)
        let digest = Digest(of: Array(canonical.text.utf8)).description
        guard let style = Self.known[digest] else {
            throw TokenizationError(
                .unsupported,
                "the model's chat template is not one of the known ones (canonical SHA-256 \(digest)); use --raw and write the prompt in full"
            )
        }
        self.init(style: style, defaultSystem: canonical.defaultSystem)
    }

    static func missing(_ place: String) -> TokenizationError {
        TokenizationError(
            .unsupported,
            "\(place): the model has no chat template; use --raw and write the prompt in full")
    }

    /// The token that ends a turn, which generation stops at; nil where it is the end of text.
    public var endOfTurn: String? {
        switch style {
        case .chatML: "<|im_end|>"
        case .llama3: "<|eot_id|>"
        case .llama2, .mistral, .zephyr, .demo: nil
        }
    }
}
