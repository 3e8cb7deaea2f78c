/// A word as `SentenceScanner` remembers it, and what it has to know of the one before.
struct ScannedWord {
    /// Lowercased, without the stop after it; cut at `lengthLimit`.
    private var scalars: [Unicode.Scalar] = []
    var startsWithCapital = false
    /// The first of its sentence.
    var isFirst = true
    /// Where it is the marker of a list's item.
    var markers = Markers.none
    /// The last visible scalar before the word.
    private(set) var lead: Unicode.Scalar?

    private var previous: [Unicode.Scalar] = []
    /// The word before is a single letter with a stop.
    private(set) var followsInitial = false

    /// Before what the word is a marker.
    enum Markers {
        case none, beforeSmallLetters, all
    }

    private static let lengthLimit = 24

    var isEmpty: Bool { scalars.isEmpty }
    var count: Int { scalars.count }
    var text: String { String(String.UnicodeScalarView(scalars)) }
    var previousText: String { String(String.UnicodeScalarView(previous)) }

    mutating func append(_ scalar: Unicode.Scalar) {
        guard scalars.count < Self.lengthLimit else { return }
        switch scalar.value {
        case 0x41...0x5A:
            // The small letter lies 32 above.
            if let lower = Unicode.Scalar(scalar.value + 0x20) { scalars.append(lower) }
        case 0..<0x80: scalars.append(scalar)
        default: scalars.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
        }
    }

    /// An empty word after this one.
    func following(stop: SentenceStop?, lead: Unicode.Scalar?) -> ScannedWord {
        var word = ScannedWord()
        word.isFirst = false
        word.previous = scalars
        word.followsInitial = isLetter && stop?.kind == .full
        word.lead = lead
        return word
    }

    /// The word turns out to be the first of its sentence.
    mutating func beginSentence() {
        isFirst = true
        lead = nil
        previous = []
        followsInitial = false
    }

    // MARK: What it looks like

    var isLetter: Bool { scalars.count == 1 && scalars[0].properties.isAlphabetic }

    var isASCII: Bool { scalars.allSatisfy(\.isASCII) }

    var isNumber: Bool { !scalars.isEmpty && scalars.allSatisfy(CharacterClass.isDigit) }

    /// Letters and stops in turn, as in "u.s".
    var isAcronym: Bool {
        scalars.count >= 3 && scalars.count % 2 == 1
            && scalars.indices.allSatisfy {
                $0 % 2 == 0 ? scalars[$0].properties.isAlphabetic : scalars[$0] == "."
            }
    }

    /// A small Roman number, as in "Louis XIV.".
    var isRomanNumber: Bool {
        startsWithCapital && !scalars.isEmpty && scalars.count <= 5
            && scalars.allSatisfy { $0 == "i" || $0 == "v" || $0 == "x" }
    }

    /// A label at the start of a sentence, as in "a.", "II.", "Q1." or "1.2.".
    var isLabel: Bool {
        guard isFirst else { return lead == ":" && scalars == ["a"] && !startsWithCapital }
        return isLetter || isRomanNumber
            || scalars.count <= 5 && !isNumber && scalars.contains(where: CharacterClass.isDigit)
                && scalars.allSatisfy {
                    $0.properties.isAlphabetic || CharacterClass.isDigit($0) || $0 == "."
                }
    }

    // MARK: Lists

    /// The word with its stop as the marker of an item.
    func marker(stop: SentenceStop?) -> ListMarker? {
        guard let stop else { return ListMarker(scalars[...]) }
        guard stop.kind == .full else { return nil }
        return ListMarker((scalars + (stop.isClosed ? [".", ")"] : ["."]))[...])
    }

    /// A number after this word is no marker.
    var isBeforeNumber: Bool { Abbreviations.beforeNumbers.contains(text) }

    /// A number after the word before is no marker.
    var followsNumberWord: Bool { Abbreviations.beforeNumbers.contains(previousText) }

    /// The first item of a list within a sentence may stand here.
    var mayOpenList: Bool {
        if let lead, [",", ";", "-", "–", "—"].contains(lead) { return true }
        return Abbreviations.beforeItems.contains(previousText)
    }
}
