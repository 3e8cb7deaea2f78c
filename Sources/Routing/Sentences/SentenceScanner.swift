/// Reads a text scalar by scalar and says where sentences begin; the one state machine behind both splitters.
///
/// A sentence ends
/// - after `.`, `!`, `?` and their relatives in other scripts, with closing quotes and brackets, before white space;
/// - after the stops of scripts without spaces (`。`, `！`, `？`), at once;
/// - at a line's end, unless the next line goes on with a small letter;
/// - before and after a fenced block of code.
///
/// It does not end inside decimals, versions, addresses and inline code, after abbreviations, initials and the markers of
/// lists, nor after an ellipsis that a small letter follows. White space belongs to the sentence before it.
///
/// What is decided is decided when the next visible character is seen, and only from what came before it. Acronyms before
/// a capital ("the U.S. Army") do not end a sentence, since nothing tells the two cases apart.
struct SentenceScanner {
    /// The last word, lowercased, without the stop after it; cut at `wordLimit`.
    private var word: [Unicode.Scalar] = []
    private var wordStartsWithCapital = false
    private var wordIsFirst = true
    private var sawWord = false

    private var stop: Stop?
    private var newlineCount = 0
    private var sawSpace = false
    private var last: Unicode.Scalar?

    private var line = Line()
    private var inlineCode = false
    private var fence: Unicode.Scalar?
    private var fenceEnded = false

    private static let wordLimit = 24

    /// What ended the last word, if it may have ended the sentence.
    private struct Stop {
        var kind: SentenceStop
        /// A quote or bracket followed.
        var isClosed = false
    }

    /// What of the line has been read.
    private struct Line {
        var isBlank = true
        /// The run of fence marks that the line begins with.
        var fenceMark: Unicode.Scalar?
        var fenceLength = 0
        var fenceIsOpen = true
    }

    /// Takes the next scalar; true if a new sentence begins with it.
    mutating func begins(with scalar: Unicode.Scalar) -> Bool {
        if CharacterClass.isNewline(scalar) {
            takeNewline(scalar)
            return false
        }
        if scalar.properties.isWhitespace {
            takeSpace()
            return false
        }
        let isBeginning = fence == nil && isBoundary(before: scalar)
        if isBeginning { reset() }
        take(scalar)
        return isBeginning
    }

    // MARK: Where sentences begin

    private func isBoundary(before scalar: Unicode.Scalar) -> Bool {
        guard last != nil else { return false }
        if fenceEnded { return newlineCount > 0 }
        if inlineCode { return false }
        if newlineCount > 1 { return true }
        if newlineCount == 1, !(scalar.properties.isLowercase && stop == nil) { return true }
        guard let stop else { return false }
        if stop.kind == .unspaced { return sawSpace || !CharacterClass.isCloser(scalar) }
        guard sawSpace || newlineCount > 0 else { return false }
        switch stop.kind {
        case .strong: return !(stop.isClosed && scalar.properties.isLowercase)
        case .ellipsis: return !scalar.properties.isLowercase
        default: return isBoundaryAfterFullStop(stop, before: scalar)
        }
    }

    private func isBoundaryAfterFullStop(_ stop: Stop, before scalar: Unicode.Scalar) -> Bool {
        let isLowercase = scalar.properties.isLowercase
        if stop.isClosed { return !isLowercase }
        if wordIsFirst, isMarker { return false }
        let text = String(String.UnicodeScalarView(word))
        if Abbreviations.titles.contains(text) || Abbreviations.introducing.contains(text) {
            return false
        }
        if Abbreviations.counting.contains(text) {
            return !CharacterClass.isDigit(scalar) && (!isLowercase || text == "no")
        }
        if Abbreviations.anywhere.contains(text) {
            return !isLowercase && !CharacterClass.isDigit(scalar)
        }
        if word.count == 1, wordStartsWithCapital { return false }
        if isAcronym { return false }
        return true
    }

    /// A number or a single letter, as in "1." or "b)" at the start of an item.
    private var isMarker: Bool {
        !word.isEmpty
            && (word.count == 1 && word[0].properties.isAlphabetic
                || word.count <= 3 && word.allSatisfy(CharacterClass.isDigit))
    }

    /// Letters and stops in turn, as in "u.s".
    private var isAcronym: Bool {
        word.count >= 3 && word.count % 2 == 1
            && word.indices.allSatisfy {
                $0 % 2 == 0 ? word[$0].properties.isAlphabetic : word[$0] == "."
            }
    }

    private mutating func reset() {
        word = []
        wordIsFirst = true
        sawWord = false
        stop = nil
        fenceEnded = false
    }

    // MARK: Reading

    private mutating func takeNewline(_ scalar: Unicode.Scalar) {
        // A carriage return and a line feed are one line's end.
        if !(scalar == "\n" && last == "\r" && line.isBlank) { newlineCount += 1 }
        endFence()
        line = Line()
        inlineCode = false
        if last != nil { last = scalar }
    }

    private mutating func takeSpace() {
        sawSpace = true
        line.fenceIsOpen = line.fenceIsOpen && line.isBlank
    }

    private mutating func take(_ scalar: Unicode.Scalar) {
        let startsWord = sawSpace || newlineCount > 0 || last == nil
        takeFenceMark(scalar)
        line.isBlank = false
        defer {
            sawSpace = false
            newlineCount = 0
            last = scalar
        }
        guard fence == nil else { return }
        if scalar == "`" { inlineCode.toggle() }
        if !inlineCode, let kind = CharacterClass.stop(scalar) {
            takeStop(kind, scalar)
        } else if stop != nil, !startsWord, CharacterClass.isCloser(scalar) {
            stop?.isClosed = true
        } else {
            takeWordPart(scalar, startsWord: startsWord)
        }
    }

    private mutating func takeStop(_ kind: SentenceStop, _ scalar: Unicode.Scalar) {
        guard let previous = stop, !sawSpace, newlineCount == 0 else {
            if sawSpace || newlineCount > 0 { word = [] }
            stop = Stop(kind: kind)
            return
        }
        if previous.kind == .full, kind == .full {
            stop = Stop(kind: .ellipsis)
        } else if kind != .full {
            stop = Stop(kind: kind)
        }
    }

    private mutating func takeWordPart(_ scalar: Unicode.Scalar, startsWord: Bool) {
        let isOpener = CharacterClass.isOpener(scalar)
        if startsWord || (word.isEmpty && stop == nil) {
            if startsWord { word = [] }
            if !isOpener {
                wordIsFirst = !sawWord
                sawWord = true
                wordStartsWithCapital = scalar.properties.isUppercase
            }
        } else if let stop, stop.kind == .full, word.count < Self.wordLimit {
            word.append(".")
        }
        stop = nil
        guard !isOpener, word.count < Self.wordLimit else { return }
        word.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
    }

    /// Three marks or more at the start of a line open a block of code; as many alone close it.
    private mutating func takeFenceMark(_ scalar: Unicode.Scalar) {
        guard line.fenceIsOpen, scalar == "`" || scalar == "~",
            line.isBlank || line.fenceMark == scalar
        else {
            line.fenceIsOpen = false
            line.fenceMark = nil
            return
        }
        line.fenceMark = scalar
        line.fenceLength += 1
        if line.fenceLength == 3, fence == nil {
            fence = scalar
            line.fenceMark = nil
            line.fenceIsOpen = false
            inlineCode = false
        }
    }

    /// At the end of a line that holds nothing but the mark that opened the block.
    private mutating func endFence() {
        guard let mark = fence, line.fenceMark == mark, line.fenceLength >= 3 else { return }
        fence = nil
        fenceEnded = true
    }
}
