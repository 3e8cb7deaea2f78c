/// Words that end in a full stop without ending a sentence, by what may follow them.
enum Abbreviations {
    /// Names follow: never the end of a sentence.
    static let titles: Set<String> = [
        "mr", "mrs", "ms", "mx", "dr", "prof", "st", "gen", "col", "maj", "sgt", "capt", "cmdr",
        "lt", "rev", "hon",
        "gov", "sen", "rep", "pres", "fr", "mt", "messrs", "mme", "mlle",
    ]

    /// Something is being introduced or counted: the end of a sentence in no case.
    static let introducing: Set<String> = [
        "e.g", "i.e", "eg", "ie", "cf", "vs", "viz", "approx", "ca", "resp", "incl", "esp", "z.b",
        "d.h", "u.a",
    ]

    /// A number may follow: no end before a digit.
    static let counting: Set<String> = [
        "no", "nos", "nr", "vol", "vols", "fig", "figs", "eq", "eqs", "sec", "ch", "chap", "pp",
        "p", "pt", "op",
        "ver", "v", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov",
        "dec",
    ]

    /// May stand in the middle or at the end: no end before a small letter or a digit.
    static let anywhere: Set<String> = [
        "etc", "al", "inc", "ltd", "co", "corp", "llc", "jr", "sr", "dept", "est", "avg", "ave",
        "blvd",
        "rd", "a.m", "p.m", "b.c", "a.d", "ph.d", "m.d", "b.a", "m.a", "b.sc", "m.sc", "usw", "bzw",
        "ft", "oz", "lb", "lbs", "hrs", "mins", "secs", "tel", "ext", "eds", "univ", "assn", "bros",
    ]
}
