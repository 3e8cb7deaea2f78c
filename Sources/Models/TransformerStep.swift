public import Kernels

/// The rows that go through the model at once: (token, sequence, position) and the adapters that they use.
///
/// Kept and filled again for each step, so that a step allocates nothing.
public struct TransformerStep: Sendable {
    /// One a row.
    public var tokens: [Int32] = []
    public private(set) var places = RowPlaces()
    /// For each sequence the length that its rotations go by; see `ModelConfiguration.rotaryLength(prompt:total:)`.
    private(set) var rotaryLengths: [Int] = []
    /// The adapters of the step, each with its rows, in the order in which they are added.
    public var groups: [LowRankGroup] = []
    /// Rows whose logits are wanted.
    public let wanted = RowList(capacity: 64)
    let rows = RowList(capacity: 64)

    public init() {}

    public mutating func removeAll() {
        tokens.removeAll(keepingCapacity: true)
        places.removeAll()
        rotaryLengths.removeAll(keepingCapacity: true)
        groups.removeAll(keepingCapacity: true)
        wanted.removeAll()
        rows.removeAll()
    }

    /// Adds a sequence by its block table; returns its index.
    public mutating func add(_ table: RowList, rotaryLength: Int) -> Int {
        places.tables.append(table)
        rotaryLengths.append(rotaryLength)
        return rotaryLengths.count - 1
    }

    /// Adds a row for one token.
    ///
    /// - Parameters:
    ///   - sequence: index of the sequence.
    ///   - wantsLogits: whether the token after this one is asked for.
    public mutating func append(token: Int32, sequence: Int, position: Int, wantsLogits: Bool) {
        if wantsLogits { wanted.append(tokens.count) }
        rows.append(tokens.count)
        tokens.append(token)
        places.sequences.append(sequence)
        places.positions.append(position)
    }

    public var rowCount: Int { tokens.count }
}
