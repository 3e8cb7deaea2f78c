internal import Adapters
public import Tensors

/// The adapters of a service: names, their generations, and which of them answer.
///
/// A pure value: no files, no clock. A change either gives the whole new registry or throws and leaves the old one, so that a
/// service can prepare the new one everywhere before it takes its place. At most one name has a canary at a time, so that two
/// shelves at most are served at once: `stable` and `trial`.
public struct AdapterRegistry: Equatable, Sendable {
    /// Names that a registry may have, removed ones included.
    public static let nameLimit = 1024
    /// Shares of canaries, in thousandths of all requests.
    public static let shareRange = 1...999
    /// Changes that it remembers to have made.
    static let changeLimit = 64

    /// Grows with each change.
    public internal(set) var revision: UInt64 = 0
    public internal(set) var records: [String: AdapterRecord] = [:]
    /// nil: the one that the service was started with.
    public internal(set) var router: Router?
    /// The latest changes that clients asked for, the youngest last: who hears nothing, because the service was killed, asks for
    /// the same again, and a second rollback would go further back.
    public internal(set) var changes: [Digest] = []

    /// A router that learned of adapters while a service ran.
    public struct Router: Equatable, Sendable {
        public let digest: Digest
        /// The one that it began as; a service that is started with another one uses that.
        public let origin: Digest
    }

    public init() {}

    /// What names stand for, for most requests.
    public var stable: [String: Digest] {
        records.compactMapValues { $0.servingGeneration?.digest }
    }

    /// The name that has a canary, its share in thousandths, and what names stand for in the requests that get it.
    public var trial: (name: String, share: Int, shelf: [String: Digest])? {
        guard let (name, record) = records.first(where: { $0.value.canary != nil }),
            let canary = record.canary, let generation = record.canaryGeneration
        else { return nil }
        var shelf = stable
        shelf[name] = generation.digest
        return (name, canary.share, shelf)
    }

    /// Everything that may be served again: the bytes to keep.
    public var digests: Set<Digest> {
        Set(records.values.flatMap { $0.generations.map(\.digest) })
    }

    // MARK: - Changes

    /// Gives a new name, or one that was removed, to an adapter.
    public mutating func add(_ name: String, _ digest: Digest) throws(RegistryError) {
        if let generation = records[name]?.servingGeneration, generation.digest == digest { return }
        try checkAdding(name)
        guard records[name] == nil else { return try serve(digest, as: name) }
        records[name] = AdapterRecord(digest)
        advance()
    }

    /// Gives a name that serves to other bytes; nothing changes where it has them.
    public mutating func replace(_ name: String, with digest: Digest) throws(RegistryError) {
        let record = try served(name)
        guard record.servingGeneration?.digest != digest else { return }
        try checkNoCanary(of: name)
        try serve(digest, as: name)
    }

    /// Takes a name off the shelf; its generations can be had back by a rollback.
    public mutating func remove(_ name: String) throws(RegistryError) {
        var record = try served(name)
        record.serving = nil
        record.canary = nil
        records[name] = record
        advance()
    }

    /// Ends a name's canary, or goes back to the generation that served before, or last where the name was removed.
    ///
    /// - Parameter number: the generation to go to, which need not have served; nil: as above.
    public mutating func rollBack(_ name: String, to number: UInt32? = nil) throws(RegistryError) {
        guard var record = records[name] else { throw unknown(name) }
        if record.canary != nil, number == nil {
            record.canary = nil
        } else if let number {
            guard record.generation(number) != nil else {
                let known = record.generations.map { "\($0.number)" }.joined(separator: ", ")
                throw RegistryError(
                    .unknownName, "\(name) has no generation \(number); it has \(known)")
            }
            guard record.serving != number else { return }
            record.goBack(to: number)
        } else {
            guard let generation = record.predecessor else {
                throw RegistryError(
                    .conflict, "nothing is remembered that \(name) served before; name a generation"
                )
            }
            record.goBack(to: generation.number)
        }
        records[name] = record
        advance()
    }

    /// Lets other bytes answer a share of the requests that would get a name.
    ///
    /// - Parameter share: in thousandths.
    public mutating func beginCanary(
        _ name: String, with digest: Digest, share: Int
    ) throws(RegistryError) {
        guard Self.shareRange.contains(share) else {
            throw RegistryError(.invalid, "a canary's share is from 0.001 to 0.999")
        }
        var record = try served(name)
        if let other = trial?.name, other != name {
            throw RegistryError(
                .conflict, "\(other) has a canary already; promote it or roll it back first")
        }
        guard record.servingGeneration?.digest != digest else {
            throw RegistryError(.conflict, "\(name) serves these very bytes already")
        }
        record.canary = AdapterRecord.Canary(number: try record.number(of: digest), share: share)
        record.forgetOldest()
        records[name] = record
        advance()
    }

    /// Lets a name's canary answer all requests.
    public mutating func promote(_ name: String) throws(RegistryError) {
        var record = try served(name)
        guard let canary = record.canary else {
            throw RegistryError(.conflict, "\(name) has no canary to promote")
        }
        record.serve(canary.number)
        records[name] = record
        advance()
    }

    /// Has another router choose from now on.
    ///
    /// - Parameter origin: what it began as.
    public mutating func route(by digest: Digest, from origin: Digest) {
        guard router?.digest != digest else { return }
        router = Router(digest: digest, origin: origin)
        advance()
    }

    /// Notes what the shelf's folder holds under a name; nil: nothing any more.
    ///
    /// An adapter of the folder is replaced only once the folder's bytes change, so that a rollback outlives a restart.
    public mutating func noteShelf(_ name: String, _ digest: Digest?) {
        guard records[name] != nil, records[name]?.shelfDigest != digest else { return }
        records[name]?.shelfDigest = digest
        advance()
    }

    /// Takes over what the shelf's folder holds: new names, other bytes, names that are gone.
    ///
    /// - Parameters:
    ///   - adapters: those that are new in the folder, copied and checked.
    ///   - present: every name that the folder has.
    /// - Returns: what cannot be taken over, and why.
    public mutating func take(
        folder adapters: [String: Digest], present: Set<String>
    ) -> [(name: String, reason: String)] {
        var refused: [(name: String, reason: String)] = []
        for (name, digest) in adapters.sorted(by: { $0.key < $1.key }) {
            do throws(RegistryError) {
                if records[name]?.serving == nil {
                    try add(name, digest)
                } else {
                    try replace(name, with: digest)
                }
                noteShelf(name, digest)
            } catch {
                refused.append((name, error.message))
            }
        }
        for (name, record) in records where record.shelfDigest != nil && !present.contains(name) {
            if record.serving != nil { try? remove(name) }
            noteShelf(name, nil)
        }
        return refused
    }

    /// Notes that a change is made that a client asked for.
    public mutating func note(change: Digest) {
        changes.append(change)
        if changes.count > Self.changeLimit { changes.removeFirst() }
    }

    /// Throws what adding a name would, before its adapter is looked at.
    public func checkAdding(_ name: String) throws(RegistryError) {
        guard AdapterShelf.isValid(name: name) else {
            throw RegistryError(
                .invalid,
                "the adapter name \(String(name.prefix(64)).quoted) is not allowed; \(AdapterShelf.nameRule)"
            )
        }
        guard records[name] == nil || records[name]?.serving == nil else {
            throw RegistryError(.nameTaken, "there is an adapter \(name) already; replace it")
        }
        guard records[name] != nil || records.count < Self.nameLimit else {
            throw RegistryError(.invalid, "\(Self.nameLimit) names are all that a registry holds")
        }
    }

    /// Throws where a name does not serve.
    public func checkServing(_ name: String) throws(RegistryError) {
        _ = try served(name)
    }

    // MARK: - Parts of changes

    private mutating func serve(_ digest: Digest, as name: String) throws(RegistryError) {
        guard var record = records[name] else { throw unknown(name) }
        record.serve(try record.number(of: digest))
        records[name] = record
        advance()
    }

    private func served(_ name: String) throws(RegistryError) -> AdapterRecord {
        guard let record = records[name], record.serving != nil else { throw unknown(name) }
        return record
    }

    private func checkNoCanary(of name: String) throws(RegistryError) {
        guard records[name]?.canary != nil else { return }
        throw RegistryError(
            .conflict, "\(name) has a canary; promote it or roll it back before it is replaced")
    }

    private func unknown(_ name: String) -> RegistryError {
        let guess = name.nearest(in: Array(stable.keys))
        return RegistryError(
            .unknownName,
            "no adapter is called \(String(name.prefix(64)).quoted)"
                + (guess.map { "; did you mean \($0)?" } ?? ""))
    }

    private mutating func advance() {
        // What JSON has no number for cannot be written down.
        if revision < Int64.max { revision += 1 }
    }
}
