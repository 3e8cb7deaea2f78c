/// Training texts as the network's last layer sees them: what a class that joins later must not take away.
struct HiddenSample: Sendable, Equatable {
    /// Hidden activations, `[rows, width]`, with the precision of the artefact.
    private(set) var hidden: [Float]
    /// The class of each row; nil for the base.
    private(set) var classes: [Int?]

    /// Rows of a class at most, and of all trained classes together unless they are more.
    static let rowsPerClass = 16
    static let trainedLimit = 4096
    /// Rows that an artefact may have.
    static let limit = RouterArtefact.classLimit * rowsPerClass

    init(hidden: [Float], classes: [Int?]) {
        self.hidden = hidden.map(RouterWeights.rounded)
        self.classes = classes
    }

    /// Texts of one class each, evenly spaced among those of their class; three times as many of the base.
    init(of examples: [TrainingExample], network: RouterNetwork) {
        let base = network.output.outputCount - 1
        var places = [[Int]](repeating: [], count: base + 1)
        for (place, example) in examples.enumerated() where example.classes.count == 1 {
            places[example.classes[0]].append(place)
        }
        let share = min(Self.rowsPerClass, max(1, Self.trainedLimit / max(1, base)))
        self.init(hidden: [], classes: [])
        for (group, own) in places.enumerated() {
            let count = min(own.count, group == base ? 3 * share : share)
            for step in 0..<count {
                let example = examples[own[step * own.count / count]]
                append(
                    network.penultimate(of: example.features), of: group == base ? nil : group)
            }
        }
    }

    mutating func append(_ row: [Float], of group: Int?) {
        hidden += row.map(RouterWeights.rounded)
        classes.append(group)
    }

    /// Some rows of a class that has joined.
    func adding(_ rows: [[Float]], of group: Int) -> HiddenSample {
        var extended = self
        for row in rows.prefix(Self.rowsPerClass) { extended.append(row, of: group) }
        return extended
    }

    /// Without a class; those after it move up.
    func removing(_ group: Int) -> HiddenSample {
        let width = classes.isEmpty ? 0 : hidden.count / classes.count
        let kept = classes.indices.filter { classes[$0] != group }
        return HiddenSample(
            hidden: kept.flatMap { hidden[($0 * width)..<(($0 + 1) * width)] },
            classes: kept.map { place in
                classes[place].map { $0 > group ? $0 - 1 : $0 }
            })
    }
}
