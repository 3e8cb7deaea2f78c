/// Bounds how long sequences that decode wait for the prompts of others: prefill chunks beside them shrink until a step
/// takes less than twice the time of one that only decodes.
///
/// Chunks change when a reply comes, never what it says.
struct StepPacer {
    /// A step with prefill may take this much longer than one without.
    private static let stretch = 1.75
    /// The smallest chunk: prompts always go on.
    private static let least = 4

    /// Prompt tokens of a step in which others decode.
    private(set) var prefillRows = 16
    private let most: Int
    /// Seconds that a step of only decoding takes for each number of rows, as far as it was seen.
    private var decodeSeconds: [Double?]

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
        // A chunk that was the end of its prompt tells nothing about larger ones.
        guard let usual = decodeSeconds[decodeRows] else { return }
        if seconds > Self.stretch * usual {
            prefillRows = max(min(count, prefillRows) * 7 / 8, Self.least)
        } else if count == prefillRows {
            prefillRows = min(prefillRows + 1, most)
        }
    }
}
