extension Text {
    var uppercased: Text { mapScalars { scalar, _ in scalar.properties.uppercaseMapping } }

    var lowercased: Text { mapScalars { lowercase($0, at: $1) } }

    /// Python's `str.casefold`, but for the characters whose folding is not their lowercase or expands.
    var casefolded: Text {
        mapScalars { scalar, _ in
            switch scalar {
            case "ß", "ẞ": "ss"
            case "ς": "σ"
            default: scalar.properties.lowercaseMapping
            }
        }
    }

    /// Python's `str.capitalize`.
    var capitalized: Text {
        mapScalars { scalar, offset in
            offset == 0 ? scalar.properties.titlecaseMapping : lowercase(scalar, at: offset)
        }
    }

    /// Python's `str.title`: a letter is capital unless one precedes it.
    var titlecased: Text {
        var isInWord = false
        return mapScalars { scalar, offset in
            defer { isInWord = scalar.properties.isCased }
            return isInWord ? lowercase(scalar, at: offset) : scalar.properties.titlecaseMapping
        }
    }

    var swappedCase: Text {
        mapScalars { scalar, offset in
            if scalar.properties.isUppercase { return lowercase(scalar, at: offset) }
            if scalar.properties.isLowercase { return scalar.properties.uppercaseMapping }
            return String(scalar)
        }
    }

    /// The lowercase of a scalar, with the form of sigma that ends a word.
    private func lowercase(_ scalar: Unicode.Scalar, at offset: Int) -> String {
        guard scalar == "Σ" else { return scalar.properties.lowercaseMapping }
        var before = offset
        var hasLetterBefore = false
        while before > 0 {
            before = scalarStart(before: before)
            let properties = self.scalar(at: before).value.properties
            guard properties.isCaseIgnorable else {
                hasLetterBefore = properties.isCased
                break
            }
        }
        var after = self.scalar(at: offset).end
        while hasLetterBefore, after < bytes.count {
            let next = self.scalar(at: after)
            guard next.value.properties.isCaseIgnorable else {
                return next.value.properties.isCased ? "σ" : "ς"
            }
            after = next.end
        }
        return hasLetterBefore ? "ς" : "σ"
    }

    // MARK: Questions

    /// Whether there are scalars and all of them pass.
    func all(_ test: (Unicode.Scalar) -> Bool) -> Bool {
        !isEmpty && string.unicodeScalars.allSatisfy(test)
    }

    /// Python's `islower`: a cased character, and none that is capital.
    var isLowercase: Bool {
        let scalars = string.unicodeScalars
        return scalars.contains { $0.properties.isLowercase }
            && !scalars.contains { $0.properties.isUppercase || $0.isTitlecase }
    }

    var isUppercase: Bool {
        let scalars = string.unicodeScalars
        return scalars.contains { $0.properties.isUppercase }
            && !scalars.contains { $0.properties.isLowercase || $0.isTitlecase }
    }

    /// Python's `istitle`.
    var isTitlecase: Bool {
        var isInWord = false
        var hasWord = false
        for scalar in string.unicodeScalars {
            if scalar.properties.isUppercase || scalar.isTitlecase {
                if isInWord { return false }
                isInWord = true
                hasWord = true
            } else if scalar.properties.isLowercase {
                if !isInWord { return false }
            } else {
                isInWord = false
            }
        }
        return hasWord
    }
}

extension Unicode.Scalar {
    fileprivate var isTitlecase: Bool { properties.generalCategory == .titlecaseLetter }

    /// Python's `isalpha`.
    var isPythonLetter: Bool {
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
            true
        default: false
        }
    }

    /// Python's `isdecimal`.
    var isPythonDecimal: Bool { properties.generalCategory == .decimalNumber }

    /// Python's `isdigit`.
    var isPythonDigit: Bool {
        properties.numericType == .decimal || properties.numericType == .digit
    }

    /// Python's `isprintable`.
    var isPythonPrintable: Bool {
        switch properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
            .paragraphSeparator:
            false
        case .spaceSeparator: self == " "
        default: true
        }
    }
}
