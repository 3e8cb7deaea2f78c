/// Words that end in a full stop without ending a sentence, by what may follow them.
enum Abbreviations {
    /// Names follow: the end of a sentence only before a word of `SentenceOpening.words`.
    static let titles: Set<String> = [
        "mr", "mrs", "ms", "mx", "dr", "prof", "st", "gen", "col", "maj", "sgt", "capt", "cmdr",
        "lt", "rev", "hon", "gov", "sen", "rep", "pres", "fr", "mt", "messrs", "mme", "mlle", "mm",
        "hr", "frl", "sr", "sra", "srta", "dra",
    ]

    /// Something is being introduced or counted: the end of a sentence in no case.
    static let introducing: Set<String> = [
        "e.g", "i.e", "eg", "ie", "cf", "vs", "viz", "approx", "ca", "resp", "incl", "esp", "z.b",
        "d.h", "u.a", "i.d.r", "bspw", "sog", "vgl", "inkl", "zzgl", "ggf", "evtl", "med", "p.ex",
        "p.ej", "c.-à-d", "aprox", "ee",
    ]

    /// A number or a letter may follow: no end before a digit, nor before a capital that opens no sentence.
    static let counting: Set<String> = [
        "no", "nos", "nr", "vol", "vols", "fig", "figs", "eq", "eqs", "sec", "ch", "chap", "pp",
        "p", "pt", "op", "ver", "v", "tab", "ref", "abb", "kap", "bd", "art", "abs", "núm", "pág",
        "págs", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec",
        "okt", "dez", "av", "avda",
    ]

    /// May stand in the middle or at the end: no end before a small letter or a digit.
    static let anywhere: Set<String> = [
        "etc", "dept", "est", "avg", "ave", "blvd", "rd", "a.m", "p.m", "b.c", "a.d", "ph.d",
        "m.d", "b.a", "m.a", "b.sc", "m.sc", "usw", "bzw", "str", "hauptstr", "ft", "oz", "lb",
        "lbs", "hrs", "min", "mins", "secs", "tbsp", "tsp", "bn", "mio", "mrd", "tel", "ext", "eds",
        "univ", "assn", "ud", "uds", "uu",
    ]

    /// Belong to a name, of which more may follow: the end before a word of `SentenceOpening.words` alone.
    static let naming: Set<String> = [
        "al", "inc", "ltd", "co", "corp", "llc", "bros", "jr",
    ]

    /// Things that are called by a letter, which ends their sentence as any word does.
    static let labelled: Set<String> = [
        "answer", "appendix", "block", "building", "case", "category", "choice", "class", "column",
        "drive", "exhibit", "figure", "gate", "grade", "group", "hepatitis", "item", "key",
        "letter",
        "level", "marked", "model", "note", "option", "part", "plan", "point", "question", "room",
        "row", "scenario", "section", "set", "size", "step", "table", "team", "type", "variant",
        "version", "vitamin",
    ]

    /// A number with a stop after one of these is an ordinal, as in German dates.
    static let beforeOrdinals: Set<String> = [
        "am", "im", "vom", "zum", "zur", "beim", "ab", "bis", "seit", "der", "die", "das", "den",
        "dem", "des", "jeder", "jede", "jedes", "jeden", "the",
    ]

    /// A number after one of these is no marker of a list ("multiply it by 2.").
    static let beforeNumbers: Set<String> = [
        "by", "to", "of", "and", "or", "than", "is", "are", "at", "in", "for", "with", "from",
        "add", "plus", "minus", "times", "step", "option", "number", "page", "question", "chapter",
        "part", "figure", "table", "least", "most", "about",
    ]

    /// After one of these the number one before a small letter opens a list within the sentence.
    static let beforeItems: Set<String> = [
        "to", "and", "or", "should", "must", "can", "will", "please", "then", "either",
    ]
}
