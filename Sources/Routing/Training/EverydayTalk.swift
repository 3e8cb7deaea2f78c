/// Patterns and words of everyday sentences for `NegativeSampler`.
///
/// A capitalized word of a pattern stands for any of its `words`.
enum EverydayTalk {
    /// What people say to one another.
    static let remarks = [
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

    /// What people ask of an assistant: the words around any wish, with one that is hardly anybody's task.
    ///
    /// No router learns from them, so that they can say what it makes of wishes that it does not know.
    static let requests = [
        "what is a NOUN", "what is the ADJECTIVE NOUN", "what is the NOUN of the PERSON",
        "what 's the oldest NOUN in the PLACE", "what are NOUN made of", "what does NOUN mean",
        "what should i do with my NOUN", "what do you know about the PLACE",
        "which NOUN is more ADJECTIVE", "who is the PERSON", "who was the first PERSON",
        "who DO the NOUN", "whose NOUN is this", "where is the NOUN", "where can i find a NOUN",
        "where can i DO a NOUN", "when is the PLACE open", "when was the NOUN made",
        "why does my NOUN not DO", "why do PERSON DO NOUN", "how do i DO a NOUN",
        "how can i DO my NOUN", "how do you DO the NOUN", "how does a NOUN DO",
        "how is a NOUN made", "how much does a NOUN cost", "how many NOUN are in the PLACE",
        "how long does a NOUN live", "how far is the PLACE", "how big is a NOUN",
        "is the PLACE open in the TIME", "is it true that NOUN DO", "is there a NOUN in the PLACE",
        "are NOUN ADJECTIVE", "are there any NOUN left", "are you a PERSON",
        "was the NOUN ADJECTIVE",
        "do you have a NOUN", "do i have to DO the NOUN", "does the PERSON DO",
        "did you DO my NOUN", "will the NOUN DO in the TIME", "can you DO the NOUN",
        "can you please DO a NOUN for me", "can i DO the NOUN at the PLACE", "can a NOUN DO",
        "could you DO my NOUN in the TIME", "would you DO a NOUN", "should i DO the NOUN",
        "may i DO your NOUN", "please DO the NOUN", "DO the NOUN", "DO my NOUN please",
        "DO a ADJECTIVE NOUN for my PERSON", "tell me about the NOUN", "tell me a NOUN",
        "show me the NOUN", "give me a NOUN", "give me the NOUN of the PLACE", "find me a NOUN",
        "get me a ADJECTIVE NOUN", "help me DO my NOUN", "let me DO the NOUN",
        "i want to DO a NOUN", "i want a NOUN", "i need a NOUN for my PERSON",
        "i need to DO the NOUN in the TIME", "i would like to DO the NOUN", "i 'd like a NOUN",
        "i have to DO my NOUN", "i have a ADJECTIVE NOUN", "i lost my NOUN at the PLACE",
        "i can not DO the NOUN", "my NOUN is ADJECTIVE", "my PERSON has a new NOUN",
        "there is a NOUN in my NOUN", "the NOUN is ADJECTIVE", "you are ADJECTIVE",
        "good TIME", "thank you", "never mind", "that is all", "not this TIME", "is that you",
    ]

    static let words = [
        "ADJECTIVE": [
            "old", "green", "quiet", "heavy", "strange", "bright", "empty", "gentle", "crooked",
            "famous", "rusty", "proud", "narrow", "wild", "lonely", "curious", "plain", "ancient",
            "soft", "noisy", "cheap", "sharp", "brave", "sour", "golden", "wooden", "lucky",
            "dusty",
        ],
        "NOUN": [
            "river", "clock", "tree", "lamp", "stone", "bird", "ship", "cloud", "bridge",
            "mountain", "letter", "garden", "horse", "window", "island", "wheel", "statue",
            "candle", "forest", "planet", "painting", "story", "engine", "shadow", "mirror",
            "feather", "castle", "whale", "violin", "volcano", "fence", "kettle", "carpet",
            "bicycle", "chicken", "potato", "sofa", "button", "ladder", "wallet", "tooth", "knee",
            "sweater", "tomato", "hammer", "tent", "joke", "dinosaur", "balloon", "pencil", "oven",
            "puppy", "sandwich", "bottle", "passport", "haircut", "beard", "roof", "bathtub",
            "rabbit",
        ],
        "VERB": [
            "sleeps", "shines", "falls", "waits", "sings", "disappeared", "moved", "broke", "grew",
            "returned", "laughed", "floats", "trembled", "vanished", "whispers", "burned", "turned",
            "fell apart",
        ],
        "DO": [
            "paint", "carry", "wash", "climb", "borrow", "draw", "plant", "sew", "dig", "knit",
            "polish", "hang", "fold", "swim", "bake", "peel", "tie", "feed", "catch", "throw",
            "hide", "break", "bend", "melt", "ride", "taste", "lift", "glue", "bury", "smell",
        ],
        "PERSON": [
            "neighbour", "uncle", "teacher", "captain", "grandmother", "painter", "stranger",
            "farmer", "sister", "poet", "king", "sailor", "baker", "cousin", "mayor", "president",
            "dentist", "pirate",
        ],
        "PLACE": [
            "harbour", "market", "village", "station", "museum", "lake", "tower", "valley", "beach",
            "church", "border", "square", "theatre", "hill", "moon", "zoo", "bakery", "capital",
        ],
        "TIME": [
            "morning", "winter", "evening", "week", "night", "summer", "autumn", "century",
            "afternoon", "spring",
        ],
    ]
}
