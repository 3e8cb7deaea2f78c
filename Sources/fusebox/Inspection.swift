internal import Adapters
internal import Kernels
internal import Models
internal import Routing
internal import Tensors
internal import Tokenization

/// What `fusebox inspect` reports.
enum Inspection {
    static func model(_ path: String) throws -> JSONObject {
        let checkpoint = try Checkpoint(path: path)
        let configuration = checkpoint.configuration
        let storage = try checkpoint.storage()
        var types = JSONObject()
        for entry in storage {
            let counts: JSONObject = [
                "tensors": .integer(Int64(entry.tensorCount)),
                "values": .integer(Int64(entry.valueCount)),
                "bytes": .integer(Int64(entry.byteCount)),
            ]
            _ = types.append(entry.type, .object(counts))
        }
        var windows = JSONValue.null
        if configuration.windows.contains(where: { $0 != nil }) {
            windows = .array(configuration.windows.map { $0.map(number) ?? .null })
        }
        return [
            "format": .string(Checkpoint.isGGUF(path: path) ? "gguf" : "huggingface"),
            "name": configuration.name.map { .string($0) } ?? .null,
            "family": .string(configuration.family.rawValue),
            "parameters": number(storage.reduce(0) { $0 + $1.valueCount }),
            "layers": number(configuration.layerCount),
            "hidden_size": number(configuration.hiddenSize),
            "feed_forward_size": number(configuration.feedForwardSize),
            "query_heads": number(configuration.queryHeads),
            "key_value_heads": number(configuration.keyValueHeads),
            "head_dimension": number(configuration.headDimension),
            "vocabulary_size": number(configuration.vocabularySize),
            "context_length": number(configuration.contextLength),
            "rope_theta": .number(configuration.ropeTheta),
            "rope_scaling": .string("\(configuration.ropeScaling)"), "sliding_windows": windows,
            "tied": .bool(configuration.isTied),
            "end_of_text_ids": .array(configuration.endOfTextIDs.map { .integer(Int64($0)) }),
            "types": .object(types), "tokenizer": .object(tokenizer(path)),
            "digest": .string(checkpoint.digest.description),
            "source_digest": .string(checkpoint.sourceDigest.description),
        ]
    }

    private static func tokenizer(_ path: String) -> JSONObject {
        do {
            let tokenizer = try Tokenizer(path: path)
            var report: JSONObject = ["tokens": number(tokenizer.vocabularySize)]
            do {
                _ = try tokenizer.requireChatTemplate()
                _ = report.append("chat_template", .string("known"))
            } catch {
                _ = report.append("chat_template", .string("\(error)"))
            }
            return report
        } catch {
            return ["refused": .string("\(error)")]
        }
    }

    /// The adapter bound to a base of the shape that its own tensors ask for.
    static func adapter(_ path: String) throws -> JSONObject {
        let configuration = try JSONFile.read("\(path)/adapter_config.json", byteLimit: 1 << 20)
        let tensors = try SafetensorsFile(
            path: "\(path)/adapter_model.safetensors", limits: .adapter)
        var layerCount = 0
        var linears: [LinearName: (outputs: Int, inputs: Int)] = [:]
        var modules: Set<String> = []
        for tensor in tensors.tensors where tensor.shape.count == 2 {
            guard let (layer, linear, factor) = Self.module(tensor.name) else { continue }
            layerCount = max(layerCount, layer + 1)
            let known = linears[linear] ?? (0, 0)
            linears[linear] =
                factor == "lora_A"
                ? (known.outputs, tensor.shape[1]) : (tensor.shape[0], known.inputs)
            modules.insert(linear.rawValue)
        }
        let digest = configuration["fusebox_base_digest"]?.string.flatMap { Digest($0) }
        let base = configuration["base_model_name_or_path"]?.string
        let adapter = try Adapter(
            directory: path,
            base: BaseShape(
                name: base ?? "", digest: digest ?? Digest(of: [UInt8]()), layerCount: layerCount,
                linears: linears))
        var shapes = JSONObject()
        for name in LinearName.allCases {
            guard let shape = linears[name] else { continue }
            _ = shapes.append(name.rawValue, .array([number(shape.outputs), number(shape.inputs)]))
        }
        return [
            "rank": number(adapter.rank), "alpha": configuration["lora_alpha"] ?? .null,
            "rank_stabilized": configuration["use_rslora"] ?? .bool(false),
            "base": base.map { .string($0) } ?? .null,
            "base_digest": digest.map { .string($0.description) } ?? .null,
            "layers": number(layerCount), "targets": .object(shapes),
            "tensors": number(tensors.tensors.count),
            "bytes": number(tensors.tensors.reduce(0) { $0 + $1.byteCount }),
            "warnings": .array(adapter.warnings.map { .string($0) }),
            "digest": .string(adapter.digest.description),
        ]
    }

    /// The parts of `….layers.3.self_attn.q_proj.lora_A.weight`; the layer is one that a model may have.
    private static func module(_ name: String) -> (layer: Int, linear: LinearName, factor: String)?
    {
        let parts = name.split(separator: ".").map(String.init)
        guard parts.count >= 6, let place = parts.lastIndex(of: "layers"), place + 4 < parts.count,
            let layer = Int(parts[place + 1]), (0..<4096).contains(layer),
            let linear = LinearName(rawValue: parts[place + 3])
        else { return nil }
        return (layer, linear, parts[place + 4])
    }

    static func router(_ path: String) throws -> JSONObject {
        let router = try AdapterRouter(directory: path)
        let classes = router.classes.map { item in
            let members: JSONObject = [
                "name": .string(item.name), "origin": .string(item.origin.rawValue),
                "adapter": item.adapter.map { .string($0.description) } ?? .null,
            ]
            return JSONValue.object(members)
        }
        return [
            "parameters": number(router.parameterCount),
            "classes": .array(classes),
            "temperature": .number(Double(router.calibration.temperature)),
            "threshold": .number(Double(router.calibration.threshold)),
            "coverage": .number(router.calibration.coverage),
            "seed": .string("\(router.seed)"), "digest": .string(router.digest.description),
        ]
    }

    static func image(_ path: String) throws -> JSONObject {
        let file = try SealedFile(path: path)
        let directory = try ImageDirectory(file)
        return [
            "layout": number(directory.layout), "type": .string(directory.type.rawValue),
            "base": .string(directory.base.description), "source": .string(directory.source),
            "matrices": number(directory.entries.count),
            "bytes": number(file.payloadByteCount),
            "digest": .string(directory.payload.description),
        ]
    }

    private static func number(_ value: Int) -> JSONValue { .integer(Int64(value)) }
}
