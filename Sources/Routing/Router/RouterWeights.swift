internal import Optimization
internal import Tensors

/// The content of `router.safetensors`.
struct RouterWeights {
    let network: RouterNetwork
    /// `ClassStatistics.mean`.
    let mean: [Float]
    /// `ClassStatistics.covariance`.
    let covariance: [Float]
    /// `ClassStatistics.sample`.
    let sample: HiddenSample?

    /// Reads the tensors and checks their shapes and values.
    init(
        parsing bytes: [UInt8], recipe: FeatureRecipe, width: Int, classCount: Int,
        hasMeanings: Bool
    )
        throws(RoutingError)
    {
        let bucketCount = recipe.bucketCount
        let file: SafetensorsFile
        do {
            file = try SafetensorsFile(bytes: FileBytes(bytes), limits: .adapter)
        } catch {
            throw RoutingError(.malformed, error.message)
        }
        let importances = try Self.values(of: file, "importances", [bucketCount])
        guard importances.allSatisfy({ $0 >= 0 }) else {
            throw RoutingError(.malformed, "tensor \"importances\" has negative values")
        }
        let meanings = hasMeanings ? try Self.meanings(in: file, width: width) : nil
        network = RouterNetwork(
            importances: importances,
            table: Lanes.blocks(of: try Self.values(of: file, "table", [bucketCount, width])),
            hiddenBiases: try Self.values(of: file, "hidden.biases", [width]),
            meanings: meanings,
            output: DenseLayer(
                weights: try Self.values(of: file, "output.weights", [width, classCount]),
                biases: try Self.values(of: file, "output.biases", [classCount])))
        mean = try Self.values(of: file, "statistics.mean", [width])
        covariance = try Self.values(of: file, "statistics.covariance", [width, width])
        sample = try Self.sample(in: file, width: width, classCount: classCount)
        let count = (hasMeanings ? 9 : 7) + (sample == nil ? 0 : 2)
        guard file.tensors.count == count else {
            throw RoutingError(
                .malformed, "\(file.tensors.count) tensors; a router of this kind has \(count)")
        }
    }

    private static func meanings(in file: SafetensorsFile, width: Int) throws(RoutingError)
        -> MeaningLayer
    {
        let table = try MeaningTable(in: file)
        return MeaningLayer(
            table: table, weights: try values(of: file, "meanings.weights", [table.width, width]),
            width: width)
    }

    private static func sample(
        in file: SafetensorsFile, width: Int, classCount: Int
    ) throws(RoutingError) -> HiddenSample? {
        guard let count = file["sample.classes"]?.shape.first else { return nil }
        guard count <= HiddenSample.limit else {
            throw RoutingError(
                .malformed,
                "tensor \"sample.classes\": \(count) rows; at most \(HiddenSample.limit) are read")
        }
        let classes = try values(of: file, "sample.classes", [count]).map {
            Int(exactly: $0)
        }
        guard classes.allSatisfy({ $0.map((0..<classCount).contains) ?? false }) else {
            throw RoutingError(
                .malformed, "tensor \"sample.classes\" names classes that there are not")
        }
        return HiddenSample(
            hidden: try values(of: file, "sample.hidden", [count, width]),
            classes: classes.map { $0 == classCount - 1 ? nil : $0 })
    }

    /// The file for a router.
    static func writer(of router: AdapterRouter) throws(TensorError) -> SafetensorsWriter {
        let network = router.network
        let width = network.width
        let classCount = network.output.outputCount
        var writer = SafetensorsWriter(metadata: ["format": RouterArtefact.format])
        try writer.add(
            half(
                "table", [network.bucketCount, width],
                network.table.scalars(network.bucketCount * width)))
        try writer.add(half("importances", [network.bucketCount], network.importances))
        try writer.add(Tensor(name: "hidden.biases", shape: [width], floats: network.hiddenBiases))
        try writer.add(half("output.weights", [width, classCount], network.output.flatWeights))
        try writer.add(
            Tensor(name: "output.biases", shape: [classCount], floats: network.output.flatBiases))
        try writer.add(
            Tensor(name: "statistics.mean", shape: [width], floats: router.statistics.mean))
        try writer.add(
            Tensor(
                name: "statistics.covariance", shape: [width, width],
                floats: router.statistics.covariance))
        if let sample = router.statistics.sample {
            let count = sample.classes.count
            try writer.add(half("sample.hidden", [count, width], sample.hidden))
            try writer.add(
                Tensor(
                    name: "sample.classes", shape: [count],
                    floats: sample.classes.map { Float($0 ?? router.base) }))
        }
        if let meanings = network.meanings {
            try writer.add(
                half(
                    "meanings.weights", [meanings.table.width, width],
                    meanings.projection.flatWeights))
            try meanings.table.add(to: &writer)
        }
        return writer
    }

    /// The nearest value that the artefact can hold.
    static func rounded(_ value: Float) -> Float { Float(Float16(value)) }

    static func half(
        _ name: String, _ shape: [Int], _ values: [Float]
    ) throws(TensorError) -> Tensor {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(2 * values.count)
        for value in values {
            let bits = Float16(value).bitPattern
            bytes.append(UInt8(truncatingIfNeeded: bits))
            bytes.append(UInt8(truncatingIfNeeded: bits >> 8))
        }
        return try Tensor(name: name, dtype: .f16, shape: shape, bytes: bytes)
    }

    static func values(
        of file: SafetensorsFile, _ name: String, _ shape: [Int]
    ) throws(RoutingError) -> [Float] {
        guard let tensor = file[name] else {
            throw RoutingError(.malformed, "the tensor \"\(name)\" is missing")
        }
        guard tensor.shape == shape else {
            throw RoutingError(
                .malformed,
                "tensor \"\(name)\": the shape is \(tensor.shape), the settings ask for \(shape)")
        }
        let values: [Float]
        do {
            values = try tensor.floats()
        } catch {
            throw RoutingError(.malformed, error.message)
        }
        guard values.allSatisfy(\.isFinite) else {
            throw RoutingError(.malformed, "tensor \"\(name)\" holds values that are not finite")
        }
        return values
    }
}
