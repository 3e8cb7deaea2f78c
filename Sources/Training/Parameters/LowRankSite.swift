internal import Adapters
internal import Kernels

/// What the projections of one site of a layer get beside the base's weights: y += weight B (A x) for each part.
///
/// The A of all parts stand below each other, so that a site reads its input once (as `LowRankTerm` in the engine).
final class LowRankSite {
    /// What of it a training changes.
    enum Trained {
        case factors, weights, nothing
    }

    /// Factors that go into some outputs of the site.
    struct Part {
        /// Rows of `a`.
        let ranks: Range<Int>
        /// Outputs of the site.
        let columns: Range<Int>
        /// (outputs, rank).
        let b: Matrix
        /// What B A is multiplied with.
        var weight: Float
        /// d loss / d B, as far as it is known; nil: B stays.
        let bGradient: Matrix?
        /// d loss / d weight, as far as it is known.
        var weightGradient = 0.0
    }

    /// (sum of ranks, inputs).
    let a: Matrix
    /// d loss / d A, as far as it is known; nil: A stays.
    let aGradient: Matrix?
    private(set) var parts: [Part] = []
    private let trained: Trained

    init(rank: Int, inputs: Int, trained: Trained) {
        a = Matrix(rank, inputs)
        aGradient = trained == .factors ? Matrix(rank, inputs) : nil
        self.trained = trained
    }

    /// Puts factors below those that are there, of a module that has some columns of the site.
    func append(_ factors: AdapterFactors, columns: Range<Int>, weight: Float) {
        let first = parts.last?.ranks.upperBound ?? 0
        let ranks = first..<first + factors.rank
        a.rows(ranks).set(factors.a)
        parts.append(
            Part(
                ranks: ranks, columns: columns,
                b: Matrix(columns.count, factors.rank, factors.b), weight: weight,
                bGradient: trained == .factors ? Matrix(columns.count, factors.rank) : nil))
    }

    /// Multiplies a part by something else than before.
    func set(weight: Float, ofPart part: Int) { parts[part].weight = weight }

    /// y += weight B (A x); returns A x.
    func forward(_ x: Matrix, into y: Matrix, on compute: DenseCompute) -> Matrix {
        let inner = shrink(x, on: compute)
        for part in parts {
            compute.multiply(
                inner.columns(part.ranks), by: part.b, rightTransposed: true,
                into: y.columns(part.columns), alpha: part.weight, beta: 1)
        }
        return inner
    }

    /// A x.
    func shrink(_ x: Matrix, on compute: DenseCompute) -> Matrix {
        let inner = Matrix(x.rows, a.rows)
        compute.multiply(x, by: a, rightTransposed: true, into: inner)
        return inner
    }

    /// Adds to the gradients of what is trained and, where it is wanted, to that of x.
    ///
    /// - Parameter inner: what `forward` returned for x.
    func backward(
        _ x: Matrix, inner: Matrix, _ dy: Matrix, into dx: Matrix?, on compute: DenseCompute
    ) {
        let slopes = Matrix(x.rows, a.rows)
        for index in parts.indices {
            let part = parts[index]
            let (outer, slope) = (dy.columns(part.columns), slopes.columns(part.ranks))
            let inner = inner.columns(part.ranks)
            compute.multiply(outer, by: part.b, into: slope)
            if let gradient = part.bGradient {
                compute.multiply(
                    outer, leftTransposed: true, by: inner, into: gradient, alpha: part.weight,
                    beta: 1)
            }
            if trained == .weights {
                parts[index].weightGradient += compute.dot(slope, inner)
            }
            compute.scale(slope, by: part.weight)
        }
        if let aGradient {
            compute.multiply(slopes, leftTransposed: true, by: x, into: aGradient, beta: 1)
        }
        if let dx { compute.multiply(slopes, by: a, into: dx, beta: 1) }
    }

    /// Forgets the gradients.
    func clearGradients(on compute: DenseCompute) {
        if let aGradient { compute.clear(aGradient) }
        for index in parts.indices {
            parts[index].weightGradient = 0
            if let gradient = parts[index].bGradient { compute.clear(gradient) }
        }
    }
}
