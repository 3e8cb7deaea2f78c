import Tensors
import TestSupport
import Testing

@testable import Inference

/// Which adapters are in memory and whose turn it is, decided without any.
@Suite struct AdapterResidencyTests {
    private let adapters = (0..<12).map { Digest(of: [UInt8($0)]) }

    private func residency(limit: Int, bytes: Int = 10) -> AdapterResidency {
        var residency = AdapterResidency(byteLimit: limit)
        for adapter in adapters { residency.add(adapter, byteCount: bytes, isResident: false) }
        return residency
    }

    private func load(_ adapter: Int, _ residency: inout AdapterResidency) {
        let ended = residency.finishLoad(of: adapters[adapter], seconds: 0.5, succeeded: true)
        #expect(ended.isEmpty)
    }

    @Test func aTurnBeginsWhenAllItsAdaptersAreThere() {
        var residency = residency(limit: 30)
        residency.ask(1, for: [adapters[0], adapters[1]])
        #expect(residency.advance() == [.load(adapters[0]), .load(adapters[1])])
        #expect(!residency.hasTurn(1) && residency.byteCount == 20)
        load(1, &residency)
        #expect(!residency.hasTurn(1))
        load(0, &residency)
        #expect(residency.hasTurn(1))
        residency.ask(1, for: [adapters[0], adapters[1]])
        #expect(
            residency.advance().isEmpty && residency.hasTurn(1), "the same again is no new turn")
        let figures = residency.figures(of: adapters[0])
        #expect(figures?.isResident == true && figures?.loadCount == 1 && figures?.useCount == 1)
        #expect(figures?.loadSeconds == 0.5)
    }

    @Test func theLeastRecentlyUsedGoesAndNoneInUse() {
        var residency = residency(limit: 30)
        for sequence in 0..<3 {
            residency.ask(sequence, for: [adapters[sequence]])
            _ = residency.advance()
            load(sequence, &residency)
        }
        residency.end(1)
        _ = residency.advance()
        residency.end(0)
        residency.ask(3, for: [adapters[3]])
        #expect(residency.advance() == [.evict(adapters[1]), .load(adapters[3])])
        residency.ask(4, for: [adapters[4], adapters[5]])
        #expect(residency.advance().isEmpty, "2 and 3 are in use")
        #expect(residency.figures(of: adapters[1])?.evictionCount == 1)
        residency.end(2)
        #expect(
            residency.advance() == [
                .evict(adapters[0]), .load(adapters[4]), .evict(adapters[2]), .load(adapters[5]),
            ])
        #expect(residency.byteCount == 30)
    }

    /// What was said to come and never did holds no room for good, and may be said again.
    @Test func expectationsEnd() {
        var residency = residency(limit: 30)
        residency.ask(0, for: [adapters[0]])
        _ = residency.advance()
        load(0, &residency)
        residency.end(0)
        residency.expect([adapters[1], adapters[2], adapters[3]])
        for adapter in 1...2 {
            #expect(residency.advance() == [.load(adapters[adapter])])
            load(adapter, &residency)
        }
        #expect(residency.advance() == [.evict(adapters[0]), .load(adapters[3])])
        load(3, &residency)
        residency.expect([adapters[4]])
        #expect(residency.advance().isEmpty, "all that is there is expected")
        for _ in 0..<AdapterResidency.expectationLength { _ = residency.advance() }
        residency.ask(5, for: [adapters[1]])
        _ = residency.advance()
        residency.end(5)
        residency.expect([adapters[4]])
        #expect(
            residency.advance() == [.evict(adapters[2]), .load(adapters[4])],
            "what was used stays longer than what was only expected")
    }

    /// Each of two sequences has what the other one needs besides.
    @Test func mixesThatCrossDoNotLockEachOther() {
        var residency = residency(limit: 20)
        residency.ask(1, for: [adapters[0], adapters[1]])
        residency.ask(2, for: [adapters[1], adapters[2]])
        var turns = [1: 0, 2: 0]
        for _ in 0..<2000 {
            for case .load(let adapter) in residency.advance() {
                _ = residency.finishLoad(of: adapter, seconds: 0, succeeded: true)
            }
            for sequence in [1, 2] where residency.hasTurn(sequence) { turns[sequence]? += 1 }
            #expect(!(residency.hasTurn(1) && residency.hasTurn(2)))
        }
        #expect(turns.values.allSatisfy { $0 > 800 })
    }

    /// Loads that take longer than a turn do not eat it.
    @Test func aTurnIsCountedFromWhenItsAdaptersAreThere() {
        var residency = residency(limit: 10)
        residency.ask(1, for: [adapters[0]])
        residency.ask(2, for: [adapters[1]])
        var due: [(step: Int, adapter: Digest)] = []
        var turns = [1: 0, 2: 0]
        for step in 0..<3000 {
            for load in due where load.step == step {
                _ = residency.finishLoad(of: load.adapter, seconds: 0, succeeded: true)
            }
            for case .load(let adapter) in residency.advance() { due.append((step + 100, adapter)) }
            for sequence in [1, 2] where residency.hasTurn(sequence) { turns[sequence]? += 1 }
        }
        #expect(turns.values.allSatisfy { $0 > 400 })
    }

    @Test func aLoadThatFailsEndsTheTurnsThatNeedIt() {
        var residency = residency(limit: 30)
        residency.ask(1, for: [adapters[0], adapters[1]])
        residency.ask(2, for: [adapters[0]])
        residency.ask(3, for: [adapters[1]])
        _ = residency.advance()
        #expect(
            residency.finishLoad(of: adapters[0], seconds: 0, succeeded: false) == [1, 2])
        load(1, &residency)
        #expect(residency.hasTurn(3) && residency.byteCount == 10)
        residency.ask(4, for: [adapters[0]])
        #expect(residency.advance() == [.load(adapters[0])], "it is tried again")
    }

    @Test func whatIsExpectedIsLoadedInTimeAndTakesNoRoomFromOthers() {
        var residency = residency(limit: 30)
        residency.ask(1, for: [adapters[0]])
        _ = residency.advance()
        residency.expect([adapters[1], adapters[2], adapters[3]])
        #expect(residency.advance().isEmpty, "one load at a time")
        load(0, &residency)
        for adapter in 1...2 {
            #expect(residency.advance() == [.load(adapters[adapter])])
            load(adapter, &residency)
        }
        #expect(residency.advance().isEmpty, "the others are in use or expected too")
        residency.ask(2, for: [adapters[4]])
        #expect(residency.advance() == [.evict(adapters[1]), .load(adapters[4])])
    }

    @Test func anAdapterThatIsRemovedLeavesItsRoom() {
        var residency = residency(limit: 20)
        residency.ask(1, for: [adapters[0]])
        _ = residency.advance()
        residency.end(1)
        residency.remove(adapters[0])
        #expect(residency.byteCount == 0 && residency.figures(of: adapters[0]) == nil)
        #expect(residency.finishLoad(of: adapters[0], seconds: 0, succeeded: true).isEmpty)
        #expect(!residency.isResident(adapters[0]))
    }

    /// A running sequence of the simulation.
    private struct Sequence {
        var adapters: [Digest]
        var remaining: Int
        /// Steps since it last had a turn.
        var hunger = 0
    }

    /// What the orders make of the memory, checked after each.
    private struct Memory {
        var resident: Set<Digest> = []
        var loading: [(adapter: Digest, due: Int)] = []
    }

    /// Sequences of random mixes come, switch, finish and are cancelled while loads take their time and some fail.
    @Test(arguments: 0..<300 as Range<UInt64>)
    func randomSequencesAllComeToTheirEnd(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let sizes = adapters.map { _ in Int.random(in: 1...10, using: &random) }
        let limit = Int.random(in: 20...60, using: &random)
        var residency = AdapterResidency(byteLimit: limit)
        for (adapter, size) in zip(adapters, sizes) {
            residency.add(adapter, byteCount: size, isResident: false)
        }
        func mix() -> [Digest] {
            Array(adapters.shuffled(using: &random).prefix(Int.random(in: 0...2, using: &random)))
                .sorted()
        }
        let failures = Int.random(in: 0...1, using: &random) * 5
        var memory = Memory()
        var sequences: [Int: Sequence] = [:]
        var (begun, finished) = (0, 0)
        for step in 0..<40_000 {
            if begun < 60, sequences.count < 8, Int.random(in: 0..<10, using: &random) == 0 {
                sequences[begun] = Sequence(
                    adapters: mix(), remaining: Int.random(in: 1...200, using: &random))
                residency.ask(begun, for: sequences[begun]?.adapters ?? [])
                begun += 1
            }
            if Int.random(in: 0..<20, using: &random) == 0 { residency.expect(mix()) }
            for load in memory.loading where load.due <= step {
                let succeeded = Int.random(in: 0..<100, using: &random) >= failures
                if succeeded { memory.resident.insert(load.adapter) }
                for sequence in residency.finishLoad(
                    of: load.adapter, seconds: 0.001, succeeded: succeeded)
                {
                    #expect(!succeeded)
                    let ended = sequences.removeValue(forKey: sequence)
                    #expect(ended?.adapters.contains(load.adapter) == true)
                    finished += 1
                }
            }
            memory.loading.removeAll { $0.due <= step }
            for order in residency.advance() {
                switch order {
                case .evict(let adapter):
                    #expect(memory.resident.remove(adapter) != nil)
                    let inUse = sequences.filter { residency.hasTurn($0.key) }
                    #expect(!inUse.values.contains { $0.adapters.contains(adapter) })
                case .load(let adapter):
                    #expect(!memory.resident.contains(adapter))
                    #expect(!memory.loading.contains { $0.adapter == adapter })
                    memory.loading.append((adapter, step + Int.random(in: 1...30, using: &random)))
                }
            }
            let taken = memory.resident.union(memory.loading.map(\.adapter))
            #expect(residency.byteCount == residency.byteCount(of: taken))
            try #require(residency.byteCount <= limit)
            for (id, sequence) in sequences.sorted(by: { $0.key < $1.key }) {
                guard residency.hasTurn(id) else {
                    sequences[id]?.hunger += 1
                    // Eight sequences, each of which waits for two turns and their loads at most.
                    try #require(sequence.hunger < 8 * (2 * AdapterResidency.turnLength + 100))
                    continue
                }
                #expect(memory.resident.isSuperset(of: sequence.adapters))
                sequences[id]?.hunger = 0
                sequences[id]?.remaining -= 1
                if sequence.remaining <= 1 || Int.random(in: 0..<500, using: &random) == 0 {
                    sequences[id] = nil
                    residency.end(id)
                    finished += 1
                } else if Int.random(in: 0..<40, using: &random) == 0 {
                    let mix = mix()
                    sequences[id]?.adapters = mix
                    residency.ask(id, for: mix)
                }
            }
            if finished == 60 { break }
        }
        #expect(finished == 60)
    }
}
