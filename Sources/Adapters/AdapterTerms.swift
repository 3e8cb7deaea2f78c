internal import Kernels
internal import Tensors

/// Makes of an adapter's tensors what the kernels add at each site.
struct AdapterTerms {
    let configuration: AdapterConfiguration
    let tensors: AdapterTensors
    let copies: AdapterCopies
    let base: BaseShape
    /// nil: the lengths of DoRA are not compared with the base's, and copies are not packed.
    let weights: (any BaseWeights)?
    let format: FactorFormat

    /// The terms of all sites of the layers, then the head's; nil where the adapter adds nothing.
    func bySite() throws(AdapterError) -> [LowRankTerm?] {
        var terms: [LowRankTerm?] = []
        for layer in 0..<base.layerCount {
            for site in LinearName.Site.allCases {
                terms.append(try term(site.parts.map { .linear(layer: layer, $0) }))
            }
        }
        terms.append(try term([.head]))
        return terms
    }

    /// What becomes of the embedding and of a replaced head; nil: nothing.
    func vocabulary() throws(AdapterError) -> VocabularyTerm? {
        var embedding: EmbeddingTerm?
        if let pair = tensors.pairs[.embedding] {
            guard pair.magnitude == nil, !configuration.usesMagnitudes else {
                throw AdapterError(.unsupported, "DoRA on embed_tokens is not supported")
            }
            let factor = try factor(of: .embedding, pair)
            embedding = try Self.packed { () throws(KernelError) in
                try EmbeddingTerm(a: pair.a, b: pair.b, factor: factor)
            }
        }
        guard embedding != nil || copies.embedding != nil || copies.head != nil else { return nil }
        if configuration.tiesWeights, base.vocabulary?.isTied == true {
            throw AdapterError(
                .unsupported,
                "ensure_weight_tying: the head that follows a trained embedding is not supported")
        }
        return VocabularyTerm(
            embedding: embedding, otherEmbedding: try packed(copies.embedding),
            otherHead: try packed(copies.head).map { Projection([($0, nil)]) })
    }

    private func packed(_ copy: Tensor?) throws(AdapterError) -> PackedWeights? {
        guard let copy, let weights else { return nil }
        return try weights.pack(copy)
    }

    /// Stacks the factors of the modules that share an input.
    private func term(_ modules: [AdapterModule]) throws(AdapterError) -> LowRankTerm? {
        var stacked: [Tensor] = []
        var expansions: [LowRankTerm.Expansion] = []
        var firstRank = 0
        for (part, module) in modules.enumerated() {
            guard let pair = try pair(of: module) else { continue }
            let factor = try factor(of: module, pair)
            var b = pair.b
            var gains: [Float]?
            if let scales = try scales(of: module, pair, factor: factor) {
                gains = scales.map { $0 - 1 }
                b = try Self.multiplied(b, by: scales)
            }
            let shifts = try shifts(of: module, pair, factor: factor)
            let columns = try Self.packed { () throws(KernelError) in
                try RankColumns(b, format: format)
            }
            expansions.append(
                LowRankTerm.Expansion(
                    part: part, firstRank: firstRank, columns: columns, factor: factor,
                    gains: gains, shifts: shifts))
            stacked.append(pair.a)
            firstRank += pair.a.shape[0]
        }
        guard !stacked.isEmpty else { return nil }
        let a = try Self.stack(stacked)
        let shrink = try Self.packed { () throws(KernelError) in try RankRows(a, format: format) }
        return LowRankTerm(shrink: shrink, expansions: expansions)
    }

    /// The factors of a module; zeros where its bias alone was trained.
    private func pair(of module: AdapterModule) throws(AdapterError) -> AdapterTensors.Pair? {
        if let pair = tensors.pairs[module] { return pair }
        guard copies.biases[module] != nil, let shape = base.shape(of: module) else { return nil }
        do {
            return AdapterTensors.Pair(
                path: module.name,
                a: try Tensor(
                    name: "A", shape: [1, shape.inputs],
                    floats: [Float](repeating: 0, count: shape.inputs)),
                b: try Tensor(
                    name: "B", shape: [shape.outputs, 1],
                    floats: [Float](repeating: 0, count: shape.outputs)), magnitude: nil, bias: nil)
        } catch {
            throw AdapterError(.malformed, "\(error)")
        }
    }

    private func factor(
        of module: AdapterModule, _ pair: AdapterTensors.Pair
    ) throws(AdapterError) -> Float {
        guard tensors.pairs[module] != nil else { return 1 }
        return try configuration.factor(of: module, pair)
    }

    /// g = m / ‖W + s B A‖ of each output with DoRA; nil without.
    private func scales(
        of module: AdapterModule, _ pair: AdapterTensors.Pair, factor: Float
    ) throws(AdapterError) -> [Float]? {
        guard configuration.usesMagnitudes, tensors.pairs[module] != nil else {
            guard pair.magnitude == nil else {
                throw AdapterError(
                    .malformed,
                    "\(module.name): has the lengths of DoRA, but use_dora is not set")
            }
            return nil
        }
        guard let magnitude = pair.magnitude else {
            throw AdapterError(.malformed, "\(module.name): lora_magnitude_vector is missing")
        }
        let lengths = try AdapterCopies.floats(magnitude)
        guard let weights else { return lengths.map { _ in 1 } }
        let norms = try weights.rowNorms(of: module, adding: pair.a, pair.b, scale: factor)
        let scales = zip(lengths, norms).map { $0 / $1 }
        guard scales.allSatisfy(\.isFinite) else {
            throw AdapterError(
                .malformed,
                "\(module.name): DoRA's scale of some output is not finite; the base's weights are zero there"
            )
        }
        return scales
    }

    /// What is added whatever the input is: the bias of B, and what a trained bias has more than the base's.
    private func shifts(
        of module: AdapterModule, _ pair: AdapterTensors.Pair, factor: Float
    ) throws(AdapterError) -> [Float]? {
        var shifts = copies.biases[module]
        if let bias = pair.bias {
            guard configuration.usesBias else {
                throw AdapterError(
                    .malformed, "\(module.name): lora_B has a bias, but lora_bias is not set")
            }
            let values = try AdapterCopies.floats(bias).map { $0 * factor }
            shifts = shifts.map { zip($0, values).map { $0 + $1 } } ?? values
        }
        return shifts
    }

    /// A matrix with each row multiplied.
    private static func multiplied(_ tensor: Tensor, by scales: [Float]) throws(AdapterError)
        -> Tensor
    {
        let columns = tensor.shape[1]
        var values = try AdapterCopies.floats(tensor)
        for index in values.indices { values[index] *= scales[index / columns] }
        do {
            return try Tensor(name: tensor.name, shape: tensor.shape, floats: values)
        } catch {
            throw AdapterError(.malformed, "\(error)")
        }
    }

    private static func packed<Factor>(
        _ pack: () throws(KernelError) -> Factor
    ) throws(AdapterError) -> Factor {
        do {
            return try pack()
        } catch {
            throw AdapterError(.malformed, "\(error)")
        }
    }

    /// The rows of all tensors one below the other, in 32-bit floats.
    private static func stack(_ tensors: [Tensor]) throws(AdapterError) -> Tensor {
        if tensors.count == 1 { return tensors[0] }
        do {
            return try Tensor(
                name: tensors.map(\.name).joined(separator: ", "),
                shape: [tensors.reduce(0) { $0 + $1.shape[0] }, tensors[0].shape[1]],
                floats: tensors.flatMap { tensor throws(TensorError) in try tensor.floats() })
        } catch {
            throw AdapterError(.malformed, "\(error)")
        }
    }
}
