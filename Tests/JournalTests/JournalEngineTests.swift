import Foundation
import TestSupport
import Testing
import Wire

@testable import Journal

/// The journal against a model in memory, over restarts, damage and disks that take nothing.
@Suite struct JournalEngineTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private var path: String { folder.path + "/state/journal.sqlite" }

    @Test func anEmptyJournalHasNothing() throws {
        let engine = try JournalEngine(path: path)
        #expect(try engine.watch().requests.isEmpty)
        #expect(try engine.find(.random()) == nil)
        #expect(try engine.list(limit: 10).total == 0)
    }

    @Test func onlyItsUserMayReadIt() throws {
        let engine = try JournalEngine(path: path)
        try engine.commit([.submit(Sample.request(1))], durability: .power)
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path + "/state") {
            let attributes = try FileManager.default.attributesOfItem(
                atPath: folder.path + "/state/" + name)
            #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name)")
        }
    }

    @Test(arguments: 0..<20) func itKeepsWhatAModelKeeps(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var writer = Sample.Writer()
        var engine = try JournalEngine(path: path)
        let model = ModelEngine()
        for _ in 0..<40 {
            let operations = (0..<Int.random(in: 1...6, using: &random)).flatMap { _ in
                writer.operations(&random)
            }
            let durability: Durability = Bool.random(using: &random) ? .power : .process
            try engine.commit(operations, durability: durability)
            try model.commit(operations, durability: durability)
            if Int.random(in: 0..<8, using: &random) == 0 { engine = try reopened(&engine) }
        }
        let (found, expected) = (try engine.watch(), model.watch())
        #expect(found.warnings.isEmpty)
        #expect(found.requests.map(Sample.text) == expected.requests.map(Sample.text))
        for id in writer.ids {
            #expect(try engine.find(id).map(Sample.text) == model.find(id).map(Sample.text))
        }
        let (list, modelList) = (try engine.list(limit: 5), model.list(limit: 5))
        #expect(list.requests == modelList.requests && list.total == modelList.total)
        let moment = writer.moment - 20
        #expect(try !engine.expire(endedBefore: moment, unwantedBefore: moment))
        _ = model.expire(endedBefore: moment, unwantedBefore: moment)
        for id in writer.ids {
            #expect(try engine.find(id).map(Sample.text) == model.find(id).map(Sample.text))
        }
    }

    /// Lets the engine go, as the end of its process would, and opens its file again.
    private func reopened(_ engine: inout JournalEngine) throws -> JournalEngine {
        engine = try JournalEngine(path: folder.path + "/other.sqlite")
        return try JournalEngine(path: path)
    }

    @Test func aBatchIsTakenWholeOrNotAtAll() throws {
        let engine = try JournalEngine(path: path)
        try engine.commit([.submit(Sample.request(1))], durability: .power)
        // The id exists.
        #expect(throws: EngineFailure.self) {
            try engine.commit(
                [.submit(Sample.request(2)), .submit(Sample.request(1))], durability: .power)
        }
        #expect(try engine.watch().requests.map(\.serial) == [1])
    }

    @Test func oneServiceHasIt() throws {
        let engine = try JournalEngine(path: path)
        let failure = #expect(throws: EngineFailure.self) { try JournalEngine(path: path) }
        #expect(failure?.message.contains("in use by another service") == true)
        _ = engine
    }

    @Test func newerJournalsAreRefused() throws {
        do { _ = try JournalEngine(path: path) }
        try sqlite("INSERT INTO grdb_migrations (identifier) VALUES ('99')")
        let failure = #expect(throws: EngineFailure.self) { try JournalEngine(path: path) }
        #expect(failure?.message.contains("a newer version") == true)
    }

    @Test func somethingElseIsNoJournal() throws {
        try FileManager.default.createDirectory(
            atPath: folder.path + "/state", withIntermediateDirectories: true)
        try Data("this is no database, and long enough to be seen as none".utf8).write(
            to: URL(filePath: path))
        let failure = #expect(throws: EngineFailure.self) { try JournalEngine(path: path) }
        #expect(failure?.message.contains("cannot be opened") == true)
        let directory = #expect(throws: EngineFailure.self) {
            try JournalEngine(path: folder.path)
        }
        #expect(directory?.message.contains("cannot be opened") == true)
    }

    @Test func closedContentIsGoneFromTheDisk() throws {
        let engine = try JournalEngine(path: path)
        var request = Sample.request(1)
        request.parts[0].entries[1].chunk.text = "the canary's song"
        try engine.commit([.submit(request)], durability: .power)
        #expect(try bytesOnDisk().contains("the canary's song"))
        try engine.commit([.close(request.id, at: 50)], durability: .power)
        #expect(try !engine.expire(endedBefore: 60, unwantedBefore: 0))
        #expect(try !bytesOnDisk().contains("the canary's song"))
        #expect(try engine.find(request.id) == nil)
    }

    @Test func whatIsForgottenMayComeAgain() throws {
        let engine = try JournalEngine(path: path)
        let request = Sample.request(1)
        try engine.commit([.submit(request)], durability: .power)
        try engine.commit([.forget(request.id), .submit(request)], durability: .power)
        #expect(try engine.watch().requests.map(\.id) == [request.id])
        try engine.commit([.forget(request.id)], durability: .power)
        #expect(try engine.find(request.id) == nil)
    }

    /// What nobody asked to keep goes where room is short, the oldest first, and its id stays, also if its client was wrong; what was
    /// asked for, failed here or is young does not.
    @Test func whatNobodyAskedToKeepMakesRoom() throws {
        let engine = try JournalEngine(path: path, byteLimit: 0)
        let chunk = WireJournalEntry { $0.chunk.text = "more" }
        let done = WireJournalEntry { $0.done.reason = .end }
        let failed = WireJournalEntry { $0.failed.code = .internal }
        let tooLong = WireJournalEntry { $0.failed.code = .contextOverflow }
        let requests = (1...6).map { Sample.request($0, isKept: $0 == 2) }
        try engine.commit(requests.map { .submit($0) }, durability: .power)
        for (number, request) in zip(1..., requests) where number != 5 {
            let key = PartKey(request: request.id, part: 0)
            let end = number == 3 ? failed : number == 6 ? tooLong : done
            try engine.commit(
                [
                    .renew(key, from: 2, [chunk]),
                    .complete(key, at: 3, end, AttemptRecord()),
                    .end(request.id, at: number == 4 ? 90 : 10, WireRequestSummary()),
                ], durability: .process)
        }
        #expect(try !engine.expire(endedBefore: 0, unwantedBefore: 50))
        let left = try requests.map { try engine.find($0.id).map(Sample.text) ?? "gone" }
        #expect(left.map { $0 == "closed" } == [true, false, false, false, false, true])
        #expect(try engine.watch().requests.map(\.serial) == [5])
        #expect(try !engine.expire(endedBefore: 11, unwantedBefore: 50))
        #expect(try engine.find(requests[0].id) == nil)
    }

    @Test func journalsOfTheFirstVersionAreTakenOver() throws {
        let request = Sample.request(1)
        do {
            let engine = try JournalEngine(path: path)
            try engine.commit([.submit(request)], durability: .power)
        }
        // What version 2 brought.
        try sqlite("DROP INDEX requests_unwanted")
        try sqlite("ALTER TABLE requests DROP COLUMN kept")
        try sqlite("DELETE FROM grdb_migrations WHERE identifier = '2'")
        let engine = try JournalEngine(path: path, byteLimit: 0)
        #expect(try engine.watch().requests.map(Sample.text) == [Sample.text(request)])
        try engine.commit([.submit(Sample.request(2))], durability: .power)
        try engine.commit([.end(request.id, at: 5, WireRequestSummary())], durability: .power)
        // It does not know what was to be kept.
        #expect(try !engine.expire(endedBefore: 0, unwantedBefore: 50))
        #expect(try engine.find(request.id).map(Sample.text) != "closed")
    }

    private func bytesOnDisk() throws -> String {
        try FileManager.default.contentsOfDirectory(atPath: folder.path + "/state").map { name in
            String(
                decoding: try Data(contentsOf: URL(filePath: folder.path + "/state/" + name)),
                as: UTF8.self)
        }.joined()
    }

    /// Whatever a disk did to the records: what can be read is, the rest is told of, nothing traps.
    @Test(arguments: 0..<30) func damagedRecordsAreLeftOut(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        do {
            let engine = try JournalEngine(path: path)
            try engine.commit(
                (1...4).map { .submit(Sample.request($0)) }, durability: .power)
        }
        let junk = (0..<Int.random(in: 0...40, using: &random)).map { _ in
            String(format: "%02x", UInt8.random(in: 0...255, using: &random))
        }.joined()
        let damages = [
            "UPDATE requests SET record = x'\(junk)' WHERE serial = 2",
            "UPDATE requests SET record = 'text' WHERE serial = 2",
            "UPDATE requests SET serial = 'many' WHERE serial = 2",
            "DELETE FROM parts WHERE request = (SELECT id FROM requests WHERE serial = 2)",
            "UPDATE stream SET position = 7 WHERE request = (SELECT id FROM requests WHERE serial = 2)",
            "UPDATE stream SET entries = x'\(junk)ff' WHERE request = (SELECT id FROM requests WHERE serial = 2)",
            "UPDATE requests SET id = x'00' WHERE serial = 2",
            "UPDATE parts SET stopping = 1 << 40 WHERE request = (SELECT id FROM requests WHERE serial = 2)",
            "UPDATE parts SET stopping = 99 WHERE request = (SELECT id FROM requests WHERE serial = 2)",
        ]
        try sqlite(damages[Int(seed) % damages.count])
        let engine = try JournalEngine(path: path)
        let recovery = try engine.watch()
        #expect(recovery.requests.map(\.serial).filter { $0 != 2 } == [1, 3, 4])
        #expect(recovery.requests.count == 4 || !recovery.warnings.isEmpty)
        // Once, and until its time is over.
        #expect(try engine.watch().warnings.isEmpty)
        #expect(try !engine.expire(endedBefore: 1000, unwantedBefore: 0))
        #expect(try engine.list(limit: 9).total == 0)
    }

    /// A log whose end was lost or garbled: everything before it is there.
    @Test(arguments: 0..<20) func tornLogsLoseTheirEndAlone(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let copy = folder.path + "/copy.sqlite"
        let kept: Int
        do {
            let engine = try JournalEngine(path: path)
            for number in 1...6 {
                try engine.commit([.submit(Sample.request(number))], durability: .power)
            }
            var log = try Data(contentsOf: URL(filePath: path + "-wal"))
            let cut = Int.random(in: 0..<log.count, using: &random)
            if Bool.random(using: &random) {
                log = log.prefix(cut)
            } else {
                for index in cut..<min(cut + 64, log.count) {
                    log[index] = UInt8.random(in: 0...255, using: &random)
                }
            }
            try FileManager.default.copyItem(atPath: path, toPath: copy)
            try log.write(to: URL(filePath: copy + "-wal"))
            kept = cut
        }
        // The tables themselves may be in the part that is lost.
        let serials = try JournalEngine(path: copy).watch().requests.map(\.serial)
        #expect(serials == Array([1, 2, 3, 4, 5, 6].prefix(serials.count)), "cut at \(kept)")
    }

    private func sqlite(_ statement: String) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", Self.script, path, statement]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    private static let script =
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit(); c.close()"
}
