/// The dynamic 8-bit type in which bitsandbytes stores the scales of double quantization.
///
///     x = map[q] * absmax[block]
///
/// The map holds 0, 1 and, for each of seven powers of ten, evenly spaced fractions with both signs: 64 between 0.1 and 1,
/// half as many for each power below. From "8-bit Optimizers via Block-wise Quantization" (arXiv 2110.02861).
enum DynamicMap {
    static let blockSize = 256

    /// The 256 values, ascending; equal to bitsandbytes' in every bit.
    static let values: [Float] = {
        var values: [Float] = [0, 1]
        let powers: [Float] = [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1]
        for (exponent, power) in powers.enumerated() {
            let steps = 1 << exponent
            let borders = (0...steps).map { border(at: $0, of: steps) }
            for (low, high) in zip(borders, borders.dropFirst()) {
                let value = (low + high) / 2 * power
                values += [value, -value]
            }
        }
        return values.sorted()
    }()

    /// Even steps from 0.1 to 1, counted from the nearer end and rounded once.
    private static func border(at index: Int, of steps: Int) -> Float {
        let (first, last): (Float, Float) = (0.1, 1)
        let step = (last - first) / Float(steps)
        return index < (steps + 1) / 2
            ? first.addingProduct(step, Float(index))
            : last.addingProduct(-step, Float(steps - index))
    }

    /// Quantizes in blocks of 256, the last of which may be shorter.
    ///
    /// bitsandbytes on a processor rounds to one of 65,536 even steps of -1...1 first and takes the nearest value of the map
    /// from there; so does this.
    static func quantize(_ values: [Float]) -> (codes: [UInt8], absmax: [Float]) {
        var codes: [UInt8] = []
        codes.reserveCapacity(values.count)
        var scales: [Float] = []
        for start in stride(from: 0, to: values.count, by: blockSize) {
            let block = values[start..<min(start + blockSize, values.count)]
            let scale = block.reduce(0) { max($0, $1.magnitude) }
            scales.append(scale)
            let inverse = 1 / scale
            for value in block {
                let step = (value * inverse + 1) * 32767.5 + 0.5
                // A block of zeros gives NaN, whose code is 0.
                codes.append(step.isNaN ? 0 : nearest[Int(max(0, min(step, 65535)))])
            }
        }
        return (codes, scales)
    }

    /// The code nearest to each of 65,536 steps.
    private static let nearest: [UInt8] = {
        var code: UInt8 = 0
        return (0..<65536).map { step in
            let position = 2 * Float(step) / 65535 - 1
            while code < 255, (values[Int(code)] + values[Int(code) + 1]) / 2 < position {
                code += 1
            }
            return code
        }
    }()
}
