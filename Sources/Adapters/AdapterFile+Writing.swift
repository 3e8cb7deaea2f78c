internal import SystemPackage
public import Tensors

extension AdapterFile {
    /// Writes a PEFT directory: `adapter_config.json` and `adapter_model.safetensors`, in place of those that are there.
    ///
    /// Both files are complete on disk before either takes its place, and a configuration that may not fit the new tensors goes
    /// first: what is there is the old adapter, the new one or, for a moment, none.
    ///
    /// - Parameters:
    ///   - folder: made where it is missing, but not the folders above it.
    ///   - dtype: what the factors are stored as: f32, f16 or bf16.
    /// - Throws: also for values that f16 does not reach.
    public func write(to folder: String, dtype: DType = .f32) throws(AdapterError) {
        let settings = try PEFTConfiguration(self)
        let path = FilePath(folder).appending(AdapterFiles.configurationName).string
        let bytes = Array((JSONValue.object(settings.json).text + "\n").utf8)
        do throws(TensorError) {
            try FileBytes.makeFolder(path: folder)
            let tensors = try Self.writer(settings.modules, dtype)
                .prepare(FilePath(folder).appending(AdapterFiles.tensorsName).string)
            let configuration = try AtomicFile(path: path)
            try configuration.write(bytes)
            let isSame = try? FileBytes.array(path: path, limit: bytes.count) == bytes
            if isSame != true { try AtomicFile.remove(path: path) }
            try tensors.commit()
            try configuration.commit()
        } catch {
            throw AdapterError(.unwritable, error.message)
        }
    }

    private static func writer(
        _ modules: [AdapterModule: AdapterFactors], _ dtype: DType
    ) throws(TensorError) -> SafetensorsWriter {
        var writer = SafetensorsWriter(metadata: ["format": "pt"])
        for (module, factors) in modules {
            for (name, shape, values) in [
                ("lora_A", [factors.rank, factors.inputs], factors.a),
                ("lora_B", [factors.outputs, factors.rank], factors.b),
            ] {
                let name = "base_model.model.\(module.name).\(name).weight"
                try writer.add(name: name, dtype: dtype, shape: shape) { () throws(TensorError) in
                    let tensor = try Tensor(name: name, shape: shape, floats: values)
                        .converted(to: dtype)
                    guard tensor.isFinite() else {
                        throw TensorError(
                            .unsupported,
                            "\(name): holds values that \(dtype.rawValue) does not reach; store it as f32"
                        )
                    }
                    return tensor
                }
            }
        }
        return writer
    }
}
