import Tensors
import TestSupport
import Testing

@testable import Templates

@Suite struct DamagedTemplateTests {
    /// Damaged templates are refused or render within their limits, and their runs are well formed.
    @Test func damagedTemplatesNeverTrap() throws {
        let goldens = try TemplateGoldens.document("constructs.json")
        let variables = try TemplateGoldens.variables(goldens["variables"])
        let sources = (goldens["constructs"]?.array ?? []).compactMap { $0["template"]?.string }
        var random = SeededGenerator(seed: 31)
        var limits = TemplateLimits()
        limits.stepCount = 50_000
        limits.byteCount = 1 << 20
        var rendered = 0
        for _ in 0..<6000 {
            var bytes = Array((sources.randomElement(using: &random) ?? "").utf8)
            let other = Array((sources.randomElement(using: &random) ?? "").utf8)
            switch Int.random(in: 0..<3, using: &random) {
            case 0: bytes = Mutation.of(bytes, using: &random)
            case 1:
                // The head of one and the tail of another.
                bytes =
                    Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random)))
                    + other.suffix(Int.random(in: 0...other.count, using: &random))
            default:
                let place = Int.random(in: 0...bytes.count, using: &random)
                bytes.insert(contentsOf: other, at: place)
                bytes = Mutation.of(bytes, using: &random)
            }
            guard let template = try? Template(String(decoding: bytes, as: UTF8.self)),
                let runs = try? template.render(
                    variables, time: TemplateGoldens.time, limits: limits)
            else { continue }
            rendered += 1
            #expect(!runs.contains { $0.text.isEmpty })
            #expect(zip(runs, runs.dropFirst()).allSatisfy { $0.origin != $1.origin })
        }
        #expect(rendered > 500)
    }
}
