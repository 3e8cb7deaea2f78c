/// One message of a chat.
public struct ChatTurn: Sendable, Hashable {
    /// `system`, `user` or `assistant`.
    public var role: String
    public var content: String

    public init(role: String, content: String) {
        self.role = role
        self.content = content
    }
}

/// A part of a rendered chat.
enum ChatPiece: Sendable, Equatable {
    /// What a message says, or the template's own words: text, whatever it looks like.
    case text(String)
    /// What the template means as a special token.
    case marker(String)
}
