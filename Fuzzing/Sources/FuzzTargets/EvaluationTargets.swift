import Tensors

@testable import Evaluation

/// Rows of an evaluation, and how replies to them are judged.
enum EvaluationTargets {
    private static let metrics = [
        "exact_match", "contains", "json", "json_match", "bleu", "rouge_1", "rouge_l",
    ]

    /// Every row is judged with its own prompt as the reply.
    static func rows(_ bytes: [UInt8]) throws {
        let text = try TextLines(bytes: bytes, path: "rows", limit: 1 << 20)
        let data = try EvaluationData(text, limit: 16)
        for word in metrics {
            let metric = try Metric(.string(word), place: "", folder: "")
            for row in data.rows where metric.lack(of: row) == nil {
                let numbers = metric.numbers(of: Metric.Evidence(reply: row.prompt), row: row)
                precondition(numbers.allSatisfy { $0.isFinite && $0 >= 0 }, "no number")
                let figure = metric.aggregate.value(of: numbers, rowCount: 1)
                precondition((0...100.001).contains(figure), "no figure from 0 to 100")
            }
        }
    }
}
