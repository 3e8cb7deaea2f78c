internal import CKernels

/// The rows of a step cut into runs that go through keys and values together: rows of one sequence that follow each other
/// and see the same spans of positions.
struct AttentionRuns {
    struct Run: BitwiseCopyable {
        let row: Int
        var count: Int
    }

    private var runs = Scratch<Run>()

    var count: Int { runs.count }

    subscript(index: Int) -> Run { unsafe runs.pointer[index] }

    /// Cuts the rows listed.
    ///
    /// - Parameter queries: heads, of all its rows together, that a run has at most if it has several rows.
    mutating func cut(_ rows: RowList, at places: RowPlaces, shape: AttentionShape, queries: Int) {
        let group = shape.queryHeads / shape.keyValueHeads
        runs.removeAll()
        for index in 0..<rows.count {
            let row = rows[index]
            if runs.count > 0 {
                let run = self[runs.count - 1]
                let follows =
                    row == run.row + run.count
                    && places.sequences[row] == places.sequences[run.row]
                    && places.positions[row] == places.positions[run.row] + run.count
                if follows, (run.count + 1) * group <= queries,
                    Self.spans(places.positions[row], shape)
                        == Self.spans(places.positions[run.row], shape)
                {
                    unsafe runs.pointer[runs.count - 1].count += 1
                    continue
                }
            }
            runs.append(Run(row: row, count: 1))
        }
    }

    /// The spans of the first and of the last position that a row sees.
    private static func spans(_ position: Int, _ shape: AttentionShape) -> (Int, Int) {
        let first = max(0, position + 1 - (shape.window ?? position + 1))
        return (first / Int(FB_KV_SPAN), position / Int(FB_KV_SPAN))
    }
}
