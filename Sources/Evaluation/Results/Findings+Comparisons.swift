internal import Routing

extension Findings {
    // MARK: Mixing

    /// Each mix against the best of its adapters alone, task by task.
    var mixing: [Finding] {
        tasks.map(ground).flatMap { ground in
            suite.configurations.indices.compactMap { place -> Finding? in
                let parts = parts(of: place).filter { ground.row.figures[$0] != nil }
                guard !parts.isEmpty, let lead = lead(place, over: parts, on: ground) else {
                    return nil
                }
                let rival =
                    parts.count > 1
                    ? "the better of its adapters alone, \(name(lead.rival)),"
                    : "\(name(lead.rival)) alone"
                return Finding(
                    lead, of: "mixing as \(name(place))", over: rival, unit: ground.unit,
                    on: ground.title)
            }
        }
    }

    /// The configurations of single adapters that a mix is made of.
    private func parts(of place: Int) -> [Int] {
        let mix = suite.configurations[place]
        guard !mix.isSingle else { return [] }
        return suite.configurations.indices.filter { other in
            let part = suite.configurations[other]
            guard part.isSingle, part.table == nil else { return false }
            switch (mix.choice, part.choice) {
            case (.mix(let weights), .mix(let alone)):
                return alone.keys.contains { weights[$0] != nil }
            case (.oracle(_, _, let only), .oracle(_, _, let alone?)):
                return only.map { $0.contains(alone[0]) } ?? true
            default: return false
            }
        }
    }

    // MARK: What the suite asks for

    /// Configurations against the best of those that the suite sets against them.
    var rivalries: [Finding] {
        suite.configurations.indices.flatMap { place -> [Finding] in
            let rivals = suite.configurations.indices.filter {
                suite.configurations[place].rivals.contains(suite.configurations[$0].name)
            }
            guard !rivals.isEmpty else { return [] }
            return grounds(of: [place] + rivals).compactMap { ground in
                lead(place, over: rivals, on: ground).map { lead in
                    let rival =
                        rivals.count > 1
                        ? "the best of \(rivals.count), \(name(lead.rival))," : name(lead.rival)
                    return Finding(
                        lead, of: name(place), over: rival, unit: ground.unit, on: ground.title)
                }
            }
        }
    }

    // MARK: Choosing

    /// Pairs of configurations that differ in one thing: ways of weighing, learned coefficients, merges in place of mixes, rules for
    /// keys and values, the router against the right adapters.
    var variants: [Finding] {
        suite.configurations.indices.flatMap { left in
            suite.configurations.indices.filter { isVariant(left, of: $0) }.flatMap { right in
                grounds(of: [left, right]).compactMap { ground in
                    lead(left, over: [right], on: ground).map {
                        Finding(
                            $0, of: name(left), over: name(right), unit: ground.unit,
                            on: ground.title)
                    }
                }
            }
        }
    }

    private func isVariant(_ left: Int, of right: Int) -> Bool {
        guard left != right else { return false }
        let (one, other) = (suite.configurations[left], suite.configurations[right])
        let isMix = one.merge == nil && other.merge != nil
        guard isMix || one.merge == other.merge else { return false }
        let isLearned = one.table != nil && other.table == nil
        switch (one.choice, other.choice) {
        case (.mix, .mix): return one.choice == other.choice && (isLearned || isMix)
        case (
            .oracle(let weighting, let gain, let only),
            .oracle(let otherWeighting, let otherGain, let otherOnly)
        ):
            guard gain == otherGain, only == otherOnly else { return false }
            if isLearned || isMix { return weighting == otherWeighting }
            return weighting == .sum && otherWeighting == .mean && one.table == other.table
                && !one.isSingle
        case (.router(let policy, let rule), .router(let otherPolicy, let otherRule)):
            if policy == otherPolicy { return otherRule == .keep && rule != .keep }
            return rule == otherRule && otherPolicy.weighting == .top1 && policy.weighting != .top1
                && policy.gain == otherPolicy.gain
        case (.router, .oracle(.sum, let gain, nil)): return gain == 1 && other.table == nil
        default: return false
        }
    }
}
