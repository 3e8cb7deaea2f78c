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

    mutating func serve(_ number: UInt32) {
        serving = number
        lastServing = number
        if canary?.number == number { canary = nil }
        forgetOldest()
    }

    /// What a rollback goes to: the generation before the one that serves, or the last one of a name that was removed.
    var predecessor: Generation? {
        guard let serving else { return generation(lastServing) }
        return generations.last { $0.number < serving }
    }

    /// Forgets retired generations beyond the limit, the oldest first.
    mutating func forgetOldest() {
        let retired = generations.filter {
            state(of: $0.number) == .retired && $0.number != lastServing
        }
        let oldest = Set(retired.dropLast(Self.retiredLimit).map(\.number))
        generations.removeAll { oldest.contains($0.number) }
    }
}
