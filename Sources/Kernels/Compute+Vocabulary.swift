internal import CKernels
internal import Tensors

/// The two ends of the model, the token embedding and the output head, with what the adapters in use do to them.
extension Compute {
    /// x[row i] = scale ((1 - w) e + w e' + sum over adapters of weight factor B a), where e is the i-th token's embedding, e' that of
    /// the row's adapter that brings an embedding of its own, w its weight, and a the token's column of an adapter's A.
    public func embed(
        _ tokens: [Int32], with weights: PackedWeights, scale: Float = 1, into x: Activations
    ) {
        pool.run(tokens.count) { row in
            unsafe weights.unpack(output: Int(tokens[row]), to: x.row(row))
        }
        for group in adapters.groups {
            guard let vocabulary = group.vocabulary else { continue }
            pool.run(group.rowCount) { index in
                let row = group.rows[index]
                let token = Int(tokens[row])
                if let other = vocabulary.otherEmbedding {
                    let weight = group.weights[index]
                    unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: x.width) {
                        some in
                        guard let first = some.baseAddress else { return }
                        unsafe other.unpack(output: token, to: first)
                        unsafe kernels.table.pointee.blend(
                            x.row(row), 1 - weight, first, weight, Int32(x.width))
                    }
                }
            }
        }
        for group in adapters.groups {
            guard let term = group.vocabulary?.embedding else { continue }
            precondition(term.hidden == x.width)
            pool.run(group.rowCount) { index in
                let row = group.rows[index]
                let factor = group.weights[index] * term.factor
                let inner = unsafe term.tokens.pointer + Int(tokens[row]) * term.ranks
                for rank in 0..<term.ranks {
                    unsafe kernels.table.pointee.blend(
                        x.row(row), 1, term.directions.pointer + rank * term.hidden,
                        factor * inner[rank], Int32(x.width))
                }
            }
        }
        guard scale != 1 else { return }
        pool.run(tokens.count) { row in
            for column in 0..<x.width { unsafe x.row(row)[column] *= scale }
        }
    }

    /// Logits of the rows listed, the i-th into row i of y: (1 - w) W x + w W' x and the low-rank terms of the site, where W' is
    /// the head that the row's adapter brings instead, w its weight.
    ///
    /// - Parameter site: the head's, after all others.
    public func projectHead(
        _ head: Projection, _ x: Activations, into y: Activations, rows: RowList, site: Int
    ) {
        let isAdapted = adapters.groups.contains {
            $0.terms.indices.contains(site) && $0.terms[site] != nil
        }
        if isAdapted { narrow(to: rows) }
        let site = isAdapted ? site : nil
        project(head, x, into: y, rows: rows, site: site, compact: true)
        for group in adapters.groups {
            guard let other = group.vocabulary?.otherHead else { continue }
            mix(other, of: group, x, into: y, rows: rows, site: site)
        }
    }

    /// Mixes the logits of another head into those of the rows that use it.
    private func mix(
        _ other: Projection, of group: LowRankGroup, _ x: Activations, into y: Activations,
        rows: RowList, site: Int?
    ) {
        let using = RowList(capacity: rows.count)
        var places: [(row: Int, weight: Float)] = []
        for index in 0..<group.rowCount {
            guard let place = (0..<rows.count).first(where: { rows[$0] == group.rows[index] })
            else { continue }
            using.append(group.rows[index])
            places.append((place, group.weights[index]))
        }
        guard !places.isEmpty else { return }
        let logits = otherLogits ?? Activations(rowCapacity: y.rowCapacity, width: y.width)
        otherLogits = logits
        project(other, x, into: logits, rows: using, site: site, compact: true)
        pool.run(places.count) { index in
            let (row, weight) = places[index]
            unsafe kernels.table.pointee.blend(
                y.row(row), 1 - weight, logits.row(index), weight, Int32(y.width))
        }
    }
}
