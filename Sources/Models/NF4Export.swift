internal import Adapters
public import Tensors

/// A checkpoint written as transformers writes one that bitsandbytes quantized: linear weights of the blocks in NF4 with
/// double quantization, everything else as it is.
public struct NF4Export {
    private let checkpoint: Checkpoint

    /// - Throws: for checkpoints that are quantized already, or are no Hugging Face directory.
    public init(_ checkpoint: Checkpoint) throws(ModelError) {
        try checkpoint.refuseQuantized()
        guard !Checkpoint.isGGUF(path: checkpoint.path) else {
            throw ModelError(
                .unsupported,
                "\(checkpoint.path): only a Hugging Face directory can be written as NF4; give the one that this file was made from"
            )
        }
        guard checkpoint.stored.allSatisfy({ Checkpoint.textName($0.name) == $0.name }) else {
            throw ModelError(
                .unsupported,
                "\(checkpoint.path): holds more than a text model; only those can be written as NF4"
            )
        }
        self.checkpoint = checkpoint
    }

    /// Writes `config.json` and `model.safetensors` into a folder, which is made unless it is there.
    ///
    /// - Parameters:
    ///   - configuration: the source's `config.json`.
    ///   - progress: is told the part that is done, from 0 to 1.
    public func write(
        to folder: String, configuration: JSONObject, progress: @escaping (Double) -> Void
    ) throws(ModelError) {
        do {
            try FileBytes.makeFolder(path: folder)
            var writer = SafetensorsWriter(metadata: ["format": "pt"])
            let linear = linearNames
            let tensors = checkpoint.stored.sorted { $0.name < $1.name }
            for (index, tensor) in tensors.enumerated() {
                if linear.contains(tensor.name) {
                    for part in try Self.quantized(tensor).checkpointTensors() {
                        try writer.add(part)
                    }
                } else {
                    try writer.add(tensor)
                }
                progress(Double(index + 1) / Double(tensors.count))
            }
            try writer.write(to: "\(folder)/model.safetensors")
            let file = try AtomicFile(path: "\(folder)/config.json")
            try file.write(Array(JSONValue.object(described(configuration)).text.utf8))
            try file.commit()
        } catch {
            throw checkpoint.exportError(error)
        }
    }

    private var linearNames: Set<String> {
        var names: Set<String> = []
        for layer in 0..<checkpoint.configuration.layerCount {
            for linear in LinearName.allCases {
                names.insert(checkpoint.map.name(.linear(linear), layer: layer))
            }
            for site in checkpoint.configuration.family.fused {
                names.insert(checkpoint.map.name(.fused(site), layer: layer))
            }
        }
        return names
    }

    private static func quantized(_ tensor: Tensor) throws(TensorError) -> NF4Tensor {
        let isHalf = tensor.dtype == .f16 || tensor.dtype == .bf16
        return try NF4Tensor(
            quantizing: tensor.floats(), shape: tensor.shape, doubleQuantization: true,
            sourceType: isHalf ? tensor.dtype : .f32, name: tensor.name)
    }

    /// The source's configuration, with what transformers needs to load the quantized one.
    private func described(_ configuration: JSONObject) -> JSONObject {
        var result = JSONObject()
        for (key, value) in configuration where key != "quantization_config" {
            _ = result.append(key, value)
        }
        let quantization: JSONObject = [
            "quant_method": .string("bitsandbytes"), "load_in_4bit": .bool(true),
            "load_in_8bit": .bool(false), "bnb_4bit_quant_type": .string("nf4"),
            "bnb_4bit_use_double_quant": .bool(true), "bnb_4bit_compute_dtype": .string("float32"),
            "bnb_4bit_quant_storage": .string("uint8"),
        ]
        _ = result.append("quantization_config", .object(quantization))
        _ = result.append(
            Checkpoint.sourceDigestKey, .string(checkpoint.sourceDigest.description))
        return result
    }
}
