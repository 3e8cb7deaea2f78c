/// What the scores of a sequence are wanted of.
public struct ScoreRequest: Sendable, Equatable {
    /// Whether the tokens of the reply that are still to come have scores.
    public var ofReply: Bool
    /// The first token of the prompt that has one; nil: none has.
    public var promptStart: Int?
    /// The likeliest tokens of each place that are told besides.
    public var topCount: Int

    public init(ofReply: Bool = false, promptStart: Int? = nil, topCount: Int = 0) {
        self.ofReply = ofReply
        self.promptStart = promptStart
        self.topCount = topCount
    }
}

/// How likely a token is at its place, and which others are the likeliest there.
///
/// In natural logarithms of the softmax of the logits as the model computes them: temperature, penalties and filters do not
/// count.
public struct TokenScore: Sendable, Equatable {
    public struct Alternative: Sendable, Equatable {
        public let id: Int32
        public let logProbability: Float
    }

    public let id: Int32
    /// Nil for the first token of a prompt, which follows nothing.
    public let logProbability: Float?
    /// Falling, of equal ones the lowest id first.
    public let top: [Alternative]

    /// The score of a token that follows nothing.
    init(first id: Int32) {
        self.id = id
        logProbability = nil
        top = []
    }

    /// Nil where the logits are no distribution.
    ///
    /// - Parameter id: below the number of logits.
    init?(of id: Int32, _ logits: Span<Float>, topCount: Int) {
        guard let softmax = LogSoftmax(logits) else { return nil }
        self.id = id
        logProbability = Float(softmax.logProbability(of: logits[Int(id)]))
        top = Self.largest(topCount, of: logits).map {
            Alternative(
                id: Int32($0), logProbability: Float(softmax.logProbability(of: logits[$0])))
        }
    }

    /// The places of the largest logits: a short list to which few of the many are ever added.
    private static func largest(_ count: Int, of logits: Span<Float>) -> [Int] {
        var best: [Int] = []
        guard count > 0 else { return best }
        for id in logits.indices {
            if best.count == count {
                guard logits[id] > logits[best[count - 1]] else { continue }
                best.removeLast()
            }
            var place = best.count
            while place > 0, logits[id] > logits[best[place - 1]] { place -= 1 }
            best.insert(id, at: place)
        }
        return best
    }
}
