internal import Glibc

/// What a router makes of one text.
public struct RouterScores: Sendable, Equatable {
    /// One logit a class, the base last; minus infinity for classes that are not allowed.
    public let logits: [Float]
    /// Calibrated probabilities of the classes, the base last; they sum to one.
    public let probabilities: [Float]
    /// The largest logit of an allowed adapter: higher means more surely in scope.
    public let scope: Float
    /// The scope is below the router's threshold, or no adapter is allowed.
    public let abstains: Bool

    /// The most probable class; the first of equals.
    public var best: Int {
        probabilities.indices.max {
            probabilities[$0] < probabilities[$1]
                || (probabilities[$0] == probabilities[$1] && $0 > $1)
        } ?? 0
    }

    /// The classes, most probable first; the first of equals first.
    public var ranking: [Int] {
        probabilities.indices.sorted { (probabilities[$1], $0) < (probabilities[$0], $1) }
    }
}

extension RouterScores {
    /// - Parameters:
    ///   - logits: one logit a class, the base last.
    ///   - allowed: whether each adapter may be chosen; without the base.
    init(logits: [Float], allowed: [Bool], calibration: RouterCalibration) {
        var logits = logits
        var scope = -Float.infinity
        for (index, isAllowed) in allowed.enumerated() {
            if !isAllowed { logits[index] = -.infinity }
            scope = max(scope, logits[index])
        }
        self.init(
            logits: logits,
            probabilities: Self.softmax(logits, temperature: calibration.temperature),
            scope: scope, abstains: scope == -.infinity || scope < calibration.threshold)
    }

    private static func softmax(_ logits: [Float], temperature: Float) -> [Float] {
        let largest = logits.max() ?? 0
        let exponentials = logits.map { expf(($0 - largest) / temperature) }
        let sum = exponentials.reduce(0, +)
        return exponentials.map { $0 / sum }
    }
}
