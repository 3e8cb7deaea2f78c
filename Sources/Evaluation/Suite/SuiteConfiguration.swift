public import Merging
public import Routing
internal import Tensors

/// A way to choose the mix of a request: what an evaluation compares.
public struct SuiteConfiguration: Sendable, Hashable {
    /// Where the mix comes from.
    public enum Choice: Sendable, Hashable {
        /// The same weights for every row, by adapter name; none is the base.
        case mix([String: Double])
        /// The adapters that the row names, or those at these places among them, from zero; what a row does not name is left
        /// out.
        case oracle(OracleWeighting, gain: Double, only: [Int]?)
        /// What the router makes of the prompt.
        case router(AdapterPolicy, KeyValueRule)
    }

    /// The weights of adapters that a row names.
    public enum OracleWeighting: String, Sendable, CaseIterable {
        /// 1 each: output composition (arXiv 2605.12345).
        case sum
        /// One over their number each.
        case mean
    }

    /// What becomes of keys and values when the router changes the mix within a reply.
    public enum KeyValueRule: String, Sendable, CaseIterable {
        case keep
        case recompute
        /// The mix never changes.
        case pin
    }

    public let name: String
    public let choice: Choice
    /// The name of a table of CAT coefficients.
    public let table: String?
    /// How its adapters become one before they are used; nil: they run beside each other.
    public let merge: MergeSettings?
    /// The tasks that it is measured on; nil: all.
    public let tasks: [String]?
    /// Other configurations, whose best it is to be compared with.
    public let rivals: [String]

    static let keys = [
        "name", "use", "weighting", "only", "gain", "nucleus", "adapter_limit", "kv",
        "coefficients", "merge", "tasks", "against",
    ]

    /// Whether it is measured on a task.
    public func covers(_ task: String) -> Bool { tasks?.contains(task) ?? true }

    /// The adapters of a fixed mix.
    public var fixedAdapters: [String]? {
        guard case .mix(let weights) = choice else { return nil }
        return weights.keys.sorted()
    }

    /// Whether it has one adapter at most, whatever the row.
    public var isSingle: Bool {
        switch choice {
        case .mix(let weights): weights.count <= 1
        case .oracle(_, _, let only): only?.count == 1
        case .router: false
        }
    }

    /// Whether somebody has to say which adapters a row needs.
    public var isOracle: Bool {
        if case .oracle = choice { true } else { false }
    }

    /// Reads one; `each` stands for one configuration an adapter.
    static func read(
        _ json: JSONValue, number: Int, adapters: [String]
    ) throws(EvaluationError) -> [SuiteConfiguration] {
        let name = json["name"]?.string
        let place = name.map { "the configuration \($0.quoted)" } ?? "configuration \(number)"
        let fields = try SuiteFields(json, place: place, keys: keys)
        let table = try fields.string("coefficients")
        let tasks = try fields.strings("tasks")
        let rivals = try fields.strings("against") ?? []
        guard let use = fields["use"] else {
            throw fields.refusal(
                "use",
                "is missing; write \"base\", \"each\", \"oracle\", \"router\" or an object of adapters and weights"
            )
        }
        if use.string == "each" {
            try refuse(
                [
                    "name", "weighting", "only", "gain", "nucleus", "adapter_limit", "kv",
                    "coefficients", "merge",
                ], fields, with: "each")
            return adapters.map {
                SuiteConfiguration(
                    name: $0, choice: .mix([$0: 1]), table: nil, merge: nil, tasks: tasks,
                    rivals: rivals)
            }
        }
        let choice = try self.choice(use, fields, adapters: adapters)
        guard let name = try fields.string("name") ?? (choice == .mix([:]) ? "base" : nil) else {
            throw fields.refusal("name", "is missing")
        }
        let merge = try MergeSettings.read(fields)
        if merge != nil { try refuse(["coefficients"], fields, with: "a merge") }
        return [
            SuiteConfiguration(
                name: name, choice: choice, table: table, merge: merge, tasks: tasks,
                rivals: rivals)
        ]
    }

    private static func choice(
        _ use: JSONValue, _ fields: SuiteFields, adapters: [String]
    ) throws(EvaluationError) -> Choice {
        let gain = try fields.number("gain", in: 0...64) ?? 1
        switch use.string {
        case "base":
            try refuse(
                [
                    "weighting", "only", "gain", "nucleus", "adapter_limit", "kv", "coefficients",
                    "merge",
                ], fields, with: "base")
            return .mix([:])
        case "oracle":
            try refuse(["nucleus", "adapter_limit", "kv"], fields, with: "oracle")
            let weighting = try fields.word("weighting", as: OracleWeighting.self) ?? .sum
            return .oracle(weighting, gain: gain, only: try places(fields))
        case "router":
            try refuse(["only", "coefficients", "merge"], fields, with: "router")
            do {
                let policy = try AdapterPolicy(
                    weighting: fields.word("weighting", as: AdapterPolicy.Weighting.self)
                        ?? .renormalized,
                    nucleus: fields.number("nucleus", in: 0...1) ?? 0.9,
                    adapterLimit: fields.integer("adapter_limit", in: 1...64) ?? 4, gain: gain)
                return .router(policy, try fields.word("kv", as: KeyValueRule.self) ?? .keep)
            } catch let error as EvaluationError {
                throw error
            } catch {
                throw EvaluationError(.suite, "\(fields.place): \(error)")
            }
        case .some(let word):
            throw fields.refusal(
                "use",
                "is \(word.quoted); known are base, each, oracle, router, or write an object of adapters and weights"
            )
        case nil:
            try refuse(
                ["weighting", "only", "gain", "nucleus", "adapter_limit", "kv"], fields,
                with: "a mix")
            return .mix(try weights(use, fields, adapters: adapters))
        }
    }

    /// The member `only`, a number or a list of numbers, as places from zero.
    private static func places(_ fields: SuiteFields) throws(EvaluationError) -> [Int]? {
        guard let value = fields["only"] else { return nil }
        let numbers = value.array?.map(\.int) ?? [value.int]
        let places = numbers.compactMap { $0 }.filter((1...64).contains).map { $0 - 1 }
        guard !places.isEmpty, places.count == numbers.count, Set(places).count == places.count
        else {
            throw fields.refusal("only", "is no number from 1 to 64 and no list of different ones")
        }
        return places
    }

    private static func weights(
        _ use: JSONValue, _ fields: SuiteFields, adapters: [String]
    ) throws(EvaluationError) -> [String: Double] {
        guard let object = use.object, !object.isEmpty else {
            throw fields.refusal("use", "is no object of adapters and weights")
        }
        var weights: [String: Double] = [:]
        for (name, value) in object {
            guard adapters.contains(name) else {
                throw EvaluationError(
                    .suite, "\(fields.place): \(unknown(adapter: name, known: adapters))")
            }
            guard let weight = value.double, (-64...64).contains(weight) else {
                throw fields.refusal("use", "has a weight of \(name) that is no number in -64...64")
            }
            weights[name] = weight
        }
        return weights
    }

    private static func refuse(
        _ keys: [String], _ fields: SuiteFields, with use: String
    ) throws(EvaluationError) {
        for key in keys where fields[key] != nil {
            throw fields.refusal(key, "has no meaning beside \(use)")
        }
    }

    /// What to say of a name that no adapter has.
    static func unknown(adapter name: String, known: [String]) -> String {
        let guess = name.nearest(in: known).map { "did you mean \($0)? " } ?? ""
        let shown = known.prefix(16).joined(separator: ", ") + (known.count > 16 ? ", ..." : "")
        return
            "no adapter is called \(name.quoted); \(guess)known: \(shown.isEmpty ? "none" : shown)"
    }
}
