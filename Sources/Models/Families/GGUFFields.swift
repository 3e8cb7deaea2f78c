internal import Tensors

/// The metadata of a GGUF file, with errors that name the key, and which keys were read.
final class GGUFFields {
    let metadata: [String: GGUFValue]
    let family: ModelFamily
    private var read: Set<String> = []

    init(_ metadata: [String: GGUFValue]) throws(ModelError) {
        guard let name = metadata["general.architecture"]?.string else {
            throw ModelError(
                .malformed, "general.architecture is missing; is this a model's GGUF file?")
        }
        let window = "\(name).attention.sliding_window"
        let hasWindow = (metadata[window]?.int ?? 0) > 0
        let families = ModelFamily.all.filter { $0.architecture == name }
        // Of families that share a name one has windows.
        guard
            let family = families.first(where: { ($0.windows == .always) == hasWindow })
                ?? families.first
        else {
            var known: [String] = []
            for name in ModelFamily.all.map(\.architecture) where !known.contains(name) {
                known.append(name)
            }
            throw ModelError(
                .unsupported,
                "general.architecture \(name.quoted) is not supported; known are \(known.joined(separator: ", "))"
            )
        }
        self.metadata = metadata
        self.family = family
    }

    func key(_ suffix: String) -> String { "\(family.architecture).\(suffix)" }

    func value(_ suffix: String) -> GGUFValue? {
        read.insert(suffix)
        return metadata[key(suffix)]
    }

    func optionalInteger(_ suffix: String) throws(ModelError) -> Int? {
        guard let value = value(suffix) else { return nil }
        guard let integer = value.int else {
            throw ModelError(.malformed, "\(key(suffix)) is no whole number")
        }
        return integer
    }

    func integer(_ suffix: String) throws(ModelError) -> Int {
        guard let value = try optionalInteger(suffix) else {
            throw ModelError(.malformed, "\(key(suffix)) is missing")
        }
        return value
    }

    func optionalNumber(_ suffix: String) throws(ModelError) -> Double? {
        guard let value = value(suffix) else { return family.ggufDefaults[suffix] }
        guard let number = value.double, number.isFinite else {
            throw ModelError(.malformed, "\(key(suffix)) is no finite number")
        }
        return number
    }

    func number(_ suffix: String) throws(ModelError) -> Double {
        guard let value = try optionalNumber(suffix) else {
            throw ModelError(.malformed, "\(key(suffix)) is missing")
        }
        return value
    }

    /// A number of a key that only some families have, where 0 means that it is not set.
    func familyNumber(_ suffix: String) throws(ModelError) -> Double? {
        guard family.ggufKeys.contains(suffix), let value = try optionalNumber(suffix), value != 0
        else { return nil }
        return value
    }

    /// Refuses keys of the architecture that were not read, are set, and change what a model computes.
    func refuseUnread() throws(ModelError) {
        guard value("attention.causal")?.bool != false else {
            throw ModelError(
                .unsupported, "\(key("attention.causal")) is false: only decoders are supported")
        }
        let prefix = "\(family.architecture)."
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) where key.hasPrefix(prefix) {
            let suffix = String(key.dropFirst(prefix.count))
            guard !read.contains(suffix), ConsequentialKeys.includes(gguf: suffix),
                value.bool != false, value.double != 0
            else { continue }
            throw ModelError(
                .unsupported,
                "\(key.prefix(128)): models of the architecture \(family.architecture) have no such thing here; use a file without it"
            )
        }
    }

    func vocabularySize() throws(ModelError) -> Int {
        if let size = try optionalInteger("vocab_size") { return size }
        guard let tokens = metadata["tokenizer.ggml.tokens"]?.array else {
            throw ModelError(
                .malformed, "\(key("vocab_size")) and tokenizer.ggml.tokens are missing")
        }
        return tokens.count
    }

    func endOfTextIDs() throws(ModelError) -> [Int32] {
        var ids: [Int32] = []
        for key in ["eos", "eot", "eom"].map({ "tokenizer.ggml.\($0)_token_id" }) {
            guard let value = metadata[key] else { continue }
            guard let id = value.int.flatMap(Int32.init(exactly:)) else {
                throw ModelError(.malformed, "\(key) is no token id")
            }
            if !ids.contains(id) { ids.append(id) }
        }
        return ids
    }
}
