public import Wire

extension WireStatusReply {
    /// In one word: serving, degraded or draining.
    public var state: String {
        if draining { return "draining" }
        let isWell = degraded.isEmpty && journalProblem.isEmpty && quarantinedAdapters.isEmpty
        return isWell ? "serving" : "degraded"
    }

    /// What is wrong beside workers that do not serve, a sentence each.
    public var problems: [String] {
        (journalProblem.isEmpty ? [] : ["nothing new is accepted: \(journalProblem)"])
            + quarantinedAdapters.map {
                "adapter set aside: \($0): workers died of requests that had it; replace it, or start the service anew"
            }
            + refusedAdapters.map { "adapter refused: \($0.name): \($0.reason)" }
    }
}
