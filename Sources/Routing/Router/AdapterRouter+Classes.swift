public import Tensors

extension AdapterRouter {
    /// A router with one more class, made from a few texts; the classes that are there keep their logits.
    ///
    /// The new logit is a column of the network's last layer. It begins as a linear discriminant,
    ///
    ///     z = a wᵀ(h - mean) + b,   w = (covariance + ridge)⁻¹ (centroid - mean),
    ///
    /// a puts the texts, each judged by the centroid of the others, as far above all other texts as the logit of a trained
    /// class that fits is above one that does not. b puts the other texts at the mean logit of classes that do not fit, and
    /// lower the more they scatter. So old and new classes compete on equal terms, and temperature and threshold keep their
    /// meaning. Where the artefact has a sample of its training texts, `JoiningClass` goes on from there.
    ///
    /// - Parameters:
    ///   - adapter: what the class is bound to in the artefact.
    ///   - examples: texts that the adapter fits; twenty or more serve well.
    public func adding(
        _ name: String, adapter: Digest? = nil, examples: [String]
    ) throws(RoutingError) -> AdapterRouter {
        guard !labels.contains(name), !name.isEmpty, name.utf8.count <= 256 else {
            throw RoutingError(
                .data,
                "the router cannot take in a class \"\(name)\": the name is taken, empty or too long"
            )
        }
        guard classes.count < RouterArtefact.classLimit else {
            throw RoutingError(
                .data, "the router has \(classes.count) classes, and no room for more")
        }
        let texts = examples.map { features(of: $0) }
            .filter { !$0.entries.isEmpty }
            .map(network.penultimate)
        guard !texts.isEmpty else {
            throw RoutingError(
                .data, "there is no example with a visible character for \"\(name)\"")
        }
        var column = try discriminant(
            of: texts.map { zip($0, statistics.mean).map { Double($0) - Double($1) } })
        if let sample = statistics.sample {
            column = JoiningClass(texts: texts, sample: sample, network: network)
                .column(from: column)
        }
        return replacingClasses(
            classes + [RouterClass(name: name, adapter: adapter, origin: .added)],
            columns: columns.dropLast() + [column, columns[base]],
            sample: statistics.sample?.adding(texts, of: base))
    }

    /// A router without one of its classes; the others' logits do not change.
    public func removing(_ name: String) throws(RoutingError) -> AdapterRouter {
        guard let place = classes.firstIndex(where: { $0.name == name }) else {
            throw RoutingError(
                .data,
                "the router has no class \"\(name)\"; it has \(classes.prefix(16).map(\.name).joined(separator: ", "))\(classes.count > 16 ? " and others" : "")"
            )
        }
        guard classes.count > 1 else {
            throw RoutingError(
                .data, "\"\(name)\" is the router's only class; delete the router instead")
        }
        var (classes, columns) = (classes, columns)
        classes.remove(at: place)
        columns.remove(at: place)
        return replacingClasses(
            classes, columns: columns, sample: statistics.sample?.removing(place))
    }

    /// Ridge added to the covariance, in parts of its mean diagonal: fewer texts than dimensions need one.
    private static let ridge = 0.1

    /// How far a new class's logits are lowered, in parts of what they scatter more than those of trained classes.
    ///
    /// Of 15 classes of clinc150 that join 135 with 20 texts each, 1 finds more of the new and 2 loses fewer of the old.
    private static let shift = 1.5

    /// The output column of a new class.
    ///
    /// - Parameter hidden: the texts' hidden activations less the mean.
    private func discriminant(of hidden: [[Double]]) throws(RoutingError) -> (
        weights: [Float], bias: Float
    ) {
        let width = network.width
        let trace = (0..<width).reduce(0.0) { $0 + Double(statistics.covariance[$1 * width + $1]) }
        guard
            let solver = PositiveDefiniteSolver(
                statistics.covariance, size: width,
                ridge: max(Self.ridge * trace / Double(width), 1e-9))
        else {
            throw RoutingError(
                .malformed, "the router's covariance is not positive definite; train it again")
        }
        let solved = hidden.map(solver.solve)
        let count = Double(hidden.count)
        let sum = solved.reduce([Double](repeating: 0, count: width)) { zip($0, $1).map(+) }
        var projection = 0.0
        for (own, text) in zip(solved, hidden) {
            let others = hidden.count > 1 ? zip(sum, own).map { ($0 - $1) / (count - 1) } : sum
            projection += zip(others, text).reduce(0) { $0 + $1.0 * $1.1 } / count
        }
        guard projection > 1e-6 else {
            throw RoutingError(
                .data,
                "the examples have nothing in common that sets them apart; give more, or more alike ones"
            )
        }
        let logits = statistics.logits
        let scale = Double(logits.target - logits.other) / projection
        let weights = sum.map { scale * $0 / count }
        let excess = max(0, deviation(along: weights) - Double(logits.otherDeviation))
        let offset = zip(weights, statistics.mean).reduce(0) { $0 + $1.0 * Double($1.1) }
        let bias = Double(logits.other) - Self.shift * excess - offset
        return (weights.map { Float($0) }, Float(bias))
    }

    /// Standard deviation of the training texts along a direction: sqrt(wᵀ covariance w).
    private func deviation(along weights: [Double]) -> Double {
        let width = network.width
        var variance = 0.0
        for row in 0..<width {
            for column in 0..<width {
                variance +=
                    weights[row] * Double(statistics.covariance[row * width + column])
                    * weights[column]
            }
        }
        return max(0, variance).squareRoot()
    }

    /// The output layer by class, the base last.
    private var columns: [(weights: [Float], bias: Float)] {
        let (weights, biases) = (network.output.flatWeights, network.output.flatBiases)
        return biases.indices.map { place in
            ((0..<network.width).map { weights[$0 * biases.count + place] }, biases[place])
        }
    }

    private func replacingClasses(
        _ classes: [RouterClass], columns: [(weights: [Float], bias: Float)], sample: HiddenSample?
    ) -> AdapterRouter {
        let weights = (0..<network.width).flatMap { row in columns.map { $0.weights[row] } }
        let output = DenseLayer(weights: weights, biases: columns.map(\.bias))
        return AdapterRouter(
            classes: classes, digest: Digest(of: []), calibration: calibration, recipe: recipe,
            seed: seed,
            network: network.replacing(output: output).rounded(),
            statistics: statistics.replacing(sample: sample))
    }
}
