internal import Tensors

/// Rows and how replies to them are judged.
public struct SuiteTask: Sendable {
    public let name: String
    public let data: EvaluationData
    public let style: PromptStyle
    public let sampling: SuiteSampling
    /// Tokens of a reply at most.
    public let maxTokens: Int
    /// Replies end before these texts.
    public let stop: [String]
    /// The first one is what findings are about.
    public let metrics: [Metric]

    static let tokenLimit = 1 << 20
    private static let metricLimit = 16
    private static let rowLimit = 1_000_000

    /// What tasks have in common unless they say otherwise.
    struct Defaults {
        let style: PromptStyle
        let sampling: SuiteSampling
        let maxTokens: Int
        let stop: [String]
    }

    public var rows: [EvaluationRow] { data.rows }

    /// - Parameters:
    ///   - folder: what paths start from.
    ///   - limit: rows at most, beside the task's own limit.
    init(
        _ json: JSONValue, number: Int, defaults: Defaults, folder: String, limit: Int?,
        adapters: [String]
    ) throws(EvaluationError) {
        let name = json["name"]?.string
        let place = name.map { "the task \($0.quoted)" } ?? "task \(number)"
        let fields = try SuiteFields(
            json, place: place,
            keys: [
                "name", "data", "limit", "form", "sampling", "max_tokens", "stop", "adapters",
                "metrics",
            ])
        self.name = try fields.required("name")
        style = try fields.word("form", as: PromptStyle.self) ?? defaults.style
        sampling = try SuiteSampling.read(fields) ?? defaults.sampling
        maxTokens =
            try fields.integer("max_tokens", in: 1...Self.tokenLimit) ?? defaults.maxTokens
        stop = try fields.strings("stop") ?? defaults.stop
        metrics = try fields.list("metrics", limit: Self.metricLimit).map {
            json throws(EvaluationError) in
            try Metric(json, place: place, folder: folder)
        }
        let names = Set(metrics.map(\.name))
        guard names.count == metrics.count else {
            throw fields.refusal("metrics", "has two of one name; give them other names")
        }
        let own = try fields.integer("limit", in: 1...Self.rowLimit)
        let labels = try fields.strings("adapters") ?? []
        data = try EvaluationData(
            path: SuitePath.resolve(fields.required("data"), in: folder),
            limit: [own, limit].compactMap { $0 }.min()
        ).defaulting(to: labels)
        try check(adapters: adapters)
    }

    /// Refuses rows that cannot be judged, or name adapters that there are not.
    private func check(adapters: [String]) throws(EvaluationError) {
        let known = Set(adapters)
        for (row, line) in zip(data.rows, data.lines) {
            for metric in metrics {
                guard let lack = metric.lack(of: row) else { continue }
                throw EvaluationError(
                    .data, "\(data.path):\(line): \(lack), which \(metric.name.quoted) needs")
            }
            for name in row.adapters where !known.contains(name) {
                throw EvaluationError(
                    .data,
                    "\(data.path):\(line): \(SuiteConfiguration.unknown(adapter: name, known: adapters))"
                )
            }
        }
    }
}
