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
            "family": .string(configuration.family.name),
            "parameters": number(storage.reduce(0) { $0 + $1.valueCount }),
            "layers": number(configuration.layerCount),
            "hidden_size": number(configuration.hiddenSize),
            "feed_forward_size": number(configuration.feedForwardSize),
            "query_heads": number(configuration.queryHeads),
            "key_value_heads": number(configuration.keyValueHeads),
            "head_dimension": number(configuration.headDimension),
            "vocabulary_size": number(configuration.vocabularySize),
            "context_length": number(configuration.contextLength),
            "activation": .string(configuration.activation.rawValue),
            "rotary": .array(configuration.rotaries.map(rotary)),
            "layers_without_rotary": .array(
                configuration.layers.indices.filter { configuration.layers[$0].rotary == nil }
                    .map(number)),
            "sliding_windows": windows,
            "attention_soft_cap": configuration.attentionCap.map { .number(Double($0)) } ?? .null,
            "logit_soft_cap": configuration.logitCap.map { .number(Double($0)) } ?? .null,
            "multipliers": .object(multipliers(configuration.multipliers)),
            "biases": .array(
                LinearName.allCases.filter(configuration.biases.contains)
                    .map { .string($0.rawValue) }),
            "tied": .bool(configuration.isTied),
            "end_of_text_ids": .array(configuration.endOfTextIDs.map { .integer(Int64($0)) }),
            "warnings": .array(checkpoint.warnings.map { .string($0) }),
            "types": .object(types), "tokenizer": .object(tokenizer(path)),
            "digest": .string(checkpoint.digest.description),
            "source_digest": .string(checkpoint.sourceDigest.description),
        ]
    }

    private static func rotary(_ embedding: RotaryEmbedding) -> JSONValue {
        .object([
            "theta": .number(embedding.theta), "dimension": number(embedding.dimension),
            "scaling": .string("\(embedding.scaling)"),
        ])
    }

    private static func multipliers(_ values: ModelConfiguration.Multipliers) -> JSONObject {
        [
            "embedding": .number(Double(values.embedding)),
            "residual": .number(Double(values.residual)),
            "attention": .number(Double(values.attention)),
            "logits": .number(Double(values.logits)),
        ]
    }

    private static func tokenizer(_ path: String) -> JSONObject {
        do {
            let tokenizer = try Tokenizer(path: path)
            var report: JSONObject = ["tokens": number(tokenizer.vocabularySize)]
            do {
                _ = try tokenizer.requireChatTemplate()
                _ = report.append("chat_template", .string("usable"))
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
        let outline = try AdapterOutline(path: path)
        let adapter = try Adapter(path: path, base: outline.base)
        var shapes = JSONObject()
        for (name, shape) in outline.targets.sorted(by: { $0.key < $1.key }) {
            _ = shapes.append(name, .array([number(shape.outputs), number(shape.inputs)]))
        }
        return [
            "rank": number(adapter.rank), "alpha": outline.alpha.map { .number($0) } ?? .null,
            "rank_stabilized": .bool(outline.isRankStabilized),
            "dora": .bool(outline.usesMagnitudes),
            "base": outline.baseName.map { .string($0) } ?? .null,
            "base_digest": outline.baseDigest.map { .string($0.description) } ?? .null,
            "layers": number(outline.layers.count), "targets": .object(shapes),
            "whole_tensors": .array(outline.copies.map { .string($0) }),
            "tensors": number(outline.tensorCount), "bytes": number(outline.tensorByteCount),
            "warnings": .array(adapter.warnings.map { .string($0) }),
            "digest": .string(adapter.digest.description),
        ]
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
