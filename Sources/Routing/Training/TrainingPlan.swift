internal import Optimization

/// The trainings that give a router, in order; the network of the last is its own.
struct TrainingPlan {
    /// The rows that one learns from, and those that its network is then asked.
    struct Round {
        let learned, held: [RouterExample]
    }

    let rounds: [Round]
    /// Every row is held out once.
    let holdsOutAll: Bool

    /// Holds out rows unless some are given; the router itself learns from all in the end.
    init(
        _ examples: [RouterExample], _ validation: [RouterExample]?, groups: RowGroups,
        random: inout SeededRandom
    ) throws(RoutingError) {
        if let validation {
            rounds = [Round(learned: examples, held: validation)]
            holdsOutAll = false
            return
        }
        let holdOut = try HoldOut(examples, groups: groups, random: &random)
        let parts = holdOut.folds.map { fold in
            let held = Set(fold)
            return Round(
                learned: examples.indices.filter { !held.contains($0) }.map { examples[$0] },
                held: fold.map { examples[$0] })
        }
        rounds = parts + [Round(learned: examples, held: [])]
        holdsOutAll = holdOut.folds.count > 1
    }
}
