/// Reads a text scalar by scalar and says where sentences begin; the one state machine behind both splitters.
///
/// A sentence ends
/// - after `.`, `!`, `?` and their relatives in other scripts, with closing quotes, brackets and emoji, before white space;
/// - after the stops of scripts without spaces (`。`, `！`, `？`), at once;
/// - before the next number of a list that runs within a line (`1. Wash it 2. Dry it`);
/// - at a line's end, unless the next line goes on with a small letter;
/// - before and after a fenced block of code.
///
/// It does not end inside decimals, versions, addresses, inline code and quotations, after abbreviations, initials,
/// ordinals and the markers of lists, nor after an ellipsis that a small letter follows. White space belongs to the
/// sentence before it.
///
/// Most ends are known when the next visible character is seen; where a stop is in doubt ("the U.S. Then", "the U.S.
/// Army") the whole next word decides, so nothing is open for longer than `NextWord` is long.
struct SentenceScanner {
    private var word = ScannedWord()
    private var sawWord = false
    private var candidate: NextWord?

    private var stop: SentenceStop?
    private var quotation = Quotation()
    /// The last item of a list in this line.
    private var item: ListMarker?

    private var newlineCount = 0
    private var sawSpace = false
    private var last: Unicode.Scalar?
    private var code = CodeFence()
    private var inlineCode = false

    /// Takes the next scalar.
    ///
    /// - Returns: how many scalars a new sentence has by now, this one included, if one has been found to begin.
    mutating func take(_ scalar: Unicode.Scalar) -> Int? {
        if CharacterClass.isNewline(scalar) {
            let length = settle(before: scalar)
            takeNewline(scalar)
            return length
        }
        if scalar.properties.isWhitespace {
            let length = settle(before: scalar)
            takeSpace()
            return length
        }
        if candidate != nil { return takeCandidate(scalar) }
        var length: Int?
        switch code.isOpen ? .goesOn : verdict(before: scalar) {
        case .goesOn: break
        case .ends:
            beginSentence()
            length = 1
        case .depends(let question):
            candidate = NextWord(asked: question, first: scalar)
        }
        takeVisible(scalar)
        return length
    }

    /// Ends the text; the scalars of a last sentence if one has been found to begin.
    mutating func finish() -> Int? {
        defer { self = SentenceScanner() }
        return candidate.flatMap { $0.beginsSentence ? $0.length : nil }
    }

    // MARK: Words that decide

    private mutating func takeCandidate(_ scalar: Unicode.Scalar) -> Int? {
        if CharacterClass.stop(scalar) == .unspaced {
            let length = settle(before: scalar)
            takeVisible(scalar)
            return length
        }
        candidate?.append(scalar)
        takeVisible(scalar)
        guard let full = candidate, full.isFull else { return nil }
        return settle(before: nil)
    }

    /// Decides whether the word that has been read begins a sentence.
    private mutating func settle(before scalar: Unicode.Scalar?) -> Int? {
        guard let asked = candidate else { return nil }
        candidate = nil
        guard asked.beginsSentence else { return nil }
        word.beginSentence()
        return asked.length + (scalar == nil ? 0 : 1)
    }

    private mutating func beginSentence() {
        word = ScannedWord()
        sawWord = false
        stop = nil
        code.hasEnded = false
    }

    // MARK: Where sentences begin

    private func verdict(before scalar: Unicode.Scalar) -> SentenceVerdict {
        guard last != nil else { return .goesOn }
        if code.hasEnded { return newlineCount > 0 ? .ends : .goesOn }
        if inlineCode { return .goesOn }
        if newlineCount > 1 { return .ends }
        if newlineCount == 1, !(scalar.properties.isLowercase && stop == nil) { return .ends }
        if quotation.isOpen { return .goesOn }
        guard sawSpace || newlineCount > 0 else {
            return stop?.endsUnspaced(before: scalar) == true ? .ends : .goesOn
        }
        guard !CharacterClass.isTrailing(scalar) else { return .goesOn }
        let verdict = stop?.verdict(after: word, before: scalar) ?? .goesOn
        if case .ends = verdict { return .ends }
        guard let next = item?.next, next.mayBegin(with: scalar), !word.isBeforeNumber, last != ","
        else { return verdict }
        return .depends(.isMarker(next))
    }

    // MARK: Reading

    private mutating func takeNewline(_ scalar: Unicode.Scalar) {
        // A carriage return and a line feed are one line's end.
        if !(scalar == "\n" && last == "\r" && code.lineIsBlank) { newlineCount += 1 }
        code.takeNewline()
        inlineCode = false
        quotation = Quotation()
        item = nil
        if last != nil { last = scalar }
    }

    private mutating func takeSpace() {
        if !sawSpace, newlineCount == 0 { takeWordEnd() }
        sawSpace = true
        quotation.takeSpace()
        code.takeSpace()
    }

    /// Notes the marker of an item; one that may be a mere number too is one before a small letter.
    private mutating func takeWordEnd() {
        guard let marker = word.marker(stop: stop) else { return }
        let isNext = marker == item?.next
        if word.isFirst || word.lead == ":" || isNext && !word.followsNumberWord {
            word.markers = .all
        } else if isNext || marker.number == 1 && word.mayOpenList {
            word.markers = .beforeSmallLetters
        } else {
            return
        }
        item = marker
    }

    private mutating func takeVisible(_ scalar: Unicode.Scalar) {
        let startsWord = sawSpace || newlineCount > 0 || last == nil
        let lead = last
        if code.take(scalar) { inlineCode = false }
        defer {
            sawSpace = false
            newlineCount = 0
            last = scalar
        }
        guard !code.isOpen else { return }
        if scalar == "`" { inlineCode.toggle() }
        if !inlineCode {
            quotation.take(
                scalar, isSpaced: startsWord,
                startsWord: startsWord || lead.map(Self.precedesWord) ?? true)
        }
        if !inlineCode, let kind = CharacterClass.stop(scalar) {
            takeStop(kind, isSpaced: startsWord)
        } else if stop != nil, CharacterClass.isPictograph(scalar) {
            return
        } else if stop != nil, CharacterClass.isCloser(scalar),
            !startsWord || !CharacterClass.isOpener(scalar)
        {
            stop?.isClosed = true
        } else {
            takeWordPart(scalar, startsWord: startsWord, lead: lead)
        }
    }

    /// Punctuation after which a quotation may begin without a space.
    private static func precedesWord(_ scalar: Unicode.Scalar) -> Bool {
        !scalar.properties.isAlphabetic && !CharacterClass.isDigit(scalar)
            && CharacterClass.stop(scalar) == nil && !CharacterClass.isPictograph(scalar)
    }

    private mutating func takeStop(_ kind: SentenceStop.Kind, isSpaced: Bool) {
        if isSpaced, stop == nil { word = word.following(stop: nil, lead: last) }
        guard let previous = stop else {
            stop = SentenceStop(kind: kind)
            return
        }
        if previous.kind == .full, kind == .full {
            stop = SentenceStop(kind: .ellipsis)
        } else if kind != .full {
            stop = SentenceStop(kind: kind)
        }
    }

    private mutating func takeWordPart(
        _ scalar: Unicode.Scalar, startsWord: Bool, lead: Unicode.Scalar?
    ) {
        let isOpener = CharacterClass.isOpener(scalar)
        if startsWord || (word.isEmpty && stop == nil) {
            if startsWord { word = word.following(stop: stop, lead: lead) }
            if !isOpener {
                word.isFirst = !sawWord
                sawWord = true
                word.startsWithCapital = scalar.properties.isUppercase
            }
        } else if let stop, stop.kind == .full {
            word.append(".")
        }
        stop = nil
        if !isOpener { word.append(scalar) }
    }
}
