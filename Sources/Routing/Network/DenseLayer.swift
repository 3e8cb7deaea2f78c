internal import Optimization

/// y = x W + b, for one text at a time.
struct DenseLayer: Sendable {
    let inputCount: Int
    let outputCount: Int
    /// W in blocks of sixteen outputs: `(outputBlock, input)` lanes; absent outputs are zero.
    private let weights: [Lanes]
    /// b, `(outputBlock)` lanes.
    private let biases: [Lanes]

    /// - Parameters:
    ///   - weights: W as `[inputCount, outputCount]`, row-major.
    ///   - biases: b as `[outputCount]`.
    init(weights: [Float], biases: [Float]) {
        outputCount = biases.count
        inputCount = biases.isEmpty ? 0 : weights.count / biases.count
        precondition(weights.count == inputCount * outputCount, "W does not fit b")
        let blockCount = Lanes.blockCount(of: outputCount)
        var blocks = [Lanes](repeating: .zero, count: blockCount * inputCount)
        for input in 0..<inputCount {
            for output in 0..<outputCount {
                blocks[output / Lanes.scalarCount * inputCount + input][
                    output % Lanes.scalarCount] =
                    weights[input * outputCount + output]
            }
        }
        self.weights = blocks
        self.biases = Lanes.blocks(of: biases)
    }

    /// The outputs for one input vector, padded to whole blocks.
    func callAsFunction(_ input: [Float]) -> [Lanes] {
        precondition(input.count == inputCount)
        var outputs = biases
        for block in outputs.indices {
            var sum = outputs[block]
            let first = block * inputCount
            for position in 0..<inputCount { sum += input[position] * weights[first + position] }
            outputs[block] = sum
        }
        return outputs
    }

    /// W as `[inputCount, outputCount]`, row-major.
    var flatWeights: [Float] {
        var flat = [Float](repeating: 0, count: inputCount * outputCount)
        for input in 0..<inputCount {
            for output in 0..<outputCount {
                flat[input * outputCount + output] =
                    weights[output / Lanes.scalarCount * inputCount + input][
                        output % Lanes.scalarCount]
            }
        }
        return flat
    }

    /// b as `[outputCount]`.
    var flatBiases: [Float] { biases.scalars(outputCount) }
}
