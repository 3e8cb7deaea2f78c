/// Who wrote a stretch of text.
public enum TextOrigin: Sendable, Hashable {
    /// The template, or the files of the model beside it.
    case template
    /// Whoever sends messages.
    case message
}

/// A stretch of rendered text from one origin.
public struct TemplateRun: Sendable, Hashable {
    public var text: String
    public var origin: TextOrigin

    public init(text: String, origin: TextOrigin) {
        self.text = text
        self.origin = origin
    }
}
