internal import Merging
internal import Tensors

extension MergeSettings {
    /// How a configuration's adapters become one, from its member `merge`; nil: they stay as they are.
    static func read(_ fields: SuiteFields) throws(EvaluationError) -> MergeSettings? {
        guard let json = fields["merge"] else { return nil }
        let own = try SuiteFields(
            json, place: "\(fields.place): \"merge\"",
            keys: ["method", "density", "rank", "seed", "election"])
        guard let method = try own.word("method", as: MergeMethod.self) else {
            throw own.refusal("method", "is missing")
        }
        let settings = MergeSettings(
            method: method, density: try own.number("density", in: 0...1),
            rank: try own.integer("rank", in: 1...Int.max),
            seed: UInt64(try own.integer("seed", in: 0...Int.max) ?? 0),
            election: try own.word("election", as: Election.self) ?? .total)
        do throws(MergeError) {
            try settings.check()
        } catch {
            throw EvaluationError(.suite, "\(own.place): \(error.message)")
        }
        return settings
    }
}
