extension String {
    /// The one of some names that was probably meant by this one, which is none of them; nil: none is near.
    ///
    /// Near are names that an edit for each three letters makes of it, case aside; the first of the nearest is taken.
    public func nearest(in names: some Sequence<String>) -> String? {
        // A name is not longer; what is may come from outside.
        let own = Array(lowercased().unicodeScalars.prefix(256))
        var best: (name: String, distance: Int)?
        for name in names {
            let other = Array(name.lowercased().unicodeScalars.prefix(256))
            let limit = (Swift.max(own.count, other.count) + 1) / 3
            let distance = Self.editDistance(own, other)
            guard distance <= limit, best.map({ distance < $0.distance }) ?? true else { continue }
            best = (name, distance)
        }
        return best?.name
    }

    /// Insertions, deletions, substitutions and swaps of neighbours that make one of the other.
    ///
    /// Source: the optimal string alignment distance (Damerau 1964; Wagner and Fischer 1974).
    private static func editDistance(_ first: [Unicode.Scalar], _ second: [Unicode.Scalar]) -> Int {
        // The last two rows of the table: distances from beginnings of `first` to those of `second`.
        var before: [Int] = []
        var row = Array(0...second.count)
        for (i, left) in first.enumerated() {
            var next = [i + 1]
            for (j, right) in second.enumerated() {
                var least = Swift.min(row[j + 1], next[j]) + 1
                least = Swift.min(least, row[j] + (left == right ? 0 : 1))
                if i > 0, j > 0, left == second[j - 1], first[i - 1] == right {
                    least = Swift.min(least, before[j - 1] + 1)
                }
                next.append(least)
            }
            (before, row) = (row, next)
        }
        return row[second.count]
    }
}
