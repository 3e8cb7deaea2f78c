/// A text as the features see it: lowercased words, each between single spaces.
///
/// A word is a run of letters, marks and digits. Any other visible character is a word of its own, and so is an
/// ideograph, which needs no spaces around it. Control and format characters are dropped.
struct NormalizedText {
    /// Lowercased Unicode scalars, a space at both ends and between words; empty without any word.
    private(set) var scalars: [UInt32] = []
    /// The words' places in `scalars`.
    private(set) var words: [Range<Int>] = []

    private static let space: UInt32 = 0x20

    /// Reads at most `byteLimit` bytes of the text, whole characters only.
    init(_ text: some StringProtocol, byteLimit: Int) {
        scalars.reserveCapacity(min(byteLimit, text.utf8.count) + 16)
        var wordStart: Int?
        var byteCount = 0
        for scalar in text.unicodeScalars {
            byteCount += scalar.utf8.count
            if byteCount > byteLimit { break }
            switch Kind(scalar) {
            case .wordPart:
                if wordStart == nil {
                    scalars.append(Self.space)
                    wordStart = scalars.count
                }
                append(scalar)
            case .alone:
                finishWord(&wordStart)
                scalars.append(Self.space)
                wordStart = scalars.count
                append(scalar)
                finishWord(&wordStart)
            case .space:
                finishWord(&wordStart)
            case .ignored:
                continue
            }
        }
        finishWord(&wordStart)
        if !words.isEmpty { scalars.append(Self.space) }
    }

    private mutating func finishWord(_ start: inout Int?) {
        if let first = start { words.append(first..<scalars.count) }
        start = nil
    }

    private mutating func append(_ scalar: Unicode.Scalar) {
        if scalar.isASCII {
            let value = scalar.value
            scalars.append(value >= 0x41 && value <= 0x5A ? value + 0x20 : value)
        } else {
            for lower in scalar.properties.lowercaseMapping.unicodeScalars {
                scalars.append(lower.value)
            }
        }
    }

    private enum Kind {
        case wordPart, alone, space, ignored

        init(_ scalar: Unicode.Scalar) {
            switch scalar.value {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: self = .wordPart
            case 0x09...0x0D, 0x20: self = .space
            case 0x00..<0x20, 0x7F: self = .ignored
            case 0x21..<0x80: self = .alone
            default: self = Self.beyondASCII(scalar)
            }
        }

        private static func beyondASCII(_ scalar: Unicode.Scalar) -> Kind {
            let properties = scalar.properties
            if properties.isWhitespace { return .space }
            if properties.isIdeographic { return .alone }
            switch properties.generalCategory {
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter,
                .otherLetter,
                .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .letterNumber,
                .otherNumber:
                return .wordPart
            case .control, .format, .surrogate, .unassigned, .privateUse:
                return .ignored
            default:
                return .alone
            }
        }
    }
}
