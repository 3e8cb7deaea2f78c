import Adapters
import Testing

@testable import Routing

@Suite("Routes of prompts and replies")
struct RouteDecisionTests {
    private static let outside = "My uncle laughed at the old moon."

    @Test("One skill in scope gets its adapter; its weight is in sixteenths")
    func single() throws {
        let router = try ToyRouter.bound()
        let decision = router.route("What is the weather in Oslo?")
        #expect(decision.reason == .routed && decision.sentences.count == 1)
        let share = try #require(decision.mix.shares.first)
        #expect(decision.mix.shares.count == 1 && share.adapter == ToyRouter.digest("weather"))
        #expect(share.weight.isMultiple(of: 64) && share.weight >= 768 && share.weight <= 1024)
    }

    @Test("Sentences are averaged by length, those out of scope left out")
    func several() throws {
        let router = try ToyRouter.bound()
        let text = "Will it rain in Rome? Put on music from Kyoto. \(Self.outside)"
        let decision = router.route(text)
        #expect(
            decision.sentences.map(\.text) == [
                "Will it rain in Rome?", "Put on music from Kyoto.", Self.outside,
            ])
        #expect(decision.sentences.map(\.scores.abstains) == [false, false, true])
        let lengths = decision.sentences.prefix(2).map { Double($0.text.unicodeScalars.count) }
        for place in 0...router.base {
            let expected = zip(lengths, decision.sentences).reduce(0.0) {
                $0 + $1.0 * Double($1.1.scores.probabilities[place])
            }
            #expect(abs(decision.distribution[place] - expected / (lengths[0] + lengths[1])) < 1e-6)
        }
        #expect(
            Set(decision.mix.shares.map(\.adapter)) == [
                ToyRouter.digest("weather"), ToyRouter.digest("music"),
            ])
        #expect(decision.mix.shares.reduce(0) { $0 + $1.weight } <= AdapterMix.unit)
    }

    @Test("Nothing in scope, nothing allowed or nothing said: the base")
    func abstention() throws {
        let router = try ToyRouter.bound()
        for decision in [
            router.route(Self.outside), router.route(""), router.route(" \n"),
            router.route("add 3 and 4", allowing: []),
        ] {
            #expect(
                decision.mix.isBase && decision.reason == .abstained
                    && decision.distribution.isEmpty)
        }
    }

    @Test("A text of very many sentences is routed by its first and last ones")
    func manySentences() throws {
        let router = try ToyRouter.bound()
        let decision = router.route(String(repeating: "Is it so? ", count: 10_000) + "Add 3 and 4.")
        #expect(decision.sentences.count == RoutedText.sentenceLimit)
        #expect(decision.sentences.last?.text == "Add 3 and 4.")
    }

    @Test("The gain is folded into the mix")
    func gain() throws {
        let router = try ToyRouter.bound()
        let policy = try AdapterPolicy(weighting: .top1, gain: 0.5)
        #expect(router.route("add 3 and 4", policy: policy).mix.shares.map(\.weight) == [512])
    }

    // MARK: Replies

    private func reply(_ message: String) throws -> ReplyRouter {
        ReplyRouter(router: try ToyRouter.bound(), userMessage: message)
    }

    @Test("A sentence that turns to another skill switches the mix, half message and half sentence")
    func switching() throws {
        let reply = try reply("Will it rain in Rome?")
        let start = RouteSegment(
            fromToken: 0, mix: try ToyRouter.bound().route("Will it rain in Rome?").mix)
        let decision = reply.decide(
            after: "Put on music from Kyoto.", nextToken: 8, segments: [start])
        #expect(decision.outcome == .switched && decision.variation >= ReplyRouter.leastVariation)
        #expect(decision.mix == decision.proposal.mix)
        #expect(
            Set(decision.mix.shares.map(\.adapter)) == [
                ToyRouter.digest("weather"), ToyRouter.digest("music"),
            ])
        #expect(
            decision
                == reply.decide(after: "Put on music from Kyoto.", nextToken: 8, segments: [start]))
    }

    @Test("Abstention, a recent switch and a like mix keep the mix")
    func keeping() throws {
        let reply = try reply("Will it rain in Rome?")
        let mix = try ToyRouter.bound().route("Will it rain in Rome?").mix
        let segments = [
            RouteSegment(fromToken: 0, mix: .base), RouteSegment(fromToken: 20, mix: mix),
        ]
        let outcomes = [
            (Self.outside, 40), ("Put on music from Kyoto.", 27),
            ("How warm is it in Oslo today?", 40),
        ].map { reply.decide(after: $0, nextToken: $1, segments: segments) }
        #expect(outcomes.map(\.outcome) == [.abstained, .tooSoon, .tooAlike])
        #expect(outcomes.allSatisfy { $0.mix == mix })
    }

    @Test("A message out of scope counts as the base")
    func messageOutOfScope() throws {
        let decision = try reply(Self.outside).decide(
            after: "Add 3 and 4.", nextToken: 50, segments: [RouteSegment(fromToken: 0, mix: .base)]
        )
        #expect(decision.proposal.mix.shares.allSatisfy { $0.weight <= 512 })
    }

    @Test("Total variation reads mixes as distributions over adapters and base")
    func variation() {
        func mix(_ weights: [String: Int32]) -> AdapterMix {
            AdapterMix(
                shares: weights.map {
                    AdapterMix.Share(adapter: ToyRouter.digest($0.key), weight: $0.value)
                })
        }
        #expect(ReplyRouter.variation(.base, .base, gain: 1) == 0)
        #expect(ReplyRouter.variation(.base, mix(["a": 1024]), gain: 1) == 1)
        #expect(ReplyRouter.variation(mix(["a": 1024]), mix(["b": 1024]), gain: 1) == 1)
        #expect(ReplyRouter.variation(mix(["a": 1024]), mix(["a": 768]), gain: 1) == 0.25)
        #expect(ReplyRouter.variation(mix(["a": 512, "b": 512]), mix(["a": 1024]), gain: 1) == 0.5)
        #expect(
            ReplyRouter.variation(mix(["a": 1024, "b": 1024]), mix(["a": 1024]), gain: 1) == 0.5)
        #expect(ReplyRouter.variation(mix(["a": 2048]), mix(["a": 1536]), gain: 2) == 0.25)
    }
}
