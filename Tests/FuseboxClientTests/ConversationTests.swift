import Testing
import Wire

@testable import fusebox

/// What a conversation remembers.
@Suite struct ConversationTests {
    private func said(_ prompt: WirePrompt) -> [String] {
        prompt.chat.messages.map { "\($0.role): \($0.content)" }
    }

    @Test func turnsAreKept() {
        var history = Conversation.History(system: "Be short.")
        #expect(said(history.prompt("Hi.")) == ["system: Be short.", "user: Hi."])
        history.keep("Hi.", answer: "Hello.")
        #expect(
            said(history.prompt("Why?")) == [
                "system: Be short.", "user: Hi.", "assistant: Hello.", "user: Why?",
            ])
        history.clear()
        #expect(said(history.prompt("Hi.")) == ["system: Be short.", "user: Hi."])
    }

    /// What was refused or cancelled at once would be a turn without an answer, which templates refuse.
    @Test func aMessageWithoutAnAnswerIsNoTurn() {
        var history = Conversation.History(system: nil)
        history.keep("Hi.", answer: "")
        #expect(said(history.prompt("Why?")) == ["user: Why?"])
    }
}
