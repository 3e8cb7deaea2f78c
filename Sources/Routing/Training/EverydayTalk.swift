/// Patterns and words of everyday sentences for `NegativeSampler`.
///
/// A capitalized word of a pattern stands for any of its `words`.
enum EverydayTalk {
    static let patterns = [
        "the ADJECTIVE NOUN VERB near the PLACE", "a NOUN VERB and the NOUN VERB too",
        "my PERSON VERB when the NOUN VERB", "PERSON said that the NOUN is ADJECTIVE",
        "i think the NOUN looks ADJECTIVE today", "we saw a ADJECTIVE NOUN at the PLACE",
        "why is the NOUN so ADJECTIVE", "who left the NOUN at the PLACE",
        "do you believe that NOUN VERB", "is a NOUN more ADJECTIVE than a NOUN",
        "nobody knows why my PERSON VERB", "last TIME we walked to the PLACE",
        "every TIME the NOUN VERB", "it was a ADJECTIVE TIME at the PLACE",
        "thanks , that is very ADJECTIVE", "hello there , how are you this TIME",
        "well , my PERSON would call that ADJECTIVE", "i never liked the PLACE",
        "the PERSON and the NOUN VERB", "how old is the oldest NOUN",
        "what does a NOUN sound like", "when did the first NOUN reach the PLACE",
        "where do NOUN and NOUN come from", "in the TIME the PLACE is ADJECTIVE",
    ]

    static let words = [
        "ADJECTIVE": [
            "old", "green", "quiet", "heavy", "strange", "bright", "empty", "gentle", "crooked",
            "famous",
            "rusty", "proud", "narrow", "wild", "lonely", "curious", "plain", "ancient", "soft",
            "noisy",
        ],
        "NOUN": [
            "river", "clock", "tree", "lamp", "stone", "bird", "ship", "cloud", "bridge",
            "mountain",
            "letter", "garden", "horse", "window", "island", "wheel", "statue", "candle", "forest",
            "planet",
            "painting", "story", "engine", "shadow", "mirror", "feather", "castle", "whale",
            "violin", "volcano",
        ],
        "VERB": [
            "sleeps", "shines", "falls", "waits", "sings", "disappeared", "moved", "broke", "grew",
            "returned",
            "laughed", "floats", "trembled", "vanished", "whispers", "burned", "turned",
            "fell apart",
        ],
        "PERSON": [
            "neighbour", "uncle", "teacher", "captain", "grandmother", "painter", "stranger",
            "farmer", "sister",
            "poet", "king", "sailor", "baker", "cousin", "mayor",
        ],
        "PLACE": [
            "harbour", "market", "village", "station", "museum", "lake", "tower", "valley", "beach",
            "church",
            "border", "square", "theatre", "hill", "moon",
        ],
        "TIME": [
            "morning", "winter", "evening", "week", "night", "summer", "autumn", "century",
            "afternoon", "spring",
        ],
    ]
}
