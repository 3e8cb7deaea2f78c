internal import Adapters
internal import Tensors

/// A registry as JSON.
///
///     {"format": "fusebox.registry", "version": 1, "revision": 7, "adapters": [
///       {"name": "formal", "serving": 2, "last": 2, "previous": [1], "shelf": DIGEST,
///        "canary": {"generation": 3, "share": 50}, "generations": [{"number": 1, "digest": DIGEST}, ...]}],
///      "router": {"digest": DIGEST, "origin": DIGEST}, "changes": [DIGEST, ...]}
enum RegistryDocument {
    static let format = "fusebox.registry"
    static let version = 1
    /// Far more than the largest registry takes.
    static let byteLimit = 32 << 20

    static func encode(_ registry: AdapterRegistry) -> [UInt8] {
        let adapters = registry.records.sorted { $0.key < $1.key }.map { name, record in
            JSONValue.object(encode(record, name: name))
        }
        var document: JSONObject = [
            "format": .string(format), "version": .integer(Int64(version)),
            "revision": .integer(Int64(clamping: registry.revision)), "adapters": .array(adapters),
        ]
        if let router = registry.router {
            document.append(
                "router",
                .object([
                    "digest": .string(router.digest.description),
                    "origin": .string(router.origin.description),
                ]))
        }
        if !registry.changes.isEmpty {
            document.append(
                "changes", .array(registry.changes.map { .string($0.description) }))
        }
        return Array((JSONValue.object(document).text + "\n").utf8)
    }

    private static func encode(_ record: AdapterRecord, name: String) -> JSONObject {
        var members: JSONObject = ["name": .string(name)]
        if let serving = record.serving { members.append("serving", .integer(Int64(serving))) }
        members.append("last", .integer(Int64(record.lastServing)))
        members.append("previous", .array(record.previous.map { .integer(Int64($0)) }))
        if let digest = record.shelfDigest {
            members.append("shelf", .string(digest.description))
        }
        if let canary = record.canary {
            members.append(
                "canary",
                .object([
                    "generation": .integer(Int64(canary.number)),
                    "share": .integer(Int64(canary.share)),
                ]))
        }
        let generations = record.generations.map { generation in
            JSONValue.object([
                "number": .integer(Int64(generation.number)),
                "digest": .string(generation.digest.description),
            ])
        }
        members.append("generations", .array(generations))
        return members
    }

    /// Reads and checks a document.
    ///
    /// - Throws: `newer` for a version of later programs, `malformed` for all else that is no registry.
    static func decode(_ bytes: [UInt8]) throws(RegistryError) -> AdapterRegistry {
        let document: JSONValue
        do {
            document = try JSONValue(parsing: bytes)
        } catch {
            throw malformed(error.message)
        }
        guard document["format"]?.string == format, let version = document["version"]?.int else {
            throw malformed("it is no registry of adapters")
        }
        guard version <= Self.version else {
            throw RegistryError(
                .newer,
                "it has version \(version), this program reads up to \(Self.version); use a newer program"
            )
        }
        guard let revision = document["revision"]?.int.flatMap({ UInt64(exactly: $0) }),
            let adapters = document["adapters"]?.array, version == Self.version,
            adapters.count <= AdapterRegistry.nameLimit
        else { throw malformed("revision or adapters are missing or make no sense") }
        var registry = AdapterRegistry()
        registry.revision = revision
        for adapter in adapters {
            guard let name = adapter["name"]?.string, AdapterShelf.isValid(name: name),
                let record = record(adapter)
            else {
                throw malformed("an adapter's record makes no sense")
            }
            guard registry.records.updateValue(record, forKey: name) == nil else {
                throw malformed("two adapters are called \(name.quoted)")
            }
        }
        if let router = document["router"] {
            guard let digest = router["digest"]?.string.flatMap({ Digest($0) }),
                let origin = router["origin"]?.string.flatMap({ Digest($0) })
            else { throw malformed("the router makes no sense") }
            registry.router = AdapterRegistry.Router(digest: digest, origin: origin)
        }
        if let changes = document["changes"] {
            let digests = changes.array?.compactMap { $0.string.flatMap { Digest($0) } } ?? []
            guard digests.count == changes.array?.count,
                digests.count <= AdapterRegistry.changeLimit
            else { throw malformed("its changes make no sense") }
            registry.changes = digests
        }
        guard registry.records.values.count(where: { $0.canary != nil }) <= 1 else {
            throw malformed("more than one adapter has a canary")
        }
        return registry
    }

    private static func record(_ value: JSONValue) -> AdapterRecord? {
        let generations = value["generations"]?.array?.map(generation) ?? []
        guard let first = generations.first.flatMap(\.self), generations.count <= 64 else {
            return nil
        }
        var record = AdapterRecord(first.digest)
        record.generations = generations.compactMap(\.self)
        let isSorted = zip(record.generations, record.generations.dropFirst()).allSatisfy {
            $0.number < $1.number
        }
        let areDistinct = Set(record.generations.map(\.digest)).count == generations.count
        guard record.generations.count == generations.count, isSorted, areDistinct,
            let last = number(value["last"]), record.generation(last) != nil
        else { return nil }
        record.lastServing = last
        record.serving = nil
        if let serving = value["serving"] {
            guard number(serving) == last else { return nil }
            record.serving = last
        }
        if let shelf = value["shelf"] {
            guard let digest = shelf.string.flatMap({ Digest($0) }) else { return nil }
            record.shelfDigest = digest
        }
        if let canary = value["canary"] {
            guard let number = number(canary["generation"]), record.generation(number) != nil,
                record.serving != nil, number != last, let share = canary["share"]?.int,
                AdapterRegistry.shareRange.contains(share)
            else { return nil }
            record.canary = AdapterRecord.Canary(number: number, share: share)
        }
        guard let previous = previous(of: record, value["previous"]) else { return nil }
        record.previous = previous
        return record
    }

    /// What served before; of an older program's record, which does not say, the smaller numbers.
    private static func previous(of record: AdapterRecord, _ value: JSONValue?) -> [UInt32]? {
        let last = record.lastServing
        guard let value else {
            let earlier = record.generations.map(\.number).filter {
                $0 < last && $0 != record.canary?.number
            }
            return earlier.suffix(AdapterRecord.retiredLimit)
        }
        let numbers = value.array?.map(number) ?? [nil]
        let known = numbers.compactMap(\.self).filter { record.generation($0) != nil }
        let isOrder = zip(known, known.dropFirst() + [last]).allSatisfy { $0 != $1 }
        guard known.count == numbers.count, known.count <= AdapterRecord.retiredLimit, isOrder
        else { return nil }
        return known
    }

    private static func generation(_ value: JSONValue) -> AdapterRecord.Generation? {
        guard let number = number(value["number"]),
            let digest = value["digest"]?.string.flatMap({ Digest($0) })
        else { return nil }
        return AdapterRecord.Generation(number: number, digest: digest)
    }

    private static func number(_ value: JSONValue?) -> UInt32? {
        value?.int.flatMap { UInt32(exactly: $0) }.flatMap { $0 > 0 ? $0 : nil }
    }

    private static func malformed(_ reason: String) -> RegistryError {
        RegistryError(.malformed, reason)
    }
}
