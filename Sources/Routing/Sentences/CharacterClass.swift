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
    ///
    /// Some languages close a quotation with the mark that opens one in others ("„Geh.“", "»Geh.«").
    static func isCloser(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\"", "'", ")", "]", "}", "*", "_", "`": true
        default:
            !scalar.isASCII
                && [.closePunctuation, .finalPunctuation, .initialPunctuation].contains(
                    scalar.properties.generalCategory)
        }
    }

    /// What never begins a sentence, even after a space: it goes on with the one before.
    static func isTrailing(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case ")", "]", "}", ",", ";", ":", "&", "”": true
        default:
            stop(scalar) != nil || isPictograph(scalar)
                || scalar.properties.generalCategory == .closePunctuation
        }
    }

    /// An emoji or a part of one; it belongs to the sentence before it.
    static func isPictograph(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x200D, 0xFE0F: true
        case 0..<0x2000: false
        default: scalar.properties.isEmoji
        }
    }

    /// Quotes, brackets and marks of emphasis that may stand before a word.
    static func isOpener(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\"", "'", "(", "[", "{", "*", "_", "`", "¿", "¡": true
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
    static func stop(_ scalar: Unicode.Scalar) -> SentenceStop.Kind? {
        switch scalar {
        case ".": .full
        case "!", "?", "‼", "⁇", "⁈", "⁉", "؟", "۔", "।", "॥", "։", "።", "၊", "။", "។", "៕": .strong
        case "…": .ellipsis
        case "。", "！", "？", "｡", "．": .unspaced
        default: nil
        }
    }
}
