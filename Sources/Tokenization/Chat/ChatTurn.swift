/// One message of a chat.
public struct ChatTurn: Sendable, Hashable {
    /// One of `roles`.
    public var role: String
    public var content: String

    /// The roles that a message may have; what a template does not know of them it refuses itself.
    ///
    /// Templates build markers of them (`<|user|>`), so a role counts as the template's own word.
    public static let roles = ["system", "developer", "user", "assistant", "tool"]

    public init(role: String, content: String) {
        self.role = role
        self.content = content
    }
}
