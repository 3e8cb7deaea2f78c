/// The word after a full stop that decides whether the stop ended a sentence, as far as it has been read.
struct NextWord {
    /// What the word is asked.
    enum Question {
        /// It has a capital and is one of `SentenceOpening.words`.
        case opensSentence
        /// Its first letter is no small one.
        case isNotLowercase
        /// It is no name of a month.
        case isNoMonth
        /// It is no single letter with a stop, as in "z. B.".
        case isNoInitial
        /// It is the marker of a list's next item.
        case isMarker(ListMarker)
    }

    private let question: Question
    private var scalars: [Unicode.Scalar]

    /// Longer words answer by their beginning.
    private static let lengthLimit = 16

    init(asked question: Question, first: Unicode.Scalar) {
        self.question = question
        scalars = [first]
    }

    /// Scalars that have been read.
    var length: Int { scalars.count }

    var isFull: Bool { scalars.count >= Self.lengthLimit }

    mutating func append(_ scalar: Unicode.Scalar) {
        scalars.append(scalar)
    }

    /// The answer: true if a sentence begins with the word.
    var beginsSentence: Bool {
        let visible = scalars.drop(while: CharacterClass.isOpener)
        let letters = visible.prefix { $0.properties.isAlphabetic }
        let isCapitalized = letters.first?.properties.isUppercase ?? false
        let isInitial = letters.count == 1 && visible.dropFirst().first == "."
        let word = String(String.UnicodeScalarView(letters)).lowercased()
        return switch question {
        case .opensSentence:
            isCapitalized && !isInitial && SentenceOpening.words.contains(word)
        case .isNotLowercase: !(visible.first?.properties.isLowercase ?? false)
        case .isNoMonth: !SentenceOpening.months.contains(word)
        case .isNoInitial: !isInitial
        case .isMarker(let marker): ListMarker(scalars[...]) == marker
        }
    }
}
