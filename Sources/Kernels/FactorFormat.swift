internal import CKernels
internal import Tensors

/// How the factors A and B of adapters are kept.
public enum FactorFormat: String, Sendable {
    /// Beside weights that read floats.
    case f32
    /// Beside weights that read int8 activations, to which a float is rounded much more coarsely: half the bytes, and
    /// products of pairs at twice the rate.
    case bf16

    var code: fb_format { self == .f32 ? FB_F32 : FB_BF16 }
    var elementBytes: Int { self == .f32 ? 4 : 2 }

    /// The elements of a matrix in this format, row after row, one value each for `store`.
    ///
    /// - Throws: for other shapes and types, and for values that this format cannot hold.
    func forEachElement(
        of tensor: Tensor, _ store: (_ row: Int, _ column: Int, _ bits: UInt32) -> Void
    ) throws(KernelError) {
        guard tensor.shape.count == 2, tensor.elementCount > 0 else {
            throw KernelError.shape(name: tensor.name, found: tensor.shape, needed: "a matrix")
        }
        let floats: [Float]
        do {
            floats = try tensor.floats()
        } catch {
            throw KernelError.format(name: tensor.name, problem: "\(error)")
        }
        let columns = tensor.shape[1]
        for row in 0..<tensor.shape[0] {
            for column in 0..<columns {
                let value = floats[row * columns + column]
                let bits =
                    self == .f32 ? value.bitPattern : UInt32(HalfPrecision.bf16(value)) << 16
                guard Float(bitPattern: bits).isFinite else {
                    throw KernelError.format(
                        name: tensor.name,
                        problem: value.isFinite
                            ? "row \(row) holds \(value), more than bfloat16 can hold"
                            : "row \(row) holds values that are not finite")
                }
                store(row, column, self == .f32 ? bits : bits >> 16)
            }
        }
    }
}
