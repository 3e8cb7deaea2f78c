public import Tensors

/// A name of the registry: every generation that it stood for lately, and which of them answers.
public struct AdapterRecord: Equatable, Sendable {
    /// What a name stood for at a time.
    public struct Generation: Equatable, Sendable {
        /// Counts from 1 and is never used again for other bytes.
        public let number: UInt32
        public let digest: Digest
    }

    /// A generation on trial.
    public struct Canary: Equatable, Sendable {
        public let number: UInt32
        /// Requests that get it, in thousandths.
        public let share: Int
    }

    /// What becomes of a generation.
    public enum State: String, Sendable {
        case serving, canary, retired
    }

    /// Generations that are remembered beside those that answer.
    static let retiredLimit = 16

    /// In the order of their numbers; never empty.
    public internal(set) var generations: [Generation]
    /// nil: the name was removed.
    public internal(set) var serving: UInt32?
    /// The one that served last.
    public internal(set) var lastServing: UInt32
    /// Those that served before it and were not rolled back, the latest last; at most `retiredLimit`, no two neighbours alike.
    public internal(set) var previous: [UInt32] = []
    public internal(set) var canary: Canary?
    /// What the shelf's folder held under the name when it was last looked at; nil: it was added from elsewhere.
    public internal(set) var shelfDigest: Digest?

    init(_ digest: Digest) {
        generations = [Generation(number: 1, digest: digest)]
        serving = 1
        lastServing = 1
    }

    /// What answers most requests.
    public var servingGeneration: Generation? { serving.flatMap(generation) }

    public var canaryGeneration: Generation? { canary.flatMap { generation($0.number) } }

    public func state(of number: UInt32) -> State {
        if number == serving { return .serving }
        return number == canary?.number ? .canary : .retired
    }

    func generation(_ number: UInt32) -> Generation? {
        generations.first { $0.number == number }
    }

    /// The number of the generation with these bytes, which is made where there is none.
    mutating func number(of digest: Digest) throws(RegistryError) -> UInt32 {
        if let known = generations.first(where: { $0.digest == digest }) { return known.number }
        let (number, overflow) = (generations.last?.number ?? 0).addingReportingOverflow(1)
        guard !overflow else {
            throw RegistryError(
                .invalid, "the name has had too many generations; take another name")
        }
        generations.append(Generation(number: number, digest: digest))
        return number
    }

    /// Goes on to a generation; the one that served last can be had back.
    mutating func serve(_ number: UInt32) {
        if number != lastServing {
            previous = (previous + [lastServing]).suffix(Self.retiredLimit)
        }
        begin(number)
    }

    /// Goes back to a generation; those that served after it are not gone back to again.
    mutating func goBack(to number: UInt32) {
        guard number != lastServing, let index = previous.lastIndex(of: number) else {
            return serve(number)
        }
        previous.removeSubrange(index...)
        begin(number)
    }

    private mutating func begin(_ number: UInt32) {
        serving = number
        lastServing = number
        if canary?.number == number { canary = nil }
        forgetOldest()
    }

    /// What a rollback goes to: what served before, or last where the name was removed.
    var predecessor: Generation? {
        generation(serving == nil ? lastServing : previous.last ?? 0)
    }

    /// Forgets retired generations beyond the limit: those that nothing goes back to before those that served long ago.
    ///
    /// The largest number stays, or it would be given again.
    mutating func forgetOldest() {
        let retired = generations.dropLast().map(\.number).filter {
            state(of: $0) == .retired && $0 != lastServing
        }
        let byUse = retired.sorted {
            (previous.lastIndex(of: $0) ?? -1, $0) < (previous.lastIndex(of: $1) ?? -1, $1)
        }
        let forgotten = Set(byUse.dropLast(Self.retiredLimit))
        generations.removeAll { forgotten.contains($0.number) }
    }
}
