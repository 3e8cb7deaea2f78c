import FoundationEssentials
import GRDB
import SwiftProtobuf
import Wire

@testable import Frontend
@testable import Journal

/// A journal whose rows are damaged, and a front that takes up what is left of it.
///
/// An input is pieces, each behind its length in two bytes: the numbers of the rows, eight bytes each; the record; and runs of
/// entries, each behind its part and how far its position is from where it belongs.
enum JournalTarget {
    private static let id = RequestID(bytes: (1...16).map { UInt8($0) }) ?? .random()
    private static let journal: DatabaseQueue? = {
        guard let queue = try? DatabaseQueue() else { return nil }
        try? JournalSchema.migrator.migrate(queue)
        return queue
    }()

    static func run(_ bytes: [UInt8]) throws {
        var pieces = Pieces(bytes: bytes[...])
        let numbers = Numbers(bytes: pieces.next())
        let record = Data(pieces.next())
        try journal?.writeWithoutTransaction { database in
            try database.inTransaction {
                try write(numbers, record, &pieces, to: database)
                let reader = JournalReader(database: database)
                _ = try reader.list(limit: 10)
                let (recovery, damaged) = try reader.open()
                takeUp(recovery, try reader.find(id))
                for row in damaged { try JournalWriter(database: database).endDamaged(row) }
                return .rollback
            }
        }
    }

    private static func write(
        _ numbers: Numbers, _ record: Data, _ pieces: inout Pieces, to database: Database
    ) throws {
        try database.execute(
            sql: "INSERT INTO requests VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)",
            arguments: [
                id.data, numbers[0], Data(), record, numbers[1], numbers.optional(2),
                numbers.optional(3), record,
            ])
        for part in 0..<4 {
            try database.execute(
                sql: "INSERT INTO parts VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                arguments: [
                    id.data, part, numbers[4], numbers[5], numbers[6], numbers[7],
                    numbers.optional(8), numbers[9],
                ])
        }
        var counts = [0, 0, 0, 0]
        while !pieces.isAtEnd {
            let piece = pieces.next()
            guard let part = piece.first.map({ Int($0 % 4) }) else { continue }
            let shift = Int(Int8(bitPattern: piece.dropFirst().first ?? 0))
            let run = Data(piece.dropFirst(2))
            try database.execute(
                sql: "INSERT OR REPLACE INTO stream VALUES (?, ?, ?, ?)",
                arguments: [id.data, part, counts[part] + shift, run])
            counts[part] += (try? WireJournalEntries(serializedBytes: run))?.entries.count ?? 0
        }
    }

    /// Has a front restore what was read, or remember it, and a client and a worker deal with it.
    private static func takeUp(_ recovery: Recovery, _ recollection: Recollection?) {
        var broker = Broker(configuration: BrokerConfiguration(), router: nil, seed: 1)
        _ = broker.restore(recovery, from: "journal", at: time(0))
        let client = Address(name: [1])
        let worker = Address(name: [2])
        var events: [BrokerEvent] = [.worker(worker, .ready(ready)), .tick]
        if let recollection { events.append(.recalled(recollection, id, time(2))) }
        events += [
            .client(client, .listRequests(WireListRequests { $0.request = id.data })),
            .client(client, .attach(WireAttach { $0.request = id.data })),
            .client(client, .credit(WireCredit { ($0.request, $0.chunks) = (id.data, 1000) })),
            .tick,
            .client(client, .retry(WireRetry { $0.request = id.data })),
            .workerLeft(worker), .worker(worker, .ready(ready)), .tick,
            .client(client, .cancel(WireCancel { $0.request = id.data })), .tick,
            .client(client, .drop(WireDrop { $0.request = id.data })), .tick,
        ]
        for (index, event) in events.enumerated() {
            let time = time(index)
            broker.receive(event, now: time.instant)
            _ = broker.unrecorded(at: time)
            for action in broker.finishTurn(.committed, now: time.instant) {
                send(action, at: time)
            }
        }
    }

    private static func send(_ action: BrokerAction, at time: WallTime) {
        switch action {
        case .toClient(_, let event, _): _ = try? Frames.encode(event)
        case .toWorker(_, let order): _ = try? Frames.encode(order)
        case .listRequests(_, _, let instants, _):
            for instant in instants { _ = time.milliseconds(at: instant) }
        default: break
        }
    }

    private static func time(_ step: Int) -> WallTime {
        WallTime(
            instant: Instant(sinceStart: .milliseconds(step)),
            milliseconds: 1_700_000_000_000 + Int64(step))
    }

    private static var ready: WireReady {
        WireReady {
            $0.pid = 1
            $0.slots = 4
            $0.context = 1024
            $0.vocabulary = 1 << 16
            $0.base = Data(repeating: 7, count: 32)
            $0.type = "f32"
            $0.kernels = "scalar"
            $0.adapters = [
                WireResidentAdapter {
                    ($0.name, $0.digest, $0.rank) = ("calm", Data(repeating: 1, count: 32), 8)
                }
            ]
        }
    }

    /// The columns of rows: what is missing is 0, and what has its bit in the last one may be NULL.
    private struct Numbers {
        let bytes: ArraySlice<UInt8>

        subscript(index: Int) -> Int64 {
            let column = bytes.dropFirst(8 * index).prefix(8).reversed()
            return Int64(bitPattern: column.reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
        }

        func optional(_ index: Int) -> Int64? {
            self[10] >> index & 1 == 0 ? nil : self[index]
        }
    }

    private struct Pieces {
        var bytes: ArraySlice<UInt8>

        var isAtEnd: Bool { bytes.isEmpty }

        mutating func next() -> ArraySlice<UInt8> {
            let count = bytes.prefix(2).reversed().reduce(0) { $0 << 8 | Int($1) }
            let piece = bytes.dropFirst(2).prefix(count)
            bytes = bytes.dropFirst(2 + count)
            return piece
        }
    }
}
