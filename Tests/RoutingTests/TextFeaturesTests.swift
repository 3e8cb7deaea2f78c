import Tensors
import TestSupport
import Testing

@testable import Routing

@Suite("Features of a text")
struct TextFeaturesTests {
    @Test("The buckets and counts are those of an independent implementation")
    func goldens() throws {
        let document = try FileBytes(
            path: GoldenFolder.path("routing/features.json"), loading: .copied
        ).json()
        let recipe = try FeatureRecipe(bucketCount: #require(document["buckets"]?.int))
        let rows = try #require(document["rows"]?.array)
        #expect(rows.count == 12)
        for row in rows {
            let text = try #require(row["text"]?.string)
            let expected = try #require(row["features"]?.array).map { pair in
                [pair.array?[0].int ?? -1, pair.array?[1].int ?? -1]
            }
            let features = TextFeatures(of: text, recipe: recipe).entries.map {
                [Int($0.bucket), Int($0.count)]
            }
            #expect(features == expected, "\(text)")
        }
    }

    @Test("Case, white space and control characters make no difference")
    func normalization() throws {
        let recipe = try FeatureRecipe(bucketCount: 4096)
        let plain = TextFeatures(of: "turn on the lights", recipe: recipe)
        let other = TextFeatures(of: "\u{FEFF} Turn  ON\nthe\u{0} lights ", recipe: recipe)
        #expect(plain.entries.map(\.bucket) == other.entries.map(\.bucket))
        #expect(plain.entries.map(\.count) == other.entries.map(\.count))
    }

    @Test("A text beyond the limit counts as far as the limit, and costs no more")
    func cap() throws {
        let recipe = try FeatureRecipe(bucketCount: 4096, textByteLimit: 64)
        let head = String(repeating: "word ", count: 12)
        let long = TextFeatures(of: head + String(repeating: "é", count: 1_000_000), recipe: recipe)
        #expect(long.entries.reduce(0) { $0 + $1.count } < 300)
    }

    @Test("No text traps", arguments: 0..<20)
    func fuzz(seed: Int) throws {
        let recipe = try FeatureRecipe(bucketCount: 4096)
        var random = SeededGenerator(seed: UInt64(seed))
        for _ in 0..<200 {
            let scalars = (0..<Int.random(in: 0...80, using: &random)).compactMap { _ in
                Unicode.Scalar(UInt32.random(in: 0...0x10FFFF, using: &random))
            }
            let text = String(String.UnicodeScalarView(scalars))
            let features = TextFeatures(of: text, recipe: recipe)
            #expect(features.entries.allSatisfy { $0.bucket < 4096 && $0.count >= 1 })
            #expect(
                zip(features.entries, features.entries.dropFirst()).allSatisfy {
                    $0.bucket < $1.bucket
                })
        }
    }

    @Test("Recipes out of range are refused", arguments: [0, 63, (1 << 20) + 1])
    func badRecipe(bucketCount: Int) {
        #expect(throws: RoutingError.self) { try FeatureRecipe(bucketCount: bucketCount) }
    }
}
