internal import SystemPackage
internal import Tensors

/// The files of an adapter, read into memory.
struct AdapterFiles {
    private enum Form {
        case peft(JSONValue, SafetensorsFile)
        case gguf(GGUFFile)
    }

    private let form: Form
    /// SHA-256 of configuration and tensors.
    let digest: Digest

    /// Bytes of a file in GGUF at most; those of safetensors have limits of their own.
    private static let fileByteLimit = SafetensorsLimits.adapter.fileByteCount
    private static let configurationByteLimit = 1 << 20

    /// The names of the files of a PEFT directory.
    static let configurationName = "adapter_config.json"
    static let tensorsName = "adapter_model.safetensors"

    /// The files that make an adapter.
    static func paths(of path: String) -> [String] {
        path.hasSuffix(".gguf")
            ? [path] : [configurationName, tensorsName].map { "\(path)/\($0)" }
    }

    /// Reads a PEFT directory, or a file whose name ends in `.gguf`.
    init(path: String) throws(AdapterError) {
        do {
            if path.hasSuffix(".gguf") {
                let file = try Self.gguf(path)
                form = .gguf(file)
                digest = file.digest()
            } else {
                let folder = FilePath(path)
                let (json, configuration) = try Self.json(folder.appending(Self.configurationName))
                let file = try SafetensorsFile(
                    path: folder.appending(Self.tensorsName).string, loading: .copied,
                    limits: .adapter)
                form = .peft(json, file)
                digest = Digest(of: configuration.bytes + file.digest().bytes)
            }
        } catch {
            guard error.code == .unreadable else {
                throw AdapterError(.malformed, error.message)
            }
            throw Self.missing(path, error)
        }
    }

    /// As they come.
    var tensors: [Tensor] {
        switch form {
        case .peft(_, let file): file.tensors
        case .gguf(let file): file.tensors
        }
    }

    /// The shapes of the factors of modules that the families have, of A (rank, inputs).
    var factors: [(module: AdapterModule, isA: Bool, shape: [Int])] {
        switch form {
        case .peft(_, let file):
            file.tensors.compactMap { tensor in
                guard let name = AdapterTensorName(tensor.name), name.kind == .a || name.kind == .b,
                    let module = AdapterModule(name: name.module)
                else { return nil }
                return (module, name.kind == .a, tensor.shape)
            }
        case .gguf(let file): AdapterTensors.factors(of: file)
        }
    }

    /// The names of whole tensors of the base.
    var copies: [String] {
        tensors.compactMap { tensor in
            guard let name = AdapterTensorName(tensor.name), !name.isOfImages,
                case .whole(let parameter) = name.kind
            else { return nil }
            return "\(name.module).\(parameter)"
        }
    }

    func configuration() throws(AdapterError) -> AdapterConfiguration {
        switch form {
        case .peft(let json, _): try AdapterConfiguration(json: json)
        case .gguf(let file): try AdapterConfiguration(gguf: file.metadata)
        }
    }

    func tensors(base: BaseShape, targets: AdapterTargets) throws(AdapterError) -> AdapterTensors {
        switch form {
        case .peft(_, let file):
            try AdapterTensors(file.tensors, base: base, targets: targets)
        case .gguf(let file): try AdapterTensors(gguf: file, base: base)
        }
    }

    private static func gguf(_ path: String) throws(TensorError) -> GGUFFile {
        let bytes = try FileBytes(path: path, loading: .copied, limit: fileByteLimit)
        do throws(TensorError) {
            let file = try GGUFFile(bytes: bytes)
            guard file.metadata["general.type"]?.string == "adapter" else {
                throw TensorError(.mismatch, "is a model, not an adapter")
            }
            return file
        } catch {
            throw error.at(path)
        }
    }

    private static func json(_ path: FilePath) throws(TensorError) -> (JSONValue, Digest) {
        let bytes = try FileBytes(
            path: path.string, loading: .copied, limit: configurationByteLimit)
        do throws(TensorError) {
            return (try bytes.json(limits: JSONLimits(depth: 16)), bytes.digest())
        } catch {
            throw error.at(path.string)
        }
    }

    /// Why there is nothing to read: pickles are named, since they are not read on purpose.
    private static func missing(_ path: String, _ error: TensorError) -> AdapterError {
        let pickle = FilePath(path).appending("adapter_model.bin")
        guard (try? FileBytes(path: pickle.string, loading: .mapped)) == nil else {
            return AdapterError(
                .unsupported,
                "\(pickle): is a pickle, which can run code when it is read; save the adapter as safetensors"
            )
        }
        return AdapterError(
            .notFound, "\(error); an adapter is a PEFT directory or a .gguf file")
    }
}
