import Foundation
import Tensors
import TestSupport
import Testing

@testable import Routing

/// Routers that are trained on twenty rows of five templates a class, and asked what people write
/// (`Goldens/routing/newcomers`).
@Suite("A newcomer's rows")
struct NewcomersTests {
    @Test(
        "Most of what people write is accepted and routed right, most of what is out of scope is not",
        arguments: ["home", "support", "writing", "office"])
    func people(domain: String) throws {
        let path = GoldenFolder.path("routing/newcomers/\(domain).json")
        let document = try JSONValue(parsing: [UInt8](Data(contentsOf: URL(filePath: path))))
        let result = try RouterTrainer().train(on: Self.rows(of: document), validation: nil)
        let router = result.router

        let texts = try Self.strings(document["people"])
        let right = texts.count { name, text in
            let scores = router.scores(of: text)
            return !scores.abstains && router.labels[scores.best] == name
        }
        let outside = try #require(document["outside"]?.array).compactMap(\.string)
        let rejected = outside.count { text in
            let scores = router.scores(of: text)
            return scores.abstains || scores.best == router.base
        }
        #expect(texts.count > 100 && outside.count > 30)
        #expect(Double(right) >= 0.55 * Double(texts.count), "\(right) of \(texts.count)")
        #expect(Double(rejected) >= 0.7 * Double(outside.count), "\(rejected) of \(outside.count)")
        #expect(result.heldOut.accuracy < 1, "what is held out is no template that was learned")
        #expect(result.warnings.count { $0.contains("wordings of 5") } >= 1)
    }

    /// Every template of a class with each of its slots.
    private static func rows(of document: JSONValue) throws -> [RouterExample] {
        try #require(document["classes"]?.object).flatMap { name, group in
            let slots = try #require(group["slots"]?.array).compactMap(\.string)
            return try #require(group["templates"]?.array).compactMap(\.string).flatMap {
                template in
                slots.map {
                    RouterExample(text: template.replacing("{}", with: $0), adapters: [name])
                }
            }
        }
    }

    private static func strings(_ value: JSONValue?) throws -> [(name: String, text: String)] {
        try #require(value?.object).flatMap { name, list in
            (list.array ?? []).compactMap(\.string).map { (name, $0) }
        }
    }
}
