/// Bounds how long sequences that decode wait for the prompt of another: chunks beside them have so many tokens that a step
/// takes on average less than twice the time of one that only decodes.
///
/// It bounds any step, too, so that a large model on few threads hears of orders, and is heard of, every second or so.
/// Chunks change when a reply comes, never what it says.
struct StepPacer {
    /// A step with prefill may take this much longer than one without.
    private static let stretch = 1.72
    /// The smallest chunk: prompts always go on.
    static let least = 4
    /// Seconds that a step is predicted to take at most, unless decoding rows and the smallest chunk take more.
    private static let longest = 1.0
    /// As many times the shortest decoding step a step may take in any case: where reading the weights alone takes most of a
    /// second, few rows would waste it.
    private static let readings = 3.0

    /// Tokens of one prompt in a step in which others decode.
    private(set) var chunk = 16
    private let most: Int
    /// Seconds that a step of only decoding takes for each number of rows, as far as it was seen.
    private var decodeSeconds: [Double?]
    /// Seconds that a row of prefill adds to such a step, as far as it was seen.
    private var rowSeconds: Double?
    /// The last step with prefill, or as long as there was none, the last one.
    ///
    /// The last one alone, since an image that is read from a disk at first, and other programs, make single steps slow.
    private var sample: (rows: Int, seconds: Double)?
    private let assumedRowSeconds: Double
    /// Seconds of the shortest step that only decoded.
    private var shortest = 0.0

    /// - Parameter assumedRowSeconds: what a row may take as long as no step was measured.
    init(rowCapacity: Int, assumedRowSeconds: Double = 0) {
        most = rowCapacity
        self.assumedRowSeconds = assumedRowSeconds
        decodeSeconds = Array(repeating: nil, count: rowCapacity + 1)
    }

    /// Rows of a step that does not take too long.
    ///
    /// A row of a larger step takes no longer than one of a smaller: what is measured on few rows allows no more than it
    /// should, and the next step, being larger, allows more.
    var rowLimit: Int {
        let row = sample.map { $0.seconds / Double($0.rows) } ?? assumedRowSeconds
        let longest = max(Self.longest, Self.readings * shortest)
        return row > 0 ? Int(min(longest / row, Double(most))) : most
    }

    /// Seconds that a step should take; nil as long as none was measured.
    func predictedSeconds(decodeRows: Int, prefillRows: Int) -> Double? {
        if prefillRows == 0, let known = decodeSeconds[min(decodeRows, most)] { return known }
        return sample.map { rows, seconds in
            seconds * max(1, Double(decodeRows + prefillRows) / Double(rows))
        }
    }

    /// Learns from a step.
    mutating func note(decodeRows: Int, prefillRows count: Int, seconds: Double) {
        if count > 0 || sample == nil { sample = (max(decodeRows + count, 1), seconds) }
        guard decodeRows > 0 else { return }
        if count == 0 {
            shortest = shortest > 0 ? min(shortest, seconds) : seconds
            let known = decodeSeconds[decodeRows]
            decodeSeconds[decodeRows] = known.map { $0 + (seconds - $0) / 8 } ?? seconds
            return
        }
        // Steps with several prompts are longer on purpose.
        guard let usual = decodeSeconds[decodeRows], usual > 0, count <= chunk else { return }
        // Means, not single steps, decide: other programs' bursts would keep chunks small. A burst counts as twice the mean.
        let extra = max(seconds - usual, usual / 1000) / Double(count)
        let mean = rowSeconds.map { $0 + (min(extra, 2 * $0) - $0) / 8 } ?? extra
        rowSeconds = mean
        let fitting = min((Self.stretch - 1) * usual / mean, Double(most))
        chunk = max(min(Int(fitting), chunk + max(chunk / 8, 1)), Self.least)
    }
}
