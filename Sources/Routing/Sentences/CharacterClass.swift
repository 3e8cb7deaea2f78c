/// The characters that matter where sentences end.
enum CharacterClass {
    /// Ends a line.
    static func isNewline(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0A...0x0D, 0x85, 0x2028, 0x2029: true
        default: false
        }
    }

    /// Quotes, brackets and marks of emphasis that may follow a stop and belong to its sentence.
    static func isCloser(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\"", "'", ")", "]", "}", "*", "_", "`": true
        default:
            !scalar.isASCII
                && [.closePunctuation, .finalPunctuation].contains(
                    scalar.properties.generalCategory)
        }
    }

    /// Quotes, brackets and marks of emphasis that may stand before a word.
    static func isOpener(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\"", "'", "(", "[", "{", "*", "_", "`": true
        default:
            !scalar.isASCII
                && [.openPunctuation, .initialPunctuation].contains(
                    scalar.properties.generalCategory)
        }
    }

    static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII
            ? (0x30...0x39).contains(scalar.value)
            : scalar.properties.generalCategory == .decimalNumber
    }

    /// How a character may end a sentence; nil when it cannot.
    static func stop(_ scalar: Unicode.Scalar) -> SentenceStop? {
        switch scalar {
        case ".": .full
        case "!", "?", "‼", "⁇", "⁈", "⁉", "؟", "۔", "।", "॥", "։", "።", "၊", "။", "។", "៕": .strong
        case "…": .ellipsis
        case "。", "！", "？", "｡", "．": .unspaced
        default: nil
        }
    }
}

/// The ways in which a sentence may end.
enum SentenceStop {
    /// A full stop, which may also mark an abbreviation.
    case full
    /// A mark that ends a sentence before white space.
    case strong
    /// Dots that end a sentence unless a small letter follows.
    case ellipsis
    /// A stop of a script without spaces.
    case unspaced
}
