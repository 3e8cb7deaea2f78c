internal import Optimization

/// Which rows are held out of the training that the others get, to calibrate what it gives.
///
/// Groups of rows (`RowGroups`) are never divided: what is held out shares no template with what is learned.
struct HoldOut {
    /// The rows that are held out together, by their places; each is a training of its own.
    let folds: [[Int]]

    /// Below this many rows every row is held out once.
    private static let smallCount = 2000
    private static let smallFoldCount = 5
    /// Of more rows one part in ten is held out.
    private static let largeFoldCount = 10
    /// Fewer rows say nothing about probabilities.
    static let leastRowCount = 25

    /// - Throws: for too few rows.
    init(_ examples: [RouterExample], groups: RowGroups, random: inout SeededRandom)
        throws(RoutingError)
    {
        guard examples.count >= Self.leastRowCount else {
            throw RoutingError(
                .data,
                "\(examples.count) rows are too few to hold some out; give at least ten of each adapter, or rows to validate with"
            )
        }
        let isSmall = examples.count < Self.smallCount
        let foldCount = isSmall ? Self.smallFoldCount : Self.largeFoldCount
        var parts = [[Int]](repeating: [], count: foldCount)
        let classes = Dictionary(grouping: examples.indices) { examples[$0].adapters.sorted() }
        for (_, places) in classes.sorted(by: { $0.value[0] < $1.value[0] }) {
            var units = Array(Dictionary(grouping: places) { groups.numbers[$0] }.values)
            // One template cannot be learned and held out; its rows are all there is.
            if units.count == 1 { units = places.map { [$0] } }
            units.sort { $0[0] < $1[0] }
            random.shuffle(&units)
            let ordered = units.enumerated().sorted {
                ($1.element.count, $0.offset) < ($0.element.count, $1.offset)
            }
            var counts = [Int](repeating: 0, count: foldCount)
            for unit in ordered.map(\.element) {
                let fold = counts.indices.min {
                    (counts[$0], parts[$0].count, $0) < (counts[$1], parts[$1].count, $1)
                }
                guard let fold else { continue }
                counts[fold] += unit.count
                parts[fold] += unit
            }
        }
        parts = parts.filter { !$0.isEmpty }.map { $0.sorted() }
        folds = isSmall ? parts : Array(parts.prefix(1))
    }
}
