extension PreTokenizer {
    /// What llama.cpp does with the text of a byte-level vocabulary.
    struct GGUFRule {
        let steps: [Step]
        /// Whether a word that is a token stays whole, and whether a text begins with the token for it by default.
        var ignoresMerges = false
    }

    /// The rule for a name of `tokenizer.ggml.pre`; nil for names that are not known.
    ///
    /// Source of the names and expressions: `llama-vocab.cpp` of llama.cpp, whose engine has no case folding, and letters
    /// that have no case count as both there.
    static func rule(namedInGGUF name: String) -> GGUFRule? {
        switch name {
        case "gpt-2", "phi-2", "mpt", "olmo", "jais", "jina-es", "jina-de", "jina-v2-es",
            "jina-v2-de", "gigachat", "a.x-4.0", "mellum", "modern-bert", "trillion",
            "granite-docling", "exaone4":
            GGUFRule(steps: [.pattern(.gpt2)])
        case "llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral", "midm-2.0",
            "lfm2":
            GGUFRule(steps: [.pattern(.llama3.asInLlamaCPP)], ignoresMerges: true)
        case "dbrx", "smaug-bpe", "glm4", "chatglm-bpe":
            GGUFRule(steps: [.pattern(.llama3.asInLlamaCPP)])
        case "qwen2", "deepseek-r1-qwen", "kormo", "stablelm2", "megrez", "hunyuan":
            GGUFRule(steps: [.pattern(.qwen2.asInLlamaCPP)])
        case "smollm", "starcoder", "refact", "command-r", "codeshell", "exaone", "minerva-7b":
            GGUFRule(steps: [.digits(individual: true), .pattern(.gpt2)])
        case "tekken": expressions([tekken], ignoresMerges: true)
        case "gpt-4o", "llama4", "kanana2": expressions([gpt4o])
        case "deepseek-v3", "hunyuan-dense":
            expressions([#"\p{N}{1,3}"#, #"[一-龥぀-ゟ゠-ヿ]+"#, deepSeek3])
        case "deepseek-llm":
            expressions([
                "[\r\n]", deepSeekLetters, deepSeekSigns, #"\s+$"#, deepSeekHan, #"\p{N}+"#,
            ])
        case "deepseek-coder":
            expressions(["[\r\n]", #"\s?\p{L}+"#, #"\s?\p{P}+"#, deepSeekHan, #"\p{N}"#])
        case "bloom", "poro-chat", "gpt3-finnish": expressions([bloom])
        case "viking": expressions([bloom, #"\p{N}"#])
        case "falcon": expressions([#"[\p{P}\$\+<=>\^~\|`]+"#, gpt2, "[0-9][0-9][0-9]"])
        case "default":
            expressions([#"[\p{P}\$\+<=>\^~\|]+"#, gpt2, #"\p{N}+"#, "[0-9][0-9][0-9]"])
        default: nil
        }
    }

    /// Nil for an expression that cannot be read.
    private static func expressions(_ texts: [String], ignoresMerges: Bool = false) -> GGUFRule? {
        let steps = texts.compactMap { try? SplitExpression($0) }
        guard steps.count == texts.count else { return nil }
        return GGUFRule(
            steps: steps.map { .expression(ExpressionSplitting(expression: $0)) },
            ignoresMerges: ignoresMerges)
    }

    private static let gpt2 =
        #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)"#
    private static let spaces = #"|\s*[\r\n]+|\s+(?!\S)|\s+"#
    private static let first = #"[^\r\n\p{L}\p{N}]?"#
    private static let (upper, lower) = (#"[\p{L}&&[^a-z]]"#, #"[\p{L}&&[^A-Z]]"#)
    private static let ends = #"(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])?"#
    private static let tekken =
        first + upper + "*" + lower + "+|" + first + upper + "+" + lower + "*"
        + #"|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*"# + spaces
    private static let gpt4o =
        first + upper + "*" + lower + "+" + ends + "|" + first + upper + "+" + lower + "*" + ends
        + #"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*"# + spaces
    private static let bloom = #" ?[^(\s|.,!?…。，、।۔،)]+"#
    private static let deepSeek3 =
        ##"[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+"##
        + #"|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*"# + spaces
    private static let deepSeekHan = "[一-龥ࠀ-一가-퟿]+"
    private static let deepSeekSigns = #"\s?[!-/:-~！-／：-～‘-‟　-。]+"#
    /// Letters with case, as Unicode 11 had them.
    private static let deepSeekLetters =
        #"\s?[A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿǄ-ʓʕ-ʯͰ-ͳͶͷͻ-ͽͿΆΈ-ΊΌΎ-ΡΣ-ϵϷ-ҁҊ-ԯԱ-ՖႠ-ჅᎠ-Ᏽᏸ-ᏽᲐ-ᲺᲽ-Ჿᴀ-ᴫᵫ-ᵷᵹ-ᶚḀ-ἕ"#
        + "\u{1F18}-\u{1F1D}\u{1F20}-\u{1F45}\u{1F48}-\u{1F4D}\u{1F50}-\u{1F57}\u{1F59}"
        + "\u{1F5B}\u{1F5D}\u{1F5F}-\u{1F7D}\u{1F80}-\u{1FB4}\u{1FB6}-\u{1FBC}\u{1FBE}"
        + "\u{1FC2}-\u{1FC4}\u{1FC6}-\u{1FCC}\u{1FD0}-\u{1FD3}\u{1FD6}-\u{1FDB}"
        + "\u{1FE0}-\u{1FEC}\u{1FF2}-\u{1FF4}\u{1FF6}-\u{1FFC}\u{2102}\u{2107}"
        + "\u{210A}-\u{2113}\u{2115}\u{2119}-\u{211D}\u{2124}\u{2126}\u{2128}"
        + "\u{212A}-\u{212D}\u{212F}-\u{2134}\u{2139}\u{213C}-\u{213F}"
        + "ⅅ-ⅉⅎↃↄⰀ-ⱻⱾ-ⳤⳫ-ⳮⳲⳳꙀ-ꙭꚀ-ꚛꜢ-ꝯꝱ-ꞇꞋ-ꞎꭰ-ꮿﬀ-ﬆﬓ-ﬗＡ-Ｚａ-ｚ"
        + "\u{10400}-\u{1044F}\u{104B0}-\u{104D3}\u{104D8}-\u{104FB}\u{10C80}-\u{10CB2}"
        + "\u{10CC0}-\u{10CF2}\u{118A0}-\u{118DF}\u{1E900}-\u{1E943}]+"
}
