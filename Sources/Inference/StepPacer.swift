/// Bounds how long sequences that decode wait for the prompt of another: its chunks beside them shrink until a step takes
/// less than twice the time of one that only decodes.
///
/// Chunks change when a reply comes, never what it says.
struct StepPacer {
    /// A step with prefill may take this much longer than one without.
    private static let stretch = 1.75
    /// The smallest chunk: prompts always go on.
    private static let least = 4

    /// Tokens of one prompt in a step in which others decode.
    private(set) var chunk = 16
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
        // Steps with several prompts are longer on purpose.
        guard let usual = decodeSeconds[decodeRows], count <= chunk else { return }
        if seconds > Self.stretch * usual {
            chunk = max(count * 7 / 8, Self.least)
        } else if count == chunk {
            // A chunk that was the end of its prompt would tell nothing about larger ones.
            chunk = min(chunk + 1, most)
        }
    }
}
