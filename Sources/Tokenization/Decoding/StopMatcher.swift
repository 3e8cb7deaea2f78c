/// Looks for stop strings in text that arrives in pieces, in one pass.
///
/// What could be the start of a stop string is held back until it is decided. The stop string that
/// is complete first ends the text; of those complete at one place, the longest. How the text is cut
/// into pieces makes no difference.
public struct StopMatcher: Sendable {
    /// What a piece of text led to.
    public struct Outcome: Sendable, Equatable {
        /// Text that is decided, and comes before any stop string.
        public var text: String
        /// The stop string that was found; nothing follows.
        public var stop: String?
    }

    /// One stop string with the failure function of Knuth, Morris and Pratt.
    private struct Pattern {
        var bytes: [UInt8]
        /// Length of the longest proper prefix that is also a suffix of the first i + 1 bytes.
        var failures: [Int]
        /// Bytes matched so far.
        var matched = 0

        init(_ text: String) {
            bytes = Array(text.utf8)
            failures = Array(repeating: 0, count: bytes.count)
            var length = 0
            for index in bytes.indices.dropFirst() {
                while length > 0, bytes[index] != bytes[length] { length = failures[length - 1] }
                if bytes[index] == bytes[length] { length += 1 }
                failures[index] = length
            }
        }

        mutating func take(_ byte: UInt8) -> Bool {
            while matched > 0, bytes[matched] != byte { matched = failures[matched - 1] }
            if bytes[matched] == byte { matched += 1 }
            return matched == bytes.count
        }
    }

    private var patterns: [Pattern]
    private var held: [UInt8] = []
    private var isStopped = false

    /// Takes the stop strings; empty ones count for nothing.
    public init(_ stops: [String]) {
        patterns = stops.filter { !$0.isEmpty }.map(Pattern.init)
    }

    /// Adds text; after a stop string was found, nothing comes any more.
    public mutating func push(_ text: String) -> Outcome {
        guard !isStopped, !patterns.isEmpty else { return Outcome(text: isStopped ? "" : text) }
        for byte in text.utf8 {
            held.append(byte)
            var found: [UInt8] = []
            for index in patterns.indices where patterns[index].take(byte) {
                if patterns[index].bytes.count > found.count { found = patterns[index].bytes }
            }
            guard found.isEmpty else {
                isStopped = true
                let before = held.dropLast(found.count)
                held = []
                return Outcome(
                    text: String(decoding: before, as: UTF8.self),
                    stop: String(decoding: found, as: UTF8.self))
            }
        }
        let undecided = patterns.map(\.matched).max() ?? 0
        let decided = String(decoding: held.dropLast(undecided), as: UTF8.self)
        held = held.suffix(undecided)
        return Outcome(text: decided)
    }

    /// The end of the text: what was held back.
    public mutating func finish() -> String {
        defer { held = [] }
        return String(decoding: held, as: UTF8.self)
    }
}
