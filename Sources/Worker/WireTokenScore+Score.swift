internal import FoundationEssentials
internal import Inference
internal import Tokenization
internal import Wire

extension WireTokenScore {
    /// A score for people: ids with the bytes that they stand for.
    init(_ score: TokenScore, tokenizer: Tokenizer) {
        self.init()
        id = UInt32(clamping: score.id)
        if let value = score.logProbability { logProbability = value }
        text = Data(tokenizer.bytes(of: score.id))
        top = score.top.map { alternative in
            Alternative {
                $0.id = UInt32(clamping: alternative.id)
                $0.logProbability = alternative.logProbability
                $0.text = Data(tokenizer.bytes(of: alternative.id))
            }
        }
    }
}
