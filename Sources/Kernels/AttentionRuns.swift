/// The rows of a step cut into runs that go through keys and values together: rows of one sequence that follow each other.
struct AttentionRuns {
    struct Run: BitwiseCopyable, Equatable {
        let row: Int
        var count: Int
    }

    private var runs = Scratch<Run>()

    var count: Int { runs.count }

    subscript(index: Int) -> Run { unsafe runs.pointer[index] }

    /// Cuts the rows listed into runs of at most `limit` rows.
    mutating func cut(_ rows: RowList, at places: RowPlaces, limit: Int) {
        runs.removeAll()
        for index in 0..<rows.count {
            let row = rows[index]
            if runs.count > 0 {
                let run = self[runs.count - 1]
                let follows =
                    row == run.row + run.count
                    && places.sequences[row] == places.sequences[run.row]
                    && places.positions[row] == places.positions[run.row] + run.count
                if follows, run.count < limit {
                    unsafe runs.pointer[runs.count - 1].count += 1
                    continue
                }
            }
            runs.append(Run(row: row, count: 1))
        }
    }
}
