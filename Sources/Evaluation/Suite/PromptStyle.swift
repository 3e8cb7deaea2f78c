/// What a row's prompt is to the model.
public enum PromptStyle: String, Sendable, CaseIterable {
    /// A user's message in the model's chat template.
    case chat
    /// A program's own text without the template; markers in it become their tokens.
    case raw
    /// Text without the template; markers in it stay text.
    case text
}
