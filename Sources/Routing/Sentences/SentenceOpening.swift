/// The words at which a doubtful full stop is known to have ended a sentence.
enum SentenceOpening {
    /// Frequent first words that are hardly ever names, lowercased, as Punkt's sentence starters (Kiss and Strunk 2006).
    static let words: Set<String> = [
        // English
        "a", "after", "all", "also", "although", "an", "and", "are", "as", "at", "because",
        "before", "both", "but", "can", "could", "did", "do", "does", "don", "each", "every",
        "everyone", "explain", "finally", "find", "first", "for", "from", "give", "he", "her",
        "here", "his", "how", "however", "i", "if", "in", "is", "it", "its", "let", "make", "many",
        "mine", "most", "my", "next", "nobody", "not", "now", "on", "once", "one", "our", "please",
        "put", "she", "show", "since", "some", "such", "take", "tell", "thank", "thanks", "that",
        "the", "their", "then", "there", "therefore", "these", "they", "this", "those", "though",
        "thus", "use", "was", "we", "were", "what", "when", "where", "which", "while", "why",
        "with", "write", "yes", "you", "your",
        // German
        "aber", "bitte", "danach", "dann", "das", "dem", "den", "der", "die", "dies", "diese",
        "dieser", "ein", "eine", "er", "es", "heute", "hier", "ich", "ihr", "jetzt", "mein", "nun",
        "oder", "sie", "und", "warum", "wenn", "wer", "wie", "wir", "wo",
        // French and Spanish
        "alors", "ce", "cette", "dans", "elle", "elles", "il", "ils", "je", "les", "mais", "nous",
        "puis", "une", "vous", "el", "él", "ella", "entonces", "las", "los", "luego", "pero",
    ]

    /// Names of months: a number with a stop before one of them is an ordinal.
    static let months: Set<String> = [
        "januar", "jänner", "februar", "märz", "april", "mai", "juni", "juli", "august",
        "september", "oktober", "november", "dezember", "january", "february", "march", "may",
        "june", "july", "october", "december",
    ]
}
