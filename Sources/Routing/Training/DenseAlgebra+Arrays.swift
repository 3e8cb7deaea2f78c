internal import Kernels

extension DenseAlgebra {
    /// C = op(A) op(B) for matrices in arrays, where op transposes or not.
    static func multiply(
        _ a: [Float], _ aShape: Shape, leftTransposed: Bool = false,
        by b: [Float], _ bShape: Shape, rightTransposed: Bool = false,
        into c: inout [Float]
    ) {
        var product = c.mutableSpan
        multiply(
            a.span, aShape, transposed: leftTransposed, by: b.span, bShape,
            transposed: rightTransposed,
            into: &product)
    }
}
