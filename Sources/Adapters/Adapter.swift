public import Kernels
internal import SystemPackage
public import Tensors

/// A LoRA adapter in PEFT format, bound to a base and packed for the kernels; read-only.
public struct Adapter: Sendable {
    /// SHA-256 of configuration and tensors: the adapter's identity.
    public let digest: Digest
    /// The largest rank of its modules.
    public let rank: Int
    /// Memory that it takes.
    public let byteCount: Int
    /// What a user should know, and what every reply made with it repeats.
    public let warnings: [String]
    /// By site, nil where it adds nothing.
    public let terms: [LowRankTerm?]

    /// Loads a PEFT directory (`adapter_config.json`, `adapter_model.safetensors`) for a base.
    ///
    /// The files are read into memory, so that a later change on disk changes nothing.
    ///
    /// - Parameter format: what the factors are rounded to; 32-bit floats keep all that checkpoints store.
    /// - Throws: for everything that could not be applied fully: see `AdapterConfiguration` and `AdapterTensors`.
    public init(
        directory: String, base: BaseShape, format: FactorFormat = .f32
    ) throws(AdapterError) {
        let (json, file, digest) = try Self.read(FilePath(directory))
        do throws(AdapterError) {
            try self.init(
                AdapterConfiguration(json: json), AdapterTensors(file.tensors, base: base),
                base: base, digest: digest, format: format)
        } catch {
            throw AdapterError(error.code, "\(directory): \(error)")
        }
    }

    private init(
        _ configuration: AdapterConfiguration, _ tensors: AdapterTensors, base: BaseShape,
        digest: Digest, format: FactorFormat
    ) throws(AdapterError) {
        if let recorded = configuration.baseDigest, recorded != base.digest {
            throw AdapterError(
                .mismatch,
                "was made for the base \(recorded), this one is \(base.digest); use the base it was trained on"
            )
        }
        var warnings: [String] = []
        if let name = configuration.baseName, !Self.isSameBase(name, base.name) {
            warnings.append("was trained on \"\(name.prefix(128))\", the base is \"\(base.name)\"")
        }
        var terms: [LowRankTerm?] = []
        var rank = 0
        var byteCount = 0
        for layer in 0..<base.layerCount {
            for site in LinearName.Site.allCases {
                let modules = site.parts.map { AdapterTensors.Module(layer: layer, linear: $0) }
                let term = try LowRankTerm(
                    modules, tensors: tensors, configuration: configuration,
                    format: format)
                terms.append(term)
                for module in modules { rank = max(rank, tensors.pairs[module]?.a.shape[0] ?? 0) }
                byteCount += term.map(\.byteCount) ?? 0
            }
        }
        self.digest = digest
        self.rank = rank
        self.byteCount = byteCount
        self.warnings = warnings
        self.terms = terms
    }

    /// The identity of the adapter in a PEFT directory, without a base to load it for.
    public static func digest(directory: String) throws(AdapterError) -> Digest {
        try read(FilePath(directory)).2
    }

    private static func read(
        _ folder: FilePath
    ) throws(AdapterError) -> (JSONValue, SafetensorsFile, Digest) {
        do {
            let (json, configuration) = try configuration(folder.appending("adapter_config.json"))
            let file = try SafetensorsFile(
                path: folder.appending("adapter_model.safetensors").string, loading: .copied,
                limits: .adapter)
            return (json, file, Digest(of: configuration.bytes + file.digest().bytes))
        } catch {
            guard error.code == .unreadable else {
                throw AdapterError(.malformed, error.message)
            }
            let pickle = folder.appending("adapter_model.bin")
            guard (try? FileBytes(path: pickle.string, loading: .mapped)) == nil else {
                throw AdapterError(
                    .unsupported,
                    "\(pickle): is a pickle, which can run code when it is read; save the adapter as safetensors"
                )
            }
            throw AdapterError(.notFound, "\(error); an adapter is a PEFT directory")
        }
    }

    private static func configuration(
        _ path: FilePath
    ) throws(TensorError) -> (JSONValue, Digest) {
        let bytes = try FileBytes(path: path.string, loading: .copied, limit: 1 << 20)
        do throws(TensorError) {
            return (try bytes.json(limits: JSONLimits(depth: 16)), bytes.digest())
        } catch {
            throw error.at(path.string)
        }
    }

    /// Whether two names mean the same base as far as names go: the last component of a path or a hub name.
    private static func isSameBase(_ left: String, _ right: String) -> Bool {
        let names = [left, right].map { $0.split(separator: "/").last?.lowercased() ?? "" }
        return names[0] == names[1]
    }
}
