internal import Glibc
internal import Optimization

/// Labelled texts as the network reads them.
struct TrainingData {
    let classes: RowClasses
    let recipe: FeatureRecipe
    let meanings: MeaningTable?
    /// The inverse document frequency of each bucket: log((1 + texts) / (1 + texts with it)) + 1.
    let importances: [Float]
    /// The rows to learn from, generated ones out of scope among them.
    let training: [TrainingExample]
    /// Generated texts out of scope, to stand in where no held-out rows are.
    let standIns: [TextFeatures]

    init(
        _ examples: [RouterExample], classes: RowClasses, settings: TrainingSettings,
        standIn: (count: Int, areRequests: Bool), random: SeededRandom
    ) throws(RoutingError) {
        let recipe = try FeatureRecipe(bucketCount: settings.bucketCount)
        let vocabulary = settings.meanings?.pieces
        func features(of text: String) -> TextFeatures {
            TextFeatures(of: text, recipe: recipe, vocabulary: vocabulary)
        }
        let rows = examples.map {
            TrainingExample(features: features(of: $0.text), classes: classes.places(of: $0))
        }
        var sampler = NegativeSampler(
            texts: classes.names.map { name in
                examples.filter { $0.adapters.contains(name) }.map(\.text)
            }, random: random)
        let negatives = (0..<settings.negativeCount(rowCount: rows.count)).map { _ in
            TrainingExample(features: features(of: sampler.next()), classes: [classes.base])
        }
        self.classes = classes
        self.recipe = recipe
        meanings = settings.meanings
        importances = Self.importances(of: rows, bucketCount: recipe.bucketCount)
        training = rows + negatives
        standIns = (0..<standIn.count).map { _ in
            features(of: standIn.areRequests ? sampler.request() : sampler.next())
        }
    }

    /// What the network reads of a text.
    func features(of text: String) -> TextFeatures {
        TextFeatures(of: text, recipe: recipe, vocabulary: meanings?.pieces)
    }

    private static func importances(of rows: [TrainingExample], bucketCount: Int) -> [Float] {
        var counts = [Float](repeating: 0, count: bucketCount)
        for row in rows {
            for entry in row.features.entries { counts[Int(entry.bucket)] += 1 }
        }
        return counts.map { logf((Float(rows.count) + 1) / ($0 + 1)) + 1 }
    }
}
