internal import Glibc
internal import Optimization

/// How a router is trained; the defaults are those of the shipped recipes.
public struct TrainingSettings: Sendable {
    /// Rows of the embedding table.
    public var bucketCount = 8192
    /// What pieces of words mean; nil trains a router that knows spellings alone.
    public var meanings: MeaningTable?
    /// Hidden units; a multiple of sixteen.
    public var width = 256
    public var seed: UInt64 = 0
    /// Passes over the data, more when it is small: see `epochCount(rowCount:)`.
    public var epochCount = 12
    public var batchSize = 32
    public var learningRate: Float = 2e-3
    /// The share of a text's features that is left out in each step.
    public var featureDropout: Float = 0.3
    /// The share of a text's pieces of words that is left out in each step.
    public var pieceDropout: Float = 0.2
    /// The share of texts that are shown by what they mean alone in a step, without runs of characters and words.
    public var spellingDropout: Float = 0.3
    /// How fast the vectors of pieces are trained, in parts of the learning rate; zero leaves them as they were learned.
    public var meaningRate: Float = 0.2
    /// How large M (`MeaningLayer`) starts and how fast it is trained, in parts of what the other weights would have: below one,
    /// runs of words and characters have more to say.
    public var projectionScale: Float = 0.67
    /// The share of hidden units that is left out in each step.
    public var hiddenDropout: Float = 0.3
    /// Probability spread evenly over all classes.
    public var labelSmoothing: Float = 0.1
    /// Decay of the output layer's weights, per step and unit of the learning rate.
    public var weightDecay: Float = 0.01
    /// Generated out-of-scope texts for each row of the data.
    public var negativeShare: Double = 0.05
    /// The share of in-scope texts that the abstention threshold lets through.
    ///
    /// More where that lets no more of the held-out texts out of scope through; fewer where every row is held out once and
    /// generated requests for something else would come with them (`HeldOutScores.threshold`).
    public var coverage: Double = 0.95
    /// Where the router abstains, in logits; nil lets the held-out texts say.
    public var threshold: Float?
    /// The share that texts out of scope are taken to have among all when probabilities are calibrated.
    public var outOfScopeShare: Double = 0.01

    public init() {}

    /// Refuses numbers that cannot be trained with.
    func check() throws(RoutingError) {
        guard RouterArtefact.widths.contains(width), width.isMultiple(of: Lanes.scalarCount) else {
            throw RoutingError(
                .setting,
                "a width of \(width); multiples of \(Lanes.scalarCount) in \(RouterArtefact.widths) are possible"
            )
        }
        let shares = [
            featureDropout, pieceDropout, spellingDropout, hiddenDropout, labelSmoothing,
            Float(negativeShare),
            Float(outOfScopeShare),
        ]
        guard shares.allSatisfy({ $0 >= 0 && $0 < 1 }), coverage > 0, coverage <= 1, epochCount > 0,
            batchSize > 0, threshold?.isFinite ?? true
        else { throw RoutingError(.setting, "a share is not below one, or a count not above zero") }
    }

    /// Generated texts for `rowCount` rows.
    func negativeCount(rowCount: Int) -> Int {
        Int((negativeShare * Double(rowCount)).rounded(.up))
    }

    /// The steps of a training on `rowCount` rows, with generated ones besides.
    func stepCount(rowCount: Int) -> Int {
        let count = rowCount + negativeCount(rowCount: rowCount)
        return epochCount(rowCount: count) * stepsPerEpoch(rowCount: count)
    }

    func stepsPerEpoch(rowCount: Int) -> Int {
        max(1, (rowCount + batchSize - 1) / batchSize)
    }

    /// Steps below which a small data set is gone through more often.
    private static let fewestSteps = 2500
    private static let mostEpochs = 200

    /// The passes over `rowCount` rows: enough for `fewestSteps`, at most `mostEpochs`.
    func epochCount(rowCount: Int) -> Int {
        max(epochCount, min(Self.mostEpochs, Self.fewestSteps / stepsPerEpoch(rowCount: rowCount)))
    }

    /// The learning rate's factor: 100 steps of warming up under a half cosine down to a fiftieth.
    func rateFactor(step: Int, of stepCount: Int) -> Float {
        let progress = Float(step) / Float(max(1, stepCount))
        let cosine = 0.02 + 0.49 * (1 + cosf(Float.pi * progress))
        return min(1, Float(step + 1) / 100) * cosine
    }
}
