/// What is amiss with rows to train on, and what to do about it.
struct RowAdvice {
    /// One sentence for each kind, with the classes that it concerns.
    let warnings: [String]

    /// With fewer rows a class, each one that people wrote helps.
    private static let leastRows = 50
    /// Fewer wordings teach their own words, not what they have in common.
    private static let leastGroups = 15
    /// The rows of one class for each of another.
    private static let mostImbalance = 10
    /// Classes that a warning names.
    private static let namedClasses = 3

    /// - Parameter groups: of the rows to learn from, and of those to validate with after them.
    init(_ examples: [RouterExample], validation: [RouterExample], groups: RowGroups) {
        var rowCounts: [String: Int] = [:]
        var wordings: [String: Set<Int>] = [:]
        for (place, example) in examples.enumerated() {
            for name in example.adapters {
                rowCounts[name, default: 0] += 1
                wordings[name, default: []].insert(groups.numbers[place])
            }
        }
        let names = rowCounts.keys.sorted { (rowCounts[$0] ?? 0, $0) < (rowCounts[$1] ?? 0, $1) }
        var warnings: [String] = []
        let few = names.filter { (rowCounts[$0] ?? 0) < Self.leastRows }
        if !few.isEmpty {
            warnings.append(
                "few rows: \(Self.list(few) { "\(rowCounts[$0] ?? 0) of \"\($0)\"" }); add texts as people write them, \(Self.leastRows) or more of each, and some of \"base\" that no adapter fits"
            )
        }
        let alike = names.filter {
            (wordings[$0]?.count ?? 0) < min(Self.leastGroups, rowCounts[$0] ?? 0)
        }
        if !alike.isEmpty {
            warnings.append(
                "rows alike: \(Self.list(alike) { "\(rowCounts[$0] ?? 0) of \"\($0)\" are wordings of \(wordings[$0]?.count ?? 0)" }); filling in a template adds words, not wordings: say the same in other ways, \(Self.leastGroups) or more"
            )
        }
        if let least = names.first, let most = names.last, let fewest = rowCounts[least],
            let mostRows = rowCounts[most], mostRows > Self.mostImbalance * fewest
        {
            warnings.append(
                "unbalanced: \(mostRows) rows of \"\(most)\" and \(fewest) of \"\(least)\"; add rows of \"\(least)\", or the router prefers the other"
            )
        }
        let learned = Set(groups.numbers[..<examples.count])
        let known = groups.numbers[examples.count...].count(where: learned.contains)
        if 2 * known > validation.count {
            warnings.append(
                "known rows: \(known) of the \(validation.count) rows to validate with are wordings of rows to learn from; threshold and figures are too good, take texts of other people or leave --validation out"
            )
        }
        self.warnings = warnings
    }

    private static func list(_ names: [String], _ describe: (String) -> String) -> String {
        let named = names.prefix(namedClasses).map(describe).joined(separator: ", ")
        return names.count > namedClasses
            ? "\(named) and \(names.count - namedClasses) others" : named
    }
}
