public import Kernels
public import Tensors

/// Learned coefficients for a set of adapters, one per adapter, layer and projection, which multiply the mix's weights.
///
/// Source: LoRA Soups, CAT (arXiv 2410.13025). The file is safetensors with one tensor (layers, 7) an adapter, named by
/// the adapter's digest; the columns are q, k, v, o, gate, up, down.
public struct CoefficientTable: Sendable {
    public let digest: Digest
    private let coefficients: [Digest: [Float]]
    private let layerCount: Int

    /// Reads a table for a base of `layerCount` layers.
    public init(path: String, layerCount: Int) throws(AdapterError) {
        do {
            let file = try SafetensorsFile(path: path, loading: .copied, limits: .adapter)
            var coefficients: [Digest: [Float]] = [:]
            for tensor in file.tensors {
                guard let adapter = Digest(tensor.name) else {
                    throw AdapterError(
                        .malformed,
                        "tensor \"\(tensor.name.prefix(80))\" is not named by an adapter's digest")
                }
                let shape = [layerCount, LinearName.allCases.count]
                guard tensor.shape == shape else {
                    throw AdapterError(
                        .mismatch,
                        "the table of \(adapter) has the shape \(tensor.shape), needed is \(shape)")
                }
                let values = try tensor.floats()
                guard values.allSatisfy(\.isFinite) else {
                    throw AdapterError(
                        .malformed, "the table of \(adapter) holds values that are not finite")
                }
                coefficients[adapter] = values
            }
            self.coefficients = coefficients
            self.layerCount = layerCount
            digest = file.digest()
        } catch let error as AdapterError {
            throw AdapterError(error.code, "\(path): \(error)")
        } catch {
            throw AdapterError(.malformed, "\(error)")
        }
    }

    /// Writes a table in place of one that is there.
    ///
    /// - Parameter coefficients: by adapter, row-major (layers, 7).
    public static func write(
        _ coefficients: [Digest: [Float]], to path: String
    ) throws(AdapterError) {
        do {
            var writer = SafetensorsWriter()
            let columns = LinearName.allCases.count
            for (adapter, values) in coefficients {
                try writer.add(
                    Tensor(
                        name: adapter.description, shape: [values.count / columns, columns],
                        floats: values))
            }
            try writer.write(to: path)
        } catch {
            throw AdapterError(.unwritable, error.message)
        }
    }

    /// Refuses an adapter that the table has no coefficients for.
    public func check(_ adapter: Digest) throws(AdapterError) {
        _ = try values(of: adapter)
    }

    private func values(of adapter: Digest) throws(AdapterError) -> [Float] {
        guard let values = coefficients[adapter] else {
            throw AdapterError(
                .mismatch, "the coefficient table \(digest) has nothing for the adapter \(adapter)")
        }
        return values
    }

    /// The adapter's terms with their factors multiplied; the head's stay as they are.
    ///
    /// - Throws: when the table has no coefficients for the adapter.
    public func terms(of adapter: Adapter) throws(AdapterError) -> [LowRankTerm?] {
        let values = try values(of: adapter.digest)
        return adapter.terms.enumerated().map { site, term in
            let (layer, index) = site.quotientAndRemainder(
                dividingBy: LinearName.Site.allCases.count)
            guard let term, layer < layerCount else { return term }
            let parts = LinearName.Site.allCases[index].parts
            let expansions = term.expansions.map { expansion in
                let column = LinearName.allCases.firstIndex(of: parts[expansion.part]) ?? 0
                return expansion.scaled(by: values[layer * LinearName.allCases.count + column])
            }
            return LowRankTerm(shrink: term.shrink, expansions: expansions)
        }
    }
}
