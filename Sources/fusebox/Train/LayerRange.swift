internal import ArgumentParser

/// Layers on the command line: `10-29`, or one alone.
struct LayerRange: ExpressibleByArgument {
    let layers: Range<Int>

    init?(argument: String) {
        let ends = argument.split(separator: "-", omittingEmptySubsequences: false).map {
            Int($0) ?? -1
        }
        guard (1...2).contains(ends.count), let first = ends.first, let last = ends.last,
            first >= 0, last >= first, last < Int.max
        else { return nil }
        layers = first..<last + 1
    }
}
