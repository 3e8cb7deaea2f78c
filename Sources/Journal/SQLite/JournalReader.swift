import FoundationEssentials
import GRDB
import SwiftProtobuf
import Wire

/// Reads requests from a journal's tables; every byte may be damaged.
struct JournalReader {
    let database: Database

    /// Requests without an end, in the order of their acceptance.
    ///
    /// - Returns: `damaged`: the rows that could not be read.
    func open() throws -> (Recovery, damaged: [Int64]) {
        var recovery = Recovery(lastSerial: try lastSerial())
        var damaged: [Int64] = []
        let rows = try Row.fetchCursor(
            database, sql: "SELECT rowid, * FROM requests WHERE ended_at IS NULL ORDER BY serial")
        while let row = try rows.next() {
            do {
                if let request = try read(row) { recovery.requests.append(request) }
            } catch let damage as Damage {
                recovery.warnings.append(damage.message)
                damaged.append(row["rowid"])
            }
        }
        return (recovery, damaged)
    }

    func find(_ id: RequestID) throws -> Recollection? {
        guard
            let row = try Row.fetchOne(
                database, sql: "SELECT * FROM requests WHERE id = ?", arguments: [id.data])
        else { return nil }
        do {
            guard let request = try read(row) else { return .closed }
            return .stored(request)
        } catch is Damage {
            return .closed
        }
    }

    func list(limit: Int) throws -> RequestList {
        let summaries = try Data.fetchAll(
            database,
            sql:
                "SELECT summary FROM requests WHERE summary IS NOT NULL ORDER BY serial DESC LIMIT ?",
            arguments: [limit])
        let total = try Int.fetchOne(
            database, sql: "SELECT count(*) FROM requests WHERE summary IS NOT NULL")
        return RequestList(
            requests: summaries.compactMap { try? WireRequestSummary(serializedBytes: $0) },
            total: total ?? 0)
    }

    private func lastSerial() throws -> UInt64 {
        let last = try Int64.fetchOne(database, sql: "SELECT max(serial) FROM requests") ?? 0
        return UInt64(clamping: last)
    }

    /// A row of something else than what was written.
    private struct Damage: Error {
        let message: String
    }

    /// nil: it was closed.
    private func read(_ row: Row) throws -> StoredRequest? {
        guard let bytes = Data.fromDatabaseValue(row["id"]), let id = RequestID(bytes: bytes) else {
            throw Damage(message: "a request of the journal has no id; it is left out")
        }
        guard let serial = Int64.fromDatabaseValue(row["serial"]),
            let acceptedAt = Int64.fromDatabaseValue(row["accepted_at"])
        else { throw damage(id) }
        guard let record = Data.fromDatabaseValue(row["record"]) else { return nil }
        guard let record = try? WireJournalRequest(serializedBytes: record) else {
            throw damage(id)
        }
        var parts: [StoredPart] = []
        for index in record.parts.indices {
            parts.append(try part(PartKey(request: id, part: index)))
        }
        return StoredRequest(
            id: id, serial: UInt64(clamping: serial), record: record, acceptedAt: acceptedAt,
            deadline: Int64.fromDatabaseValue(row["deadline"]),
            endedAt: Int64.fromDatabaseValue(row["ended_at"]), parts: parts)
    }

    private func part(_ key: PartKey) throws -> StoredPart {
        let key1: StatementArguments = [key.request.data, key.part]
        guard
            let row = try Row.fetchOne(
                database, sql: "SELECT * FROM parts WHERE request = ? AND part = ?", arguments: key1
            )
        else { throw damage(key.request) }
        var attempts = AttemptRecord()
        attempts.epoch = UInt32(clamping: Int64.fromDatabaseValue(row["epoch"]) ?? 0)
        attempts.losses = count(row["losses"])
        attempts.deaths = count(row["deaths"])
        attempts.isOnProbation = Bool.fromDatabaseValue(row["on_probation"]) ?? false
        attempts.stopping = try stopping(row["stopping"], of: key.request)
        attempts.isQuarantined = Bool.fromDatabaseValue(row["quarantined"]) ?? false
        var entries: [WireJournalEntry] = []
        let runs = try Row.fetchCursor(
            database,
            sql:
                "SELECT position, entries FROM stream WHERE request = ? AND part = ? ORDER BY position",
            arguments: key1)
        while let run = try runs.next() {
            guard let position = Int.fromDatabaseValue(run["position"]), position == entries.count,
                let bytes = Data.fromDatabaseValue(run["entries"]),
                let list = try? WireJournalEntries(serializedBytes: bytes)
            else { throw damage(key.request) }
            entries += list.entries
        }
        return StoredPart(attempts: attempts, entries: entries)
    }

    /// Why a part shall stop; nil: it shall not.
    ///
    /// Only what the program knows: it is sent, and a message holds no enumerator beyond 32 bits.
    private func stopping(
        _ value: DatabaseValue, of id: RequestID
    ) throws -> WireFinishReason? {
        guard !value.isNull else { return nil }
        guard let number = Int.fromDatabaseValue(value),
            let reason = WireFinishReason.allCases.first(where: { $0.rawValue == number })
        else { throw damage(id) }
        return reason
    }

    /// A number of attempts, of which there are never many.
    private func count(_ value: DatabaseValue) -> Int {
        Int(UInt16(clamping: Int64.fromDatabaseValue(value) ?? 0))
    }

    private func damage(_ id: RequestID) -> Damage {
        Damage(message: "request \(id) of the journal is damaged; it is left out")
    }
}
