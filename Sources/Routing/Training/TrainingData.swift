internal import Glibc

/// Labelled texts as the network reads them.
struct TrainingData {
    /// The adapters' names in alphabetical order; the base comes after them.
    let names: [String]
    let recipe: FeatureRecipe
    /// The inverse document frequency of each bucket: log((1 + texts) / (1 + texts with it)) + 1.
    let importances: [Float]
    /// The rows to learn from, generated ones out of scope among them.
    let training: [TrainingExample]
    /// Rows to learn from that were given, and those of them that are out of scope.
    let rowCount, outOfScopeCount: Int
    /// Held-out rows that were given or set aside.
    let held: [RouterExample]
    /// The same as the network reads them, with stand-ins out of scope if there are none.
    let validation: [HeldOutExample]

    /// A row to calibrate with.
    struct HeldOutExample {
        let features: TextFeatures
        let classes: [Int]
        /// How much it counts.
        let weight: Double
        /// It is no generated stand-in.
        let isGiven: Bool
    }

    init(
        examples: [RouterExample], validation: [RouterExample]?, settings: TrainingSettings
    ) throws(RoutingError) {
        var random = RouterRandom(seed: settings.seed ^ 0x5EED)
        let (kept, held) = try Self.split(examples, validation, random: &random)
        let names = Set(kept.flatMap(\.adapters)).sorted()
        guard !names.isEmpty, names.count <= RouterArtefact.classLimit else {
            throw RoutingError(
                .data,
                "the rows name \(names.count) adapters; a router has 1 to \(RouterArtefact.classLimit)"
            )
        }
        let places = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        for example in held {
            guard let name = example.adapters.first(where: { places[$0] == nil }) else { continue }
            throw RoutingError(
                .data, "the adapter \"\(name)\" has held-out rows, but none to learn from")
        }
        let recipe = try FeatureRecipe(bucketCount: settings.bucketCount)
        func classes(of example: RouterExample) -> [Int] {
            let fitting = example.adapters.compactMap { places[$0] }
            return fitting.isEmpty ? [names.count] : fitting
        }
        let rows = kept.map {
            TrainingExample(
                features: TextFeatures(of: $0.text, recipe: recipe), classes: classes(of: $0))
        }
        var sampler = NegativeSampler(
            texts: names.map { name in kept.filter { $0.adapters.contains(name) }.map(\.text) },
            random: random)
        let negativeCount = Int((settings.negativeShare * Double(rows.count)).rounded(.up))
        let negatives = (0..<negativeCount).map { _ in
            TrainingExample(
                features: TextFeatures(of: sampler.next(), recipe: recipe), classes: [names.count])
        }
        self.names = names
        self.held = held
        rowCount = kept.count
        outOfScopeCount = kept.count { $0.adapters.isEmpty }
        self.recipe = recipe
        importances = Self.importances(of: rows, bucketCount: recipe.bucketCount)
        training = rows + negatives
        self.validation = Self.weighted(
            held.map { (TextFeatures(of: $0.text, recipe: recipe), classes(of: $0)) },
            standIns: (0..<max(50, held.count / 10)).map { _ in
                TextFeatures(of: sampler.next(), recipe: recipe)
            }, base: names.count, share: settings.outOfScopeShare)
    }

    /// Below this many rows a fifth is held out instead of a tenth.
    private static let smallCount = 400
    /// Fewer rows say nothing about probabilities.
    private static let leastHeldCount = 5

    /// Sets rows aside unless held-out rows are given; every adapter keeps rows to learn from.
    private static func split(
        _ examples: [RouterExample], _ validation: [RouterExample]?, random: inout RouterRandom
    ) throws(RoutingError) -> (kept: [RouterExample], held: [RouterExample]) {
        if let validation { return (examples, validation) }
        var shuffled = examples
        random.shuffle(&shuffled)
        let period = examples.count < smallCount ? 5 : 10
        var counts: [[String]: Int] = [:]
        var kept: [RouterExample] = []
        var held: [RouterExample] = []
        for example in shuffled {
            let count = counts[example.adapters, default: 0]
            counts[example.adapters] = count + 1
            if count % period == period - 1 { held.append(example) } else { kept.append(example) }
        }
        guard held.count >= leastHeldCount else {
            throw RoutingError(
                .data,
                "\(examples.count) rows are too few to hold some out; give at least ten of each adapter, or rows to validate with"
            )
        }
        return (kept, held)
    }

    private static func importances(of rows: [TrainingExample], bucketCount: Int) -> [Float] {
        var counts = [Float](repeating: 0, count: bucketCount)
        for row in rows {
            for entry in row.features.entries { counts[Int(entry.bucket)] += 1 }
        }
        return counts.map { logf((Float(rows.count) + 1) / ($0 + 1)) + 1 }
    }

    /// Without held-out rows out of scope, generated ones stand in; either kind together counts as `share` of all.
    private static func weighted(
        _ held: [(features: TextFeatures, classes: [Int])], standIns: [TextFeatures], base: Int,
        share: Double
    ) -> [HeldOutExample] {
        let outsideCount = held.count { $0.classes == [base] }
        let rows = outsideCount > 0 ? held : held + standIns.map { ($0, [base]) }
        let outside = Double(outsideCount > 0 ? outsideCount : standIns.count)
        let inside = Double(rows.count) - outside
        let weight = inside * share / (1 - share) / max(1, outside)
        return rows.enumerated().map { index, row in
            HeldOutExample(
                features: row.features, classes: row.classes,
                weight: row.classes == [base] ? weight : 1, isGiven: index < held.count)
        }
    }
}
