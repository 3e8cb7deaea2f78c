import Kernels
import Models
import TestSupport
import Testing

@testable import Training

/// Texts that begin alike learn the same whether their beginning goes through the model once or with each of them.
@Suite struct SharedBeginningTests {
    private let pool: ThreadPool
    private let compute: DenseCompute

    init() throws {
        pool = try ThreadPool(threadCount: 2)
        compute = DenseCompute(kernels: try .select(), pool: pool)
    }

    /// Seven tokens alike, then texts of different lengths; windows of these models end within them.
    private func examples(vocabulary: Int) -> [TrainingExample] {
        [(12, 8), (16, 11), (9, 8)].compactMap { length, first in
            let tokens = (0..<length).map { i in
                Int32((5 * i * i + i + (i < 7 ? 3 : 13 * length)) % vocabulary)
            }
            return TrainingExample(tokens: tokens, firstLearned: first)
        }
    }

    /// Losses, then all gradients.
    private func results(
        _ base: FrozenBase, sharing: Bool, trainsFactors: Bool
    ) throws -> (rowCount: Int, losses: [Float], gradients: [Float]) {
        let examples = examples(vocabulary: base.configuration.vocabularySize)
        let addends = try FormulaFactors.addends(base, trainsFactors ? .factors : .weights)
        let pass = TrainingPass(base, addends: addends, rowCapacity: 64, compute: compute)
        let batches = TrainingBatch.packed(examples, rowCount: 64, sharesBeginning: sharing)
        let batch = try #require(batches.first)
        let losses = try pass.addGradients(of: batch, scale: 1 / Float(batch.targets.count))
        var gradients: [Float] = []
        for site in addends.joined().compactMap(\.self) {
            gradients += site.aGradient?.elements ?? []
            for part in site.parts {
                gradients += part.bGradient?.elements ?? [Float(part.weightGradient)]
            }
        }
        return (batch.rowCount, losses, gradients)
    }

    @Test(arguments: GradientTests.models, [true, false])
    func theBeginningCountsForEachText(model: String, trainsFactors: Bool) throws {
        let base = try FrozenBase(
            Checkpoint(path: GoldenFolder.path("models/\(model)")), pool: pool)
        let apart = try results(base, sharing: false, trainsFactors: trainsFactors)
        let shared = try results(base, sharing: true, trainsFactors: trainsFactors)
        #expect(apart.rowCount == 11 + 15 + 8)
        #expect(shared.rowCount == apart.rowCount - 2 * 7)
        #expect(shared.losses.count == apart.losses.count)
        for (loss, expected) in zip(shared.losses, apart.losses) {
            #expect(abs(loss - expected) < 1e-5 * max(1, expected))
        }
        let distance = zip(shared.gradients, apart.gradients).reduce(0.0) {
            $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1)
        }
        let length = apart.gradients.reduce(0.0) { $0 + Double($1) * Double($1) }
        #expect(length > 0)
        #expect(distance.squareRoot() <= 1e-5 * length.squareRoot())
    }

    /// Keys that were rotated for one length serve no text of another.
    @Test func nothingIsSharedWhereRotationsDifferByLength() throws {
        let base = try FrozenBase(
            Checkpoint(path: GoldenFolder.path("models/qwen2_dynamic")), pool: pool)
        let context = base.configuration.contextLength
        let examples = [context / 2, 2 * context].compactMap { length in
            TrainingExample(
                tokens: (0..<length).map { Int32($0 < 7 ? $0 : ($0 * length) % 50) },
                firstLearned: 8)
        }
        let lengths = examples.map {
            base.configuration.rotaryLength(prompt: $0.tokens.count - 1, total: $0.tokens.count - 1)
        }
        try #require(Set(lengths).count == 2)
        let trainer = try Trainer(
            FactorParameters(base, rank: 1, alpha: 1, seed: 1), of: base, examples: examples,
            settings: TrainingSettings(), on: compute)
        let apart = try examples.map { try trainer.loss(of: [$0]) * Float($0.learnedCount) }
        let count = Float(examples.reduce(0) { $0 + $1.learnedCount })
        let expected = apart.reduce(0, +) / count
        #expect(abs(try trainer.loss(of: examples) - expected) < 1e-5 * expected)
    }

    /// Nothing is shared beyond what all have, nor what is learned, nor where one text would be alone with it.
    @Test(
        arguments: [
            ([([1, 2, 3, 4, 5], 3), ([1, 2, 3, 9, 9], 3)], 2),
            ([([1, 2, 3, 4, 5], 4), ([1, 2, 9, 4, 5], 4)], 2),
            ([([1, 2, 3], 1), ([1, 2, 3], 1)], 0),
            ([([1, 2, 3], 2), ([7, 2, 3], 2)], 0),
            ([([1, 2, 3, 4], 3)], 0),
            ([([1, 2, 3, 4], 3), ([1, 2, 3, 4], 3)], 2),
            ([], 0),
        ] as [([([Int32], Int)], Int)])
    func aBeginningIsWhatAllHave(_ texts: [([Int32], Int)], _ expected: Int) throws {
        let examples = try texts.map { text in
            try #require(TrainingExample(tokens: text.0, firstLearned: text.1))
        }
        #expect(TrainingBatch.beginning(of: examples) == expected)
    }

    @Test func aBatchHasOneMix() throws {
        let mixes = [[], [0], [], [0, 1], [0]]
        let examples = mixes.enumerated().compactMap { number, mix in
            TrainingExample(
                tokens: [1, 2, 3, Int32(number), 5], firstLearned: 4, beside: mix)
        }
        let batches = TrainingBatch.packed(examples, rowCount: 64, sharesBeginning: true)
        #expect(batches.map(\.beside) == [[], [0], [0, 1]])
        #expect(batches.map(\.targets.count) == [2, 2, 1])
        #expect(batches[0].tokens == [1, 2, 3, 0, 2])
    }

    @Test func rowsOfABatchHaveAnEnd() throws {
        let examples = (0..<5).compactMap {
            TrainingExample(tokens: [1, 2, 3, 4, Int32($0), 6, 7], firstLearned: 5)
        }
        let batches = TrainingBatch.packed(examples, rowCount: 9, sharesBeginning: true)
        // Four rows are shared, two are each text's own.
        #expect(batches.map(\.rowCount) == [8, 8, 6])
        #expect(batches.map(\.sharedCount) == [4, 4, 4])
        #expect(batches[0].tokens == [1, 2, 3, 4, 0, 6, 1, 6])
        #expect(batches[0].learned == [4, 5, 6, 7])
        #expect(batches[0].targets == [6, 7, 6, 7])
    }
}
