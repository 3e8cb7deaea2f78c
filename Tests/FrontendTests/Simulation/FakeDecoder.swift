import Wire

/// What a fault-free worker would make of a part: a pure function of what it is dispatched with.
///
/// A token depends on the seed, its index and the mix that governs it, so that a lost segment, a
/// changed seed or a skipped token all show in what the client sees.
struct FakeDecoder {
    let seed: UInt64
    let tokens: [UInt32]
    let segments: [WireSegment]
    let reason: WireFinishReason
    /// Of the tokens, and of those of the prompt; empty where they are not wanted.
    let scores: [WireTokenScore]
    let promptScores: [WireTokenScore]

    init(_ dispatch: WireDispatch) {
        let seed = dispatch.sampling.seed
        let wanted = Int(Self.hash(seed, 1 << 40) % 40)
        let limit = dispatch.encodeOnly ? 0 : dispatch.limits.tokenLimit
        var tokens: [UInt32] = []
        var segments = Array(dispatch.segments.prefix(1))
        for index in 0..<min(wanted, limit) {
            if dispatch.reroute, index > 0, Self.hash(seed, 1 << 41 + UInt64(index)) % 11 == 0 {
                segments.append(Self.segment(seed, from: index))
            }
            let weight = segments.last?.mix.shares.first?.weight ?? 0
            let state = Self.hash(seed &+ UInt64(bitPattern: Int64(weight)), UInt64(index))
            tokens.append(UInt32(state % 50_000))
        }
        self.seed = seed
        self.tokens = tokens
        self.segments = segments
        scores = dispatch.scores.reply ? tokens.map { Self.score(seed, $0) } : []
        promptScores =
            dispatch.scores.prompt
            ? (0..<UInt32(3 + Self.hash(seed, 1 << 44) % 20)).map { Self.score(seed, $0) } : []
        reason = wanted < limit ? .end : .length
    }

    /// The text that has left when `count` tokens have: some tokens keep theirs until the next, and
    /// the last one may keep it until the end.
    func visibleText(_ count: Int) -> String {
        let isWhole = count == tokens.count && Self.hash(seed, 1 << 43) % 2 == 0
        let isHeld = !isWhole && count > 0 && Self.hash(seed, 1 << 42 + UInt64(count)) % 5 == 0
        return text(isHeld ? count - 1 : count)
    }

    func text(_ count: Int) -> String {
        tokens.prefix(count).map { "w\($0) " }.joined()
    }

    private static func score(_ seed: UInt64, _ id: UInt32) -> WireTokenScore {
        WireTokenScore {
            $0.id = id
            $0.logProbability = -Float(hash(seed, UInt64(id)) % 1000) / 64
        }
    }

    private static func segment(_ seed: UInt64, from index: Int) -> WireSegment {
        WireSegment {
            $0.fromToken = UInt32(index)
            $0.reason = .routed
            $0.mix.shares = [
                WireShare {
                    $0.adapter = FakePool.adapters[0].digest
                    $0.name = FakePool.adapters[0].name
                    $0.weight = Int32(hash(seed, UInt64(index) + 7) % 2048) + 1
                }
            ]
        }
    }

    static func hash(_ seed: UInt64, _ index: UInt64) -> UInt64 {
        var z = seed &+ (index &+ 1) &* 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
