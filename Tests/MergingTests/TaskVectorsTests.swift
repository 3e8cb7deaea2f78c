import TestSupport
import Testing

@testable import Merging

@Suite struct TaskVectorsTests {
    private func random(_ count: Int, seed: UInt64) -> [Float] {
        var random = SeededGenerator(seed: seed)
        return (0..<count).map { _ in Float.random(in: -1...1, using: &random) }
    }

    @Test(arguments: [0.001, 0.2, 0.5, 0.999, 1])
    func theLargestAreKept(_ density: Double) {
        let vector = random(1000, seed: 3) + [0, -0, 2, -2]
        var vectors = TaskVectors([vector])
        vectors.keepLargest(density)
        let count = Int(density * Double(vector.count))
        let order = vector.indices.sorted { vector[$0].magnitude > vector[$1].magnitude }
        var expected = [Float](repeating: 0, count: vector.count)
        for place in order.prefix(count) { expected[place] = vector[place] }
        #expect(vectors.vectors[0] == expected)
    }

    @Test func ofEqualValuesTheFirstAreKept() {
        var vectors = TaskVectors([[1, -1, 1, -1, 0.5, 2]])
        vectors.keepLargest(0.5)
        #expect(vectors.vectors == [[1, -1, 0, 0, 0, 2]])
        vectors.keepLargest(0.1)
        #expect(vectors.vectors == [[0, 0, 0, 0, 0, 0]])
    }

    @Test func whatIsDroppedIsMadeUpFor() {
        let vector = random(20000, seed: 4)
        var vectors = TaskVectors([vector, vector])
        vectors.dropAtRandom(0.3, seed: 7, name: "m")
        let kept = vectors.vectors[0].indices.filter { vectors.vectors[0][$0] != 0 }
        #expect(abs(Double(kept.count) / 20000 - 0.3) < 0.015)
        #expect(kept.allSatisfy { vectors.vectors[0][$0] == vector[$0] * (1 / Float(0.3)) })
        #expect(vectors.vectors[0] != vectors.vectors[1], "adapters have masks of their own")
        var again = TaskVectors([vector, vector])
        again.dropAtRandom(0.3, seed: 7, name: "m")
        #expect(again.vectors == vectors.vectors)
        for (seed, name) in [(8, "m"), (7, "n")] as [(UInt64, String)] {
            var other = TaskVectors([vector, vector])
            other.dropAtRandom(0.3, seed: seed, name: name)
            #expect(other.vectors != vectors.vectors)
        }
    }

    @Test func signsAreElected() {
        let vectors = TaskVectors([[3, 1, 0, -1], [-1, 2, 0, 1], [-1, -9, 0, 0]])
        #expect(
            vectors.disjointMean([1, 1, 1], election: .total) == [3, -9, 0, 1])
        #expect(
            vectors.disjointMean([1, 1, 1], election: .frequency) == [-1, 1.5, 0, 1])
        #expect(vectors.disjointMean([2, 1, 0.5], election: .frequency) == [-0.75, 2, 0, 1])
        #expect(vectors.sum([1, 2, 3]) == [-2, -22, 0, 1])
    }

    /// An adapter that is taken away votes for what it leaves.
    @Test func negativeWeightsVoteForWhatTheyAdd() {
        let vectors = TaskVectors([[1, 1], [2, -2]])
        #expect(vectors.disjointMean([1, -1], election: .total) == [-2, 1.5])
    }
}
