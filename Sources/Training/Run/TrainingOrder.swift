internal import Optimization

/// Which examples each step takes: every pass over them in an order of its own, a function of seed and pass.
struct TrainingOrder {
    private let exampleCount: Int
    private let settings: TrainingSettings
    private var order: [Int] = []
    private var epoch = -1

    init(exampleCount: Int, settings: TrainingSettings) {
        self.exampleCount = exampleCount
        self.settings = settings
    }

    /// The examples of a step, counted from zero.
    mutating func examples(step: Int) -> ArraySlice<Int> {
        let (epoch, place) = step.quotientAndRemainder(
            dividingBy: settings.stepsPerEpoch(exampleCount))
        if epoch != self.epoch {
            var random = SeededRandom(seed: settings.seed ^ UInt64(epoch + 1))
            order = Array(0..<exampleCount)
            random.shuffle(&order)
            self.epoch = epoch
        }
        let first = place * settings.batchSize
        return order[first..<min(first + settings.batchSize, exampleCount)]
    }
}

extension TrainingBatch {
    /// Batches of at most `rowCount` rows, one mix of adapters after the other; a longer example is one by itself.
    ///
    /// - Parameter sharesBeginning: whether what all examples begin with goes through the model once a batch.
    static func packed(
        _ examples: [TrainingExample], rowCount: Int, sharesBeginning: Bool
    ) -> [TrainingBatch] {
        let mixes = examples.reduce(into: [[Int]]()) { mixes, example in
            if !mixes.contains(example.beside) { mixes.append(example.beside) }
        }
        return mixes.flatMap { mix in
            alike(
                examples.filter { $0.beside == mix }, rowCount: rowCount,
                sharesBeginning: sharesBeginning)
        }
    }

    private static func alike(
        _ examples: [TrainingExample], rowCount: Int, sharesBeginning: Bool
    ) -> [TrainingBatch] {
        let shared = sharesBeginning ? beginning(of: examples) : 0
        var batches: [TrainingBatch] = []
        var open: [TrainingExample] = []
        var rows = shared
        for example in examples {
            let more = example.tokens.count - 1 - shared
            if !open.isEmpty, rows + more > rowCount {
                batches.append(TrainingBatch(open, sharedCount: shared))
                open = []
                rows = shared
            }
            open.append(example)
            rows += more
        }
        if !open.isEmpty { batches.append(TrainingBatch(open, sharedCount: shared)) }
        return batches
    }
}
