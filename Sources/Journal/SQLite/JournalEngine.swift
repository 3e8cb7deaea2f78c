import FoundationEssentials
import GRDB
import SystemPackage
public import Wire

/// Keeps requests in an SQLite database: write-ahead log, one connection, which alone writes and checkpoints.
///
/// One connection, because SQLite before 3.51.3 may damage a database when two of them reset its log at once, and because the
/// lock that it holds for good keeps a second service out. It blocks its caller for as long as the disk takes.
public final class JournalEngine: DispatchEngine {
    /// Requests that one transaction removes, so that others wait little for it.
    private static let expiryLimit = 500

    private let path: String
    /// Bytes beyond which it closes what nobody asked to keep.
    private let byteLimit: Int64
    private let queue: DatabaseQueue

    /// Opens a journal, or begins one that only this user may read.
    ///
    /// - Throws: `EngineFailure` for a file that is none, is of a newer program, or is in use by another service.
    public init(path: String, byteLimit: Int64 = 256 << 20) throws(EngineFailure) {
        self.path = path
        self.byteLimit = byteLimit
        do {
            try Self.makeFolder(of: path)
            // SQLite gives its other files the rights of this one.
            try FileDescriptor.open(
                FilePath(path), .readWrite, options: [.create], permissions: [.ownerReadWrite]
            ).close()
            var configuration = Configuration()
            configuration.busyMode = .immediateError
            configuration.label = "fusebox.journal"
            configuration.prepareDatabase { database in
                for pragma in [
                    "locking_mode = EXCLUSIVE", "journal_mode = WAL", "synchronous = FULL",
                    "secure_delete = ON", "wal_autocheckpoint = 1000",
                    "journal_size_limit = 16777216",
                ] {
                    try database.execute(sql: "PRAGMA \(pragma)")
                }
            }
            queue = try DatabaseQueue(path: path, configuration: configuration)
            let isNewer = try queue.read { try JournalSchema.migrator.hasBeenSuperseded($0) }
            guard !isNewer else {
                throw EngineFailure(
                    "the journal \(path) was written by a newer version; install that one, or pass another --journal"
                )
            }
            try JournalSchema.migrator.migrate(queue)
        } catch let failure as EngineFailure {
            throw failure
        } catch {
            throw Self.failure(opening: path, error)
        }
    }

    private static func makeFolder(of path: String) throws {
        let folder = FilePath(path).removingLastComponent().string
        guard !folder.isEmpty else { return }
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
    }

    public var place: String? { path }

    public func watch() throws(EngineFailure) -> Recovery {
        let (recovery, damaged) = try read { try $0.open() }
        if !damaged.isEmpty {
            try write(.process) { writer in for row in damaged { try writer.endDamaged(row) } }
        }
        return recovery
    }

    public func find(_ request: RequestID) throws(EngineFailure) -> Recollection? {
        try read { try $0.find(request) }
    }

    public func list(limit: Int) throws(EngineFailure) -> RequestList {
        try read { try $0.list(limit: limit) }
    }

    public func commit(
        _ operations: [DispatchOperation], durability: Durability
    ) throws(EngineFailure) {
        try write(durability) { writer in
            for operation in operations { try writer.write(operation) }
            // Whoever asks for nothing wants to know whether the disk takes anything.
            if operations.isEmpty { try writer.database.execute(sql: "PRAGMA user_version = 1") }
        }
    }

    public func expire(
        endedBefore moment: Int64, unwantedBefore unwanted: Int64
    ) throws(EngineFailure) -> Bool {
        var hasMore = false
        try write(.process) { writer in
            let limit = Self.expiryLimit
            hasMore = try writer.expire(endedBefore: moment, limit: limit) == limit
            if try writer.byteCount() > byteLimit {
                let count = try writer.closeUnwanted(endedBefore: unwanted, limit: limit)
                hasMore = hasMore || count == limit
            }
        }
        guard !hasMore else { return true }
        // What was removed is still in the log.
        do {
            _ = try queue.writeWithoutTransaction { try $0.checkpoint(.truncate) }
        } catch {
            throw failure(error)
        }
        return false
    }

    private func read<Value: Sendable>(
        _ body: (JournalReader) throws -> Value
    ) throws(EngineFailure) -> Value {
        do {
            return try queue.read { try body(JournalReader(database: $0)) }
        } catch {
            throw failure(error)
        }
    }

    private func write(
        _ durability: Durability, _ body: (JournalWriter) throws -> Void
    ) throws(EngineFailure) {
        do {
            try queue.writeWithoutTransaction { database in
                let level = durability == .power ? "FULL" : "NORMAL"
                try database.execute(sql: "PRAGMA synchronous = \(level)")
                try database.inTransaction(.immediate) {
                    try body(JournalWriter(database: database))
                    return .commit
                }
            }
        } catch {
            throw failure(error)
        }
    }

    private func failure(_ error: any Error) -> EngineFailure {
        EngineFailure("the journal \(path) takes nothing: \(Self.words(error))")
    }

    private static func failure(opening path: String, _ error: any Error) -> EngineFailure {
        if let error = error as? DatabaseError, error.resultCode == .SQLITE_BUSY {
            return EngineFailure(
                "the journal \(path) is in use by another service; stop that one, or pass another --journal"
            )
        }
        return EngineFailure(
            "the journal \(path) cannot be opened: \(words(error)); repair it, move it away, or pass another --journal"
        )
    }

    private static func words(_ error: any Error) -> String {
        guard let error = error as? DatabaseError else { return "\(error)" }
        return error.message ?? "\(error.resultCode)"
    }
}
