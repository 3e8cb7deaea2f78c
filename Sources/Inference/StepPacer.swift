/// Bounds how long sequences that decode wait for the prompt of another: chunks beside them have so many tokens that a step
/// takes on average less than twice the time of one that only decodes.
///
/// Chunks change when a reply comes, never what it says.
struct StepPacer {
    /// A step with prefill may take this much longer than one without.
    private static let stretch = 1.72
    /// The smallest chunk: prompts always go on.
    private static let least = 4

    /// Tokens of one prompt in a step in which others decode.
    private(set) var chunk = 16
    private let most: Int
    /// Seconds that a step of only decoding takes for each number of rows, as far as it was seen.
    private var decodeSeconds: [Double?]
    /// Seconds that a row of prefill adds to such a step, as far as it was seen.
    private var rowSeconds: Double?

    init(rowCapacity: Int) {
        most = rowCapacity
        decodeSeconds = Array(repeating: nil, count: rowCapacity + 1)
    }

    /// Learns from a step.
    mutating func note(decodeRows: Int, prefillRows count: Int, seconds: Double) {
        guard decodeRows > 0 else { return }
        if count == 0 {
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
