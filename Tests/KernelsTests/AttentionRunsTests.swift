import Testing

@testable import Kernels

@Suite struct AttentionRunsTests {
    /// Runs of (sequence, position) pairs, of which the rows `listed` take part.
    private func runs(
        _ rows: [(sequence: Int, position: Int)], listed: [Int]? = nil, limit: Int = 16
    ) -> [AttentionRuns.Run] {
        var places = RowPlaces()
        places.sequences = rows.map(\.sequence)
        places.positions = rows.map(\.position)
        let list = RowList(capacity: 16)
        for row in listed ?? Array(rows.indices) { list.append(row) }
        var runs = AttentionRuns()
        runs.cut(list, at: places, limit: limit)
        return (0..<runs.count).map { runs[$0] }
    }

    @Test func rowsOfAPromptGoTogetherUpToTheLimit() {
        let prompt = (0..<5).map { (sequence: 0, position: 60 + $0) }
        #expect(runs(prompt) == [.init(row: 0, count: 5)])
        #expect(
            runs(prompt, limit: 2)
                == [.init(row: 0, count: 2), .init(row: 2, count: 2), .init(row: 4, count: 1)])
        #expect(runs(prompt, limit: 1).count == 5)
        #expect(runs([]).isEmpty)
    }

    /// Another sequence whose position happens to follow, a position left out, a row left out.
    @Test func whatDoesNotFollowBeginsARun() {
        #expect(runs([(0, 7), (1, 8)]) == [.init(row: 0, count: 1), .init(row: 1, count: 1)])
        #expect(runs([(0, 7), (0, 9)]).count == 2)
        let prompt = (0..<4).map { (sequence: 0, position: $0) }
        #expect(
            runs(prompt, listed: [0, 1, 3])
                == [.init(row: 0, count: 2), .init(row: 3, count: 1)])
    }
}
