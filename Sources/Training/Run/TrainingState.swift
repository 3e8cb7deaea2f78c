internal import Tensors

/// Everything that the steps to come depend on; with it a training goes on as if it had never stopped.
public struct TrainingState: Sendable, Equatable {
    /// The loss of the examples that are kept for it, after a step.
    public struct Validation: Sendable, Equatable {
        public let step: Int
        /// In nats a learned token.
        public let loss: Float
    }

    /// Steps that were taken.
    public internal(set) var step = 0
    var values: [Float]
    var means: [Float]
    var variances: [Float]
    var powers: [Float]
    /// The losses of the steps taken, in nats a learned token.
    public internal(set) var losses: [Float] = []
    /// In the order in which they were made.
    public internal(set) var validations: [Validation] = []
    /// The values of the best validation; those of the last step where there is none.
    public internal(set) var best: [Float]
    /// What the training is: settings, data, base and what it starts from, as a digest.
    let identity: Digest

    init(values: [Float], identity: Digest) {
        self.values = values
        self.identity = identity
        means = [Float](repeating: 0, count: values.count)
        variances = means
        powers = [1, 1]
        best = values
    }
}

extension TrainingState {
    private static let key = "fusebox_training"

    /// Reads a state that `write` wrote.
    ///
    /// - Parameters:
    ///   - count: numbers that are trained.
    ///   - identity: the training that is to go on.
    /// - Throws: for a state of another training.
    init(path: String, count: Int, identity: Digest) throws(TrainingError) {
        var tensors: [String: [Float]] = [:]
        do {
            let file = try SafetensorsFile(path: path, loading: .copied)
            guard let text = file.metadata[Self.key], let found = Digest(text) else {
                throw TrainingError(.malformed, "\(path): is no state of a training")
            }
            guard found == identity else {
                throw TrainingError(
                    .mismatch,
                    "\(path): belongs to a training on other data, settings or another base; resume with those, or train anew without --resume"
                )
            }
            for tensor in file.tensors { tensors[tensor.name] = try tensor.floats() }
        } catch let error as TrainingError {
            throw error
        } catch {
            throw TrainingError(.malformed, "\(error)")
        }
        func take(_ name: String, _ count: Int?) throws(TrainingError) -> [Float] {
            guard let values = tensors[name], count == nil || values.count == count,
                values.allSatisfy(\.isFinite)
            else {
                throw TrainingError(.malformed, "\(path): \(name) is missing or damaged")
            }
            return values
        }
        self.identity = identity
        values = try take("values", count)
        means = try take("means", count)
        variances = try take("variances", count)
        best = try take("best", count)
        powers = try take("powers", 2)
        losses = tensors["losses"] ?? []
        step = losses.count
        let steps = tensors["validation_steps"] ?? []
        let found = tensors["validations"] ?? []
        guard steps.count == found.count, steps.allSatisfy({ $0 >= 0 && $0 <= Float(1 << 24) })
        else {
            throw TrainingError(.malformed, "\(path): validations are damaged")
        }
        validations = zip(steps, found).map { Validation(step: Int($0), loss: $1) }
    }

    /// Writes the state in place of one that is there.
    func write(to path: String) throws(TrainingError) {
        do {
            var writer = SafetensorsWriter(metadata: [Self.key: identity.description])
            let tensors = [
                ("values", values), ("means", means), ("variances", variances), ("best", best),
                ("powers", powers), ("losses", losses),
                ("validation_steps", validations.map { Float($0.step) }),
                ("validations", validations.map(\.loss)),
            ]
            for (name, values) in tensors where !values.isEmpty {
                try writer.add(Tensor(name: name, shape: [values.count], floats: values))
            }
            try writer.write(to: path)
        } catch {
            throw TrainingError(.unwritable, error.message)
        }
    }
}
