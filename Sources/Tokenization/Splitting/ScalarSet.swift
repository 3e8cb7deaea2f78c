/// A set of characters as a split pattern writes it: `[^\r\n\p{L}]`, `\s`, `a`.
struct ScalarSet: Sendable, Equatable {
    /// The classes of characters that sets are made of, looked up once before a loop.
    struct Classes {
        let kinds = CharacterClass.lookup
        let categories = CharacterCategory.lookup
    }

    /// Most ranges of a set.
    static let maximumRangeCount = 512

    private var ranges: [ClosedRange<UInt32>] = []
    private var categories: UInt16 = 0
    private var hasSpaces = false
    var isNegated = false
    /// What every member is outside of, or has to be in: `[a&&[^b]]`.
    private var others: [ScalarSet] = []

    init() {}

    init(_ scalars: Unicode.Scalar...) {
        for scalar in scalars { insert(scalar.value...scalar.value) }
    }

    /// Every white space.
    static let spaces: ScalarSet = {
        var set = ScalarSet()
        set.insertSpaces()
        return set
    }()

    var isFull: Bool { ranges.count >= Self.maximumRangeCount }

    mutating func insert(_ range: ClosedRange<UInt32>) { ranges.append(range) }
    mutating func insert(categories mask: UInt16) { categories |= mask }
    mutating func insertSpaces() { hasSpaces = true }
    mutating func intersect(_ other: ScalarSet) { others.append(other) }

    /// The same with what its single characters are in the other case; ſ is an s, and the Kelvin sign a k.
    func ignoringCase() -> ScalarSet {
        var set = self
        for scalar in ranges.filter({ $0.count == 1 }).compactMap({ Unicode.Scalar($0.lowerBound) })
        {
            for text in [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping] {
                let others = text.unicodeScalars
                if others.count == 1, let other = others.first {
                    set.insert(other.value...other.value)
                }
            }
            if scalar == "s" || scalar == "S" { set.insert(0x17F...0x17F) }
            if scalar == "k" || scalar == "K" { set.insert(0x212A...0x212A) }
        }
        return set
    }

    func contains(_ scalar: UInt32, _ classes: Classes) -> Bool {
        let isInside =
            hasSpaces && classes.kinds[scalar] == .space
            || categories != 0 && categories & classes.categories[scalar] != 0
            || ranges.contains { $0.contains(scalar) }
        return isInside && others.allSatisfy { $0.contains(scalar, classes) } != isNegated
            || !isInside && isNegated
    }
}
