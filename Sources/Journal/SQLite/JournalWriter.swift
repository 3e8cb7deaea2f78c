import FoundationEssentials
import GRDB
import SwiftProtobuf
import Tensors
import Wire

/// Writes operations into a journal's tables, within a transaction.
struct JournalWriter {
    let database: Database

    func write(_ operation: DispatchOperation) throws {
        switch operation {
        case .submit(let stored): try submit(stored)
        case .lease(let key, let attempts), .release(let key, let attempts):
            try note(attempts, of: key)
        case .renew(let key, let position, let entries):
            try append(entries, at: position, to: key)
        case .complete(let key, let position, let entry, let attempts),
            .quarantine(let key, let position, let entry, let attempts):
            try append([entry], at: position, to: key)
            try joinRuns(of: key)
            if case .failed(let failure) = entry.kind, failure.isOfTheService {
                try execute("UPDATE requests SET kept = 1 WHERE id = ?", [key.request.data])
            }
            try note(attempts, of: key)
        case .reopen(let key, let position, let attempts):
            try truncate(key, from: position)
            try note(attempts, of: key)
        case .end(let request, let moment, let summary):
            let summary: Data = try summary.serializedBytes()
            try execute(
                "UPDATE requests SET ended_at = ?, summary = ? WHERE id = ?",
                [moment, summary, request.data])
        case .resume(let request):
            try execute(
                "UPDATE requests SET ended_at = NULL, summary = NULL WHERE id = ?",
                [request.data])
        case .close(let request, let moment): try close(request.data, at: moment)
        case .forget(let request): try forget(request.data)
        }
    }

    private func submit(_ stored: StoredRequest) throws {
        let record: Data = try stored.record.serializedBytes()
        let body: [UInt8] = try stored.record.body.serializedBytes()
        try execute(
            """
            INSERT INTO requests
            (id, serial, hash, record, accepted_at, deadline, ended_at, kept)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                stored.id.data, Int64(clamping: stored.serial), Data(Digest(of: body).bytes),
                record, stored.acceptedAt, stored.deadline, stored.endedAt,
                stored.record.body.keep,
            ])
        for (index, part) in stored.parts.enumerated() {
            let key = PartKey(request: stored.id, part: index)
            try note(part.attempts, of: key)
            try append(part.entries, at: 0, to: key)
        }
    }

    private func note(_ attempts: AttemptRecord, of key: PartKey) throws {
        try execute(
            """
            INSERT OR REPLACE INTO parts
            (request, part, epoch, losses, deaths, on_probation, stopping, quarantined)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                key.request.data, key.part, attempts.epoch, attempts.losses, attempts.deaths,
                attempts.isOnProbation, attempts.stopping?.rawValue, attempts.isQuarantined,
            ])
    }

    private func append(
        _ entries: [WireJournalEntry], at position: Int, to key: PartKey
    ) throws {
        let bytes: Data = try WireJournalEntries { $0.entries = entries }.serializedBytes()
        try execute(
            "INSERT OR REPLACE INTO stream (request, part, position, entries) VALUES (?, ?, ?, ?)",
            [key.request.data, key.part, position, bytes])
    }

    /// Makes one run of all that a part has, so that a reply is read in one go.
    private func joinRuns(of key: PartKey) throws {
        let runs = try runs(of: key)
        guard runs.count > 1 else { return }
        // Messages of repeated fields are joined by joining their bytes.
        try replace(by: Data(runs.joined()), of: key)
    }

    /// Removes the entries of a part from a position on.
    private func truncate(_ key: PartKey, from position: Int) throws {
        let all = try WireJournalEntries(serializedBytes: Data(try runs(of: key).joined()))
        let kept = WireJournalEntries { $0.entries = Array(all.entries.prefix(position)) }
        try replace(by: try kept.serializedBytes(), of: key)
    }

    private func runs(of key: PartKey) throws -> [Data] {
        try Data.fetchAll(
            database.cachedStatement(
                sql: "SELECT entries FROM stream WHERE request = ? AND part = ? ORDER BY position"),
            arguments: [key.request.data, key.part])
    }

    private func replace(by bytes: Data, of key: PartKey) throws {
        try execute(
            "DELETE FROM stream WHERE request = ? AND part = ?", [key.request.data, key.part])
        guard !bytes.isEmpty else { return }
        try execute(
            "INSERT INTO stream (request, part, position, entries) VALUES (?, ?, 0, ?)",
            [key.request.data, key.part, bytes])
    }

    private func close(_ request: Data, at moment: Int64) throws {
        try execute(
            """
            UPDATE requests SET record = NULL, summary = NULL, deadline = NULL, ended_at = ?
            WHERE id = ?
            """, [moment, request])
        for table in ["parts", "stream"] {
            try execute("DELETE FROM \(table) WHERE request = ?", [request])
        }
    }

    /// Removes up to `limit` requests that ended before a moment; returns how many.
    func expire(endedBefore moment: Int64, limit: Int) throws -> Int {
        let ids = try Data.fetchAll(
            database,
            sql: "SELECT id FROM requests WHERE ended_at < ? ORDER BY ended_at LIMIT ?",
            arguments: [moment, limit])
        for id in ids { try forget(id) }
        return ids.count
    }

    /// Closes up to `limit` requests that nobody asked to keep and that ended before a moment; returns how many.
    ///
    /// Their ids stay as long as if their clients had closed them at their end.
    func closeUnwanted(endedBefore moment: Int64, limit: Int) throws -> Int {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT id, ended_at FROM requests
                WHERE kept = 0 AND record IS NOT NULL AND ended_at < ? ORDER BY ended_at LIMIT ?
                """,
            arguments: [moment, limit])
        for row in rows {
            guard let id = Data.fromDatabaseValue(row["id"]) else { continue }
            try close(id, at: Int64.fromDatabaseValue(row["ended_at"]) ?? 0)
        }
        return rows.count
    }

    /// Bytes of what is there, without the room that is free.
    func byteCount() throws -> Int64 {
        func number(_ pragma: String) throws -> Int64 {
            try Int64.fetchOne(database, sql: "PRAGMA \(pragma)") ?? 0
        }
        return try number("page_size") * (number("page_count") - number("freelist_count"))
    }

    /// Lets what cannot be read be forgotten when its time is over.
    func endDamaged(_ rowid: Int64) throws {
        try execute(
            "UPDATE requests SET ended_at = CAST(accepted_at AS INTEGER) WHERE rowid = ?", [rowid])
    }

    private func forget(_ id: Data) throws {
        for (table, column) in [("stream", "request"), ("parts", "request"), ("requests", "id")] {
            try execute("DELETE FROM \(table) WHERE \(column) = ?", [id])
        }
    }

    private func execute(_ sql: String, _ arguments: StatementArguments) throws {
        try database.cachedStatement(sql: sql).execute(arguments: arguments)
    }
}

extension WireFailed {
    /// Whether somebody may want to look at what failed and try it again: it was not the request that was wrong or late.
    fileprivate var isOfTheService: Bool {
        switch code {
        case .internal, .unavailable, .unspecified, .UNRECOGNIZED: true
        case .invalidArgument, .notFound, .alreadyExists, .resourceExhausted, .contextOverflow,
            .deadlineExceeded, .unsupportedVersion, .slowConsumer:
            false
        }
    }
}
