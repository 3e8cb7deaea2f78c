/// What may have ended a sentence.
struct SentenceStop {
    enum Kind {
        /// A full stop, which may also mark an abbreviation.
        case full
        /// A mark that ends a sentence before white space.
        case strong
        /// Dots that end a sentence unless a small letter follows.
        case ellipsis
        /// A stop of a script without spaces.
        case unspaced
    }

    let kind: Kind
    /// A quote or bracket followed.
    var isClosed = false
}

extension SentenceStop {
    /// Whether the stop ends a sentence before a visible scalar without white space between them.
    func endsUnspaced(before scalar: Unicode.Scalar) -> Bool {
        guard kind == .unspaced, CharacterClass.stop(scalar) == nil,
            !CharacterClass.isPictograph(scalar)
        else { return false }
        // Japanese goes on after a quotation: 「はい。」と言った。
        if isClosed, scalar == "と" { return false }
        return !CharacterClass.isCloser(scalar)
            || !scalar.isASCII && CharacterClass.isOpener(scalar)
    }

    /// Whether the stop ends a sentence before a visible scalar after white space.
    func verdict(after word: ScannedWord, before scalar: Unicode.Scalar) -> SentenceVerdict {
        switch kind {
        case .unspaced: .ends
        case .strong: isClosed ? Self.unlessLowercase(scalar) : .ends
        case .ellipsis: Self.unlessLowercase(scalar)
        case .full: fullStop(after: word, before: NextScalar(scalar))
        }
    }

    private static func unlessLowercase(_ scalar: Unicode.Scalar) -> SentenceVerdict {
        if scalar.properties.isLowercase { return .goesOn }
        return CharacterClass.isOpener(scalar) ? .depends(.isNotLowercase) : .ends
    }

    /// What a full stop's rules ask of the scalar after it.
    private struct NextScalar {
        let scalar: Unicode.Scalar
        let isLowercase, isUppercase, isDigit, isBracket: Bool

        init(_ scalar: Unicode.Scalar) {
            self.scalar = scalar
            isLowercase = scalar.properties.isLowercase
            isUppercase = scalar.properties.isUppercase
            isDigit = CharacterClass.isDigit(scalar)
            isBracket = scalar == "(" || scalar == "["
        }
    }

    private func fullStop(after word: ScannedWord, before next: NextScalar) -> SentenceVerdict {
        if word.markers == .all || word.markers == .beforeSmallLetters && next.isLowercase {
            return .goesOn
        }
        if !isClosed, word.isLabel { return .goesOn }
        let text = word.text
        if Abbreviations.titles.contains(text) { return .depends(.opensSentence) }
        if Abbreviations.introducing.contains(text) {
            return isClosed ? .depends(.opensSentence) : .goesOn
        }
        if isClosed { return Self.unlessLowercase(next.scalar) }
        return abbreviation(word, text, before: next) ?? shortWord(word, before: next)
            ?? number(word, before: next) ?? .ends
    }

    private func abbreviation(
        _ word: ScannedWord, _ text: String, before next: NextScalar
    ) -> SentenceVerdict? {
        if Abbreviations.counting.contains(text) {
            if next.isDigit || next.isLowercase && text != "no" { return .goesOn }
            // Many are words too: "Fig. A", but "a fig. Count".
            return (next.isUppercase && word.startsWithCapital || next.isBracket) && text != "no"
                ? .depends(.opensSentence) : .ends
        }
        if Abbreviations.naming.contains(text) {
            return next.isLowercase || next.isDigit ? .goesOn : .depends(.opensSentence)
        }
        if Abbreviations.anywhere.contains(text) {
            if next.isLowercase || next.isDigit { return .goesOn }
            return next.isBracket ? .depends(.opensSentence) : .ends
        }
        return nil
    }

    /// Initials, acronyms and what follows them.
    private func shortWord(_ word: ScannedWord, before next: NextScalar) -> SentenceVerdict? {
        if word.isLetter {
            if Abbreviations.labelled.contains(word.previousText) { return .ends }
            if word.startsWithCapital {
                return next.isLowercase || next.isDigit ? .goesOn : .depends(.opensSentence)
            }
            if next.isDigit || next.isLowercase && !word.isASCII { return .goesOn }
            return .depends(word.followsInitial ? .opensSentence : .isNoInitial)
        }
        if word.followsInitial, word.count <= 3, next.isLowercase || next.isDigit { return .goesOn }
        if word.isAcronym {
            return next.isLowercase || next.isDigit ? .goesOn : .depends(.opensSentence)
        }
        return word.isRomanNumber && next.isLowercase ? .goesOn : nil
    }

    /// Ordinals.
    private func number(_ word: ScannedWord, before next: NextScalar) -> SentenceVerdict? {
        guard word.isNumber, word.count <= 2 else { return nil }
        if Abbreviations.beforeOrdinals.contains(word.previousText) {
            return next.isLowercase ? .goesOn : .depends(.opensSentence)
        }
        return next.isUppercase ? .depends(.isNoMonth) : nil
    }
}
