import Testing

/// The broker in a world where workers die, hang and lie, and clients come and go.
@Suite struct SimulationTests {
    @Test(arguments: 0..<20) func promisesHold(_ block: UInt64) {
        for seed in block * 20..<(block + 1) * 20 {
            var world = World(seed: seed)
            let violations = HistoryChecker(world.run()).violations
            #expect(violations.isEmpty, "seed \(seed): \(violations.prefix(3))")
        }
    }

    @Test func sameSeedSameRun() {
        var first = World(seed: 7)
        var second = World(seed: 7)
        #expect(
            "\(first.run().records)" == "\(second.run().records)",
            "a run must be a function of its seed")
    }

    @Test(arguments: Sabotage.allCases) func checkerSees(_ sabotage: Sabotage) {
        let found = (0..<20).contains { seed in
            var world = World(seed: UInt64(seed), sabotage: sabotage)
            return HistoryChecker(world.run()).violations.contains { $0.rule == sabotage.rule }
        }
        #expect(found, "\(sabotage) went unnoticed in 20 runs")
    }
}
