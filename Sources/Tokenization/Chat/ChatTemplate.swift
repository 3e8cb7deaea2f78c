public struct ChatTemplate: Sendable {
    static func missing(_ place: String) -> TokenizationError {
        TokenizationError(.unsupported, "\(place): no chat template; use --raw")
    }
    init(recognizing text: String) throws(TokenizationError) {
        throw TokenizationError(.unsupported, "--raw")
    }
    func render(
        _ turns: [ChatTurn], addGenerationPrompt: Bool, beginOfText: String, endOfText: String
    ) throws(TokenizationError) -> [ChatPiece] { [] }
}
