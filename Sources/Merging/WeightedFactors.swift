internal import Adapters

/// What one adapter adds to a module, and how much of it is taken.
struct WeightedFactors {
    let factors: AdapterFactors
    let weight: Double

    /// u: the weight times the adapter's own scale, which counts once.
    var strength: Double { weight * Double(factors.scale) }

    var a: DenseMatrix { DenseMatrix(factors.rank, factors.inputs, factors.a) }
    var b: DenseMatrix { DenseMatrix(factors.outputs, factors.rank, factors.b) }

    /// s B A.
    var delta: DenseMatrix { b.times(a, scale: factors.scale) }
}
