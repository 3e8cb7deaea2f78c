import Tensors
import TestSupport
import Testing

@testable import Registry

@Suite struct AdapterRegistryTests {
    private func digest(_ number: UInt8) -> Digest { Digest(of: [number]) }

    private func registry(_ names: [String: UInt8]) throws -> AdapterRegistry {
        var registry = AdapterRegistry()
        for (name, number) in names { try registry.add(name, digest(number)) }
        return registry
    }

    @Test func namesAreAddedReplacedAndRemoved() throws {
        var registry = try registry(["calm": 1])
        #expect(registry.stable == ["calm": digest(1)])
        try registry.replace("calm", with: digest(2))
        #expect(registry.stable == ["calm": digest(2)])
        #expect(registry.records["calm"]?.serving == 2)
        try registry.remove("calm")
        #expect(registry.stable.isEmpty)
        try registry.rollBack("calm")
        #expect(registry.stable == ["calm": digest(2)], "the one that served last comes back")
        try registry.rollBack("calm")
        #expect(registry.stable == ["calm": digest(1)])
        #expect(registry.revision == 5)
        #expect(throws: RegistryError.self) { try registry.rollBack("calm") }
    }

    @Test func rollbacksGoToWhatServedBefore() throws {
        var registry = try registry(["calm": 1])
        try registry.replace("calm", with: digest(2))
        try registry.beginCanary("calm", with: digest(3), share: 100)
        try registry.rollBack("calm")
        try registry.replace("calm", with: digest(4))
        #expect(registry.records["calm"]?.previous == [1, 2], "3 never served")
        try registry.rollBack("calm")
        #expect(registry.stable["calm"] == digest(2))
        try registry.rollBack("calm")
        #expect(registry.stable["calm"] == digest(1), "two back")
        #expect(throws: RegistryError.self) { try registry.rollBack("calm") }
        try registry.rollBack("calm", to: 4)
        try registry.remove("calm")
        try registry.rollBack("calm")
        #expect(registry.stable["calm"] == digest(4), "the one that served last")
        try registry.rollBack("calm")
        #expect(registry.stable["calm"] == digest(1))
    }

    @Test func whatNeverServedIsForgottenFirst() throws {
        var registry = try registry(["calm": 1])
        try registry.replace("calm", with: digest(2))
        for number: UInt8 in 3..<40 {
            try registry.beginCanary("calm", with: digest(number), share: 100)
            try registry.rollBack("calm")
        }
        let record = try #require(registry.records["calm"])
        #expect(record.generations.map(\.number) == [1, 2] + (24...39))
        try registry.rollBack("calm")
        #expect(registry.stable["calm"] == digest(1))
        try registry.replace("calm", with: digest(3))
        #expect(registry.records["calm"]?.serving == 40, "numbers are given once")
    }

    @Test func sameBytesAreTheSameGeneration() throws {
        var registry = try registry(["calm": 1])
        for number: UInt8 in [2, 1, 2, 1, 2] { try registry.replace("calm", with: digest(number)) }
        #expect(registry.records["calm"]?.generations.map(\.number) == [1, 2])
        #expect(registry.records["calm"]?.previous == [1, 2, 1, 2, 1])
        let revision = registry.revision
        try registry.replace("calm", with: digest(2))
        #expect(registry.revision == revision, "nothing changed")
    }

    @Test func canariesAreOnTrialUntilTheyArePromotedOrRolledBack() throws {
        var registry = try registry(["calm": 1, "formal": 2])
        try registry.beginCanary("calm", with: digest(3), share: 100)
        #expect(registry.stable["calm"] == digest(1))
        #expect(registry.trial?.shelf == ["calm": digest(3), "formal": digest(2)])
        #expect(registry.trial?.share == 100)
        #expect(throws: RegistryError.self) {
            try registry.beginCanary("formal", with: digest(4), share: 100)
        }
        #expect(throws: RegistryError.self) { try registry.replace("calm", with: digest(5)) }
        try registry.replace("formal", with: digest(6))
        #expect(registry.trial?.shelf["formal"] == digest(6), "others may change meanwhile")
        var other = registry
        try registry.promote("calm")
        #expect(registry.stable["calm"] == digest(3) && registry.trial == nil)
        try other.rollBack("calm")
        #expect(other.stable["calm"] == digest(1) && other.trial == nil)
    }

    @Test func refusalsNameWhatWasMeant() throws {
        var registry = try registry(["formal": 1])
        do {
            try registry.replace("forml", with: digest(2))
            Issue.record("it is not there")
        } catch {
            #expect(error.code == .unknownName && error.message.contains("did you mean formal?"))
        }
        #expect(throws: RegistryError.self) { try registry.add("formal", digest(2)) }
        #expect(throws: RegistryError.self) { try registry.add("../up", digest(2)) }
        #expect(throws: RegistryError.self) { try registry.promote("formal") }
        #expect(throws: RegistryError.self) { try registry.rollBack("formal", to: 9) }
        #expect(throws: RegistryError.self) {
            try registry.beginCanary("formal", with: digest(2), share: 1000)
        }
        #expect(registry == (try self.registry(["formal": 1])), "what fails changes nothing")
    }

    @Test func aFolderIsTakenOverOnceItsBytesChange() throws {
        var registry = AdapterRegistry()
        var refused = registry.take(
            folder: ["calm": digest(1), "odd name": digest(2)], present: ["calm", "odd name"])
        #expect(refused.map(\.name) == ["odd name"])
        try registry.replace("calm", with: digest(3))
        #expect(registry.records["calm"]?.shelfDigest == digest(1), "the folder has the old bytes")
        refused = registry.take(folder: [:], present: ["calm"])
        #expect(registry.stable["calm"] == digest(3), "the folder has not changed")
        try registry.add("other", digest(4))
        refused = registry.take(folder: [:], present: [])
        #expect(registry.stable == ["other": digest(4)], "what the folder had goes with it")
        #expect(refused.isEmpty)
    }

    /// Whatever is done in whatever order: names stand for bytes that are known, numbers never change their bytes.
    @Test(arguments: 0..<100 as Range<UInt64>) func promisesHold(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var registry = AdapterRegistry()
        var meanings: [String: Digest] = [:]
        for _ in 0..<400 {
            let before = registry
            let name = ["calm", "formal", "terse"].randomElement(using: &random) ?? "calm"
            let digest = digest(UInt8.random(in: 0..<60, using: &random))
            do {
                switch Int.random(in: 0..<9, using: &random) {
                case 0: try registry.add(name, digest)
                case 1, 2: try registry.replace(name, with: digest)
                case 3: try registry.remove(name)
                case 4: try registry.rollBack(name)
                case 5: try registry.rollBack(name, to: UInt32.random(in: 1...20, using: &random))
                case 6: try registry.beginCanary(name, with: digest, share: 250)
                case 7: try registry.promote(name)
                default: _ = registry.take(folder: [name: digest], present: [name])
                }
            } catch {
                #expect(registry == before, "seed \(seed): \(error)")
            }
            #expect(registry == before || registry.revision > before.revision)
            #expect(registry.records.values.count { $0.canary != nil } <= 1)
            for (name, record) in registry.records {
                #expect(record.generations.count <= AdapterRecord.retiredLimit + 3)
                #expect(record.serving == nil || record.servingGeneration != nil)
                #expect(record.generation(record.lastServing) != nil)
                for generation in record.generations {
                    let key = "\(name) \(generation.number)"
                    #expect(meanings[key] ?? generation.digest == generation.digest)
                    meanings[key] = generation.digest
                }
            }
            registry.note(change: Digest(of: [9]))
            #expect(registry.changes.count <= AdapterRegistry.changeLimit)
            let document = RegistryDocument.encode(registry)
            #expect(try RegistryDocument.decode(document) == registry)
        }
    }

    /// What serves, with a list beside it that knows bytes and no numbers: a rollback is a step back in that list.
    @Test(arguments: 0..<100 as Range<UInt64>) func rollbacksRepeatHistory(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var registry = AdapterRegistry()
        var history = [digest(0)]
        try registry.add("calm", history[0])
        for _ in 0..<400 {
            let next = digest(UInt8.random(in: 0..<30, using: &random))
            let isRemoved = registry.records["calm"]?.serving == nil
            let canary = registry.records["calm"]?.canary
            var serves: Digest?
            switch Int.random(in: 0..<8, using: &random) {
            case 0 where isRemoved:
                try registry.add("calm", next)
                serves = next
            case 0: try registry.remove("calm")
            case 1 where !isRemoved && next != history.last:
                try registry.beginCanary("calm", with: next, share: 10)
            case 2, 3:
                guard !isRemoved, canary == nil else { continue }
                try registry.replace("calm", with: next)
                serves = next
            case 4:
                guard let canary else { continue }
                serves = registry.records["calm"]?.generation(canary.number)?.digest
                try registry.promote("calm")
            case 5:
                guard
                    let number = registry.records["calm"]?.generations.randomElement(
                        using: &random)
                else { continue }
                try registry.rollBack("calm", to: number.number)
                if let index = history.lastIndex(of: number.digest) {
                    history.removeSubrange((index + 1)...)
                } else {
                    serves = number.digest
                }
            case 6, 7:
                guard isRemoved || canary != nil || history.count > 1 else {
                    #expect(throws: RegistryError.self) { try registry.rollBack("calm") }
                    continue
                }
                try registry.rollBack("calm")
                if !isRemoved, canary == nil { history.removeLast() }
            default: break
            }
            if let serves, serves != history.last {
                history = (history + [serves]).suffix(AdapterRecord.retiredLimit + 1)
            }
            let record = try #require(registry.records["calm"])
            let numbers = record.previous + [record.lastServing]
            #expect(numbers.map { record.generation($0)?.digest } == history, "seed \(seed)")
            #expect(registry.stable["calm"] == (record.serving == nil ? nil : history.last))
        }
    }
}
