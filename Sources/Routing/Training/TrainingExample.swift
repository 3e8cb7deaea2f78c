/// A text's features and what the network shall say to it.
struct TrainingExample: Sendable {
    let features: TextFeatures
    /// The classes that fit; each gets an equal share of the probability.
    let classes: [Int]
}
