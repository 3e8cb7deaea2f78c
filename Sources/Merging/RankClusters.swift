internal import Adapters
internal import Optimization

/// Ranks of several adapters in clusters of like ones, each of which becomes one rank (LoRA-LEGO, arXiv 2409.16167).
///
/// A rank is a row of A with its column of B, scaled by √|u| each and with the sign of u on A: their sum of products is Σ u B A.
/// A row and column may both change their signs without changing the product, so ranks are aligned with their cluster's mean.
/// k-means sees inner products alone, so it takes as long for any width.
struct RankClusters {
    /// Rows: a rank's row of A, then its column of B.
    private let ranks: DenseMatrix
    private let inputs: Int
    /// Of all pairs of ranks.
    private let products: [Double]

    private static let restarts = 10
    private static let steps = 100

    init(_ parts: [WeightedFactors]) throws(AdapterError) {
        inputs = parts.first?.factors.inputs ?? 0
        ranks = .stacked(
            parts.map { part in
                let root = Float(part.strength.magnitude.squareRoot())
                let a = part.a.scaled(by: part.strength < 0 ? -root : root)
                return .beside([a, part.b.transposed.scaled(by: root)])
            })
        products = ranks.times(ranks, transposed: true).values.map(Double.init)
        guard products.allSatisfy(\.isFinite) else {
            throw AdapterError(.malformed, "the products of its ranks are too large for floats")
        }
    }

    /// The factors that the clusters make.
    ///
    /// A cluster's rank is the mean of its members, made as long as they are on average, since a mean of unlike members is short;
    /// the sum of more or fewer ranks than an adapter has varies more or less, which √(ranks of an adapter / clusters) takes back.
    /// The paper says of both what they are for; the formulas are these.
    ///
    /// - Parameter count: of clusters; fewer come out where ranks are the same.
    func merged(
        into count: Int, adapters: Int, seed: UInt64, name: String
    ) throws(AdapterError) -> AdapterFactors {
        let clusters = clusters(min(count, ranks.rows), seed: seed, name: name)
        let rows = DenseMatrix.stacked(clusters.map(representative))
        let scale = (Double(ranks.rows) / Double(adapters * clusters.count)).squareRoot()
        return try AdapterFactors(
            a: rows.columns(0..<inputs).values,
            b: rows.columns(inputs..<rows.columns).transposed.values, rank: clusters.count,
            scale: Float(scale))
    }

    private func representative(_ cluster: Cluster) -> DenseMatrix {
        var mean = [Float](repeating: 0, count: ranks.columns)
        for member in cluster.members {
            let part = Float(member.sign / Double(cluster.members.count))
            for column in mean.indices {
                mean[column] += part * ranks.values[member.rank * ranks.columns + column]
            }
        }
        let lengths = cluster.members.reduce(0) { $0 + product($1.rank, $1.rank).squareRoot() }
        let length = squaredLength(cluster).squareRoot()
        let gain = length > 0 ? lengths / Double(cluster.members.count) / length : 1
        return DenseMatrix(1, mean.count, mean).scaled(by: Float(gain))
    }
}

// k-means with aligned signs.
extension RankClusters {
    private struct Cluster: Equatable {
        struct Member: Equatable {
            let rank: Int
            /// 1 or -1: what aligns it with the others.
            let sign: Double
        }

        var members: [Member] = []
    }

    private func product(_ left: Int, _ right: Int) -> Double {
        products[left * ranks.rows + right]
    }

    /// The inner product of a rank and the mean of a cluster.
    private func product(_ rank: Int, _ cluster: Cluster) -> Double {
        cluster.members.reduce(0) { $0 + $1.sign * product(rank, $1.rank) }
            / Double(cluster.members.count)
    }

    private func squaredLength(_ cluster: Cluster) -> Double {
        cluster.members.reduce(0) { $0 + $1.sign * product($1.rank, cluster) }
            / Double(cluster.members.count)
    }

    /// The best of several runs by the sum of squared distances, none of them empty.
    private func clusters(_ count: Int, seed: UInt64, name: String) -> [Cluster] {
        var random = SeededRandom(seed: seed, name: name)
        var best: (clusters: [Cluster], distance: Double) = ([], .infinity)
        for _ in 0..<(count < ranks.rows ? Self.restarts : 1) {
            var clusters = first(count, &random)
            for _ in 0..<Self.steps {
                let (next, distance) = assigned(to: clusters)
                if distance < best.distance { best = (next, distance) }
                guard next != clusters else { break }
                clusters = next
            }
        }
        return best.clusters
    }

    /// A rank by itself for each cluster, each drawn by its squared distance to those before (k-means++, Arthur and Vassilvitskii
    /// 2007).
    private func first(_ count: Int, _ random: inout SeededRandom) -> [Cluster] {
        var clusters: [Cluster] = []
        var distances = [Double](repeating: 1, count: ranks.rows)
        while clusters.count < count {
            var target = Double(random.unit()) * distances.reduce(0, +)
            var chosen = distances.lastIndex { $0 > 0 }
            for (rank, distance) in distances.enumerated() where distance > 0 {
                target -= distance
                if target < 0 {
                    chosen = rank
                    break
                }
            }
            guard let chosen else { break }
            clusters.append(Cluster(members: [Cluster.Member(rank: chosen, sign: 1)]))
            for rank in distances.indices {
                let distance =
                    product(rank, rank) + product(chosen, chosen) - 2 * abs(product(rank, chosen))
                let isFirst = clusters.count == 1
                distances[rank] = max(0, isFirst ? distance : min(distances[rank], distance))
            }
            distances[chosen] = 0
        }
        return clusters
    }

    /// Every rank in the cluster whose mean is nearest; clusters that nothing is near are gone.
    private func assigned(to clusters: [Cluster]) -> (clusters: [Cluster], distance: Double) {
        let lengths = clusters.map(squaredLength)
        var next = clusters.map { _ in Cluster() }
        var total = 0.0
        for rank in 0..<ranks.rows {
            var nearest = (index: 0, sign: 1.0, distance: Double.infinity)
            for (index, cluster) in clusters.enumerated() {
                let product = product(rank, cluster)
                let distance = lengths[index] - 2 * abs(product)
                if distance < nearest.distance {
                    nearest = (index, product < 0 ? -1 : 1, distance)
                }
            }
            total += self.product(rank, rank) + nearest.distance
            next[nearest.index].members.append(
                Cluster.Member(rank: rank, sign: nearest.sign))
        }
        return (next.filter { !$0.members.isEmpty }, total)
    }
}
