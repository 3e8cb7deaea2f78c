internal import Tensors

/// Runs without repetitions, in the order in which they were asked for.
struct RunList<Run: EvaluationRun> {
    private(set) var runs: [Run] = []
    private(set) var keys: [Digest] = []
    private var places: [Digest: Int] = [:]
    private let identity: String

    init(identity: String) {
        self.identity = identity
    }

    /// The place of a run, which is added unless it is there.
    mutating func add(_ run: Run) -> Int {
        let key = run.key(identity: identity)
        if let place = places[key] { return place }
        places[key] = runs.count
        runs.append(run)
        keys.append(key)
        return runs.count - 1
    }
}
