import Foundation
import Testing
import Wire

@testable import Frontend

/// The broker in a world where workers die, hang and lie, and clients come and go.
@Suite struct SimulationTests {
    @Test(arguments: 0..<20) func promisesHold(_ block: UInt64) {
        for seed in block * 20..<(block + 1) * 20 {
            var world = World(seed: seed)
            let violations = HistoryChecker(world.run()).violations
            #expect(violations.isEmpty, "seed \(seed): \(violations.prefix(3))")
        }
    }

    /// As many runs as one has time for: some nine requests each.
    @Test(.enabled(if: Self.nightlyRuns > 0)) func promisesHoldAllNight() async {
        let first =
            UInt64(ProcessInfo.processInfo.environment["FUSEBOX_SIMULATION_START"] ?? "") ?? 1000
        await withTaskGroup { group in
            for lane in 0..<2 as Range<UInt64> {
                group.addTask {
                    for seed in stride(from: first + lane, to: first + Self.nightlyRuns, by: 2) {
                        var world = World(seed: seed)
                        let violations = HistoryChecker(world.run()).violations
                        #expect(violations.isEmpty, "seed \(seed): \(violations.prefix(3))")
                    }
                }
            }
        }
    }

    private static let nightlyRuns =
        UInt64(ProcessInfo.processInfo.environment["FUSEBOX_SIMULATIONS"] ?? "") ?? 0

    @Test func sameSeedSameRun() {
        var first = World(seed: 7)
        var second = World(seed: 7)
        #expect(
            "\(first.run().records)" == "\(second.run().records)",
            "a run must be a function of its seed")
    }

    /// A simulation that meets no trouble proves nothing.
    @Test func everyTroubleIsMet() {
        var counters = (resumed: 0, stale: 0, duplicates: 0)
        var reasons: Set<WireFinishReason> = []
        var codes: Set<WireCode> = []
        for seed in 0..<60 as Range<UInt64> {
            var world = World(seed: seed)
            for case .received(_, let event) in world.run().records {
                if case .done(let done) = event { reasons.insert(done.reason) }
                if case .failed(let failed) = event { codes.insert(failed.code) }
            }
            counters.resumed += Int(world.broker.counters.resumed)
            counters.stale += Int(world.broker.counters.stale)
            counters.duplicates += Int(world.broker.counters.duplicates)
        }
        #expect(counters.resumed > 50)
        #expect(counters.stale > 50)
        #expect(counters.duplicates > 50)
        #expect(reasons == [.end, .length, .cancelled, .deadline])
        #expect(
            codes.isSuperset(of: [.deadlineExceeded, .internal, .resourceExhausted, .unavailable]))
    }

    @Test(arguments: Sabotage.allCases) func checkerSees(_ sabotage: Sabotage) {
        let found = (0..<60).contains { seed in
            var world = World(seed: UInt64(seed), sabotage: sabotage)
            return HistoryChecker(world.run()).violations.contains { $0.rule == sabotage.rule }
        }
        #expect(found, "\(sabotage) went unnoticed in 60 runs")
    }
}
