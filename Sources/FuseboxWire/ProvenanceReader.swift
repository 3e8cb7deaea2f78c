internal import FoundationEssentials
public import Tensors
public import Wire

extension ProvenanceDocument {
    /// Reads what `json` writes, also as the "provenance" of a whole reply.
    ///
    /// - Throws: `.invalidField`, naming the member that is missing or wrong.
    public static func provenance(_ document: JSONValue) throws(WireError) -> WireProvenance {
        let json = document["provenance"] ?? document
        var provenance = WireProvenance()
        provenance.base = try digest(json["base"], "base")
        provenance.type = try read(json["type"]?.string, "type")
        provenance.kernels = try read(json["kernels"]?.string, "kernels")
        provenance.router = try digest(json["router"], "router")
        provenance.kvRule = try read(
            json["kv_rule"]?.string.flatMap { WireKVRule(name: $0) }, "kv_rule")
        provenance.seed = try read(json["seed"].flatMap { UInt64(seed: $0) }, "seed")
        for segment in try read(json["segments"]?.array, "segments") {
            provenance.segments.append(try self.segment(segment))
        }
        provenance.promptTokens = try ids(json["prompt_tokens"], "prompt_tokens")
        provenance.tokens = try ids(json["tokens"], "tokens")
        provenance.sampling = try sampling(json["sampling"])
        provenance.sampling.seed = provenance.seed
        provenance.limits.maxTokens = try count(json["limits"]?["max_tokens"], "max_tokens")
        provenance.limits.noReply = json["limits"]?["no_reply"]?.bool ?? false
        provenance.limits.ignoreEos = json["limits"]?["ignore_eos"]?.bool ?? false
        provenance.limits.stop = try read(json["limits"]?["stop"]?.array, "stop").compactMap(
            \.string)
        provenance.warnings = (json["warnings"]?.array ?? []).compactMap(\.string)
        return provenance
    }

    private static func read<Value>(_ value: Value?, _ key: String) throws(WireError) -> Value {
        guard let value else {
            throw WireError(.invalidField, "the provenance has no valid \"\(key)\"")
        }
        return value
    }

    private static func count(_ value: JSONValue?, _ key: String) throws(WireError) -> UInt32 {
        try read(value?.int.flatMap { UInt32(exactly: $0) }, key)
    }

    private static func digest(_ value: JSONValue?, _ key: String) throws(WireError) -> Data {
        let value = try read(value, key)
        if value.isNull { return Data() }
        return Data(try read(value.string.flatMap { Digest($0) }, key).bytes)
    }

    private static func ids(_ value: JSONValue?, _ key: String) throws(WireError) -> [UInt32] {
        var ids: [UInt32] = []
        for id in try read(value?.array, key) { ids.append(try count(id, key)) }
        return ids
    }

    private static func segment(_ json: JSONValue) throws(WireError) -> WireSegment {
        var segment = WireSegment()
        segment.fromToken = try count(json["from_token"], "from_token")
        segment.reason = json["reason"]?.string.flatMap { WireReason(name: $0) } ?? .unspecified
        segment.mix.coefficients = try digest(json["coefficients"], "coefficients")
        for share in try read(json["mix"]?.array, "mix") {
            let weight = try read(share["weight"]?.double, "weight") * 1024
            var wire = WireShare()
            wire.name = share["name"]?.string ?? ""
            wire.adapter = try digest(share["adapter"], "adapter")
            wire.weight = try read(Int32(exactly: weight.rounded()), "weight")
            segment.mix.shares.append(wire)
        }
        return segment
    }

    private static func sampling(_ json: JSONValue?) throws(WireError) -> WireSampling {
        func number(_ key: String) throws(WireError) -> Float {
            Float(try read(json?[key]?.double, key))
        }
        var sampling = WireSampling()
        sampling.temperature = try number("temperature")
        sampling.topK = try count(json?["top_k"], "top_k")
        sampling.topP = try number("top_p")
        sampling.minP = try number("min_p")
        sampling.repetitionPenalty = try number("repetition_penalty")
        sampling.presencePenalty = try number("presence_penalty")
        sampling.frequencyPenalty = try number("frequency_penalty")
        return sampling
    }
}
