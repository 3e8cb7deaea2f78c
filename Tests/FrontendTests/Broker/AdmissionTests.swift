import Testing
import Wire

@testable import Frontend

@Suite struct AdmissionTests {
    @Test func acceptedComesFirstThenTheMixThenTheDispatch() throws {
        var bench = Bench()
        let actions = bench.submit(1, "Be calm.") {
            $0.selection.auto = WireAutoSelection()
            $0.sampling.seed = 99
        }
        let accepted = try #require(actions.accepted)
        #expect(accepted.request == Bench.id(1))
        #expect(accepted.seed == 99)
        #expect(accepted.parts == 1)
        #expect(actions.events.map(\.message.kindName) == ["ACCEPTED", "ROUTED"])
        let routed = try #require(actions.routed.first)
        #expect(routed.segment.reason == .routed)
        #expect(routed.segment.mix.shares.map(\.name) == ["calm"])
        #expect(routed.segment.mix.shares.map(\.weight) == [512])
        #expect(routed.sentences.map(\.text) == ["Be calm."])
        #expect(actions.dispatches.first?.segments == [routed.segment])
    }

    @Test func drawnSeedIsReturnedAndUsed() throws {
        var bench = Bench()
        let actions = bench.submit(1)
        let seed = try #require(actions.accepted?.seed)
        #expect(seed != 0)
        #expect(actions.dispatches.first?.sampling.seed == seed)
        #expect(actions.dispatches.first?.sampling.hasSeed == true)
        #expect(bench.submit(2).accepted?.seed != seed)
    }

    @Test func sameIDAndBodyAttaches() {
        var bench = Bench()
        bench.submit(1)
        bench.chunk(1, offset: 0, [5, 6])
        let other = Address(name: [2])
        let actions = bench.submit(1, client: other) { $0.credit = 9 }
        #expect(actions.events.map(\.message.kindName) == ["ACCEPTED", "ROUTED", "CHUNK"])
        #expect(actions.chunks.first?.ids == [5, 6])
        #expect(actions.dispatches.isEmpty)
        #expect(bench.broker.counters.accepted == 1)
        for case .toClient(let peer, _, _) in bench.chunk(1, offset: 2, [7]) {
            #expect(peer == other)
        }
    }

    @Test func sameIDAndOtherBodyIsRefused() {
        var bench = Bench()
        bench.submit(1)
        #expect(bench.submit(1, "Something else.").failed?.code == .alreadyExists)
    }

    @Test func noWorkerYet() throws {
        var bench = Bench(workers: 0)
        let failed = try #require(bench.submit(1).failed)
        #expect(failed.code == .unavailable)
        #expect(failed.retryAfterMs == 1000)
        #expect(bench.broker.requests.isEmpty)
    }

    @Test func unknownAdaptersAreNamedWithTheKnownOnes() throws {
        var bench = Bench()
        for fill: (inout WireSubmit) -> Void in [
            {
                $0.selection.fixed.shares = [
                    WireNamedWeight {
                        $0.name = "loud"; $0.weight = 1
                    }
                ]
            },
            { $0.selection.auto.allowed = ["loud"] },
        ] {
            let failed = try #require(bench.submit(1, "Hello.", fill).failed)
            #expect(failed.code == .notFound)
            #expect(failed.message.contains("\"loud\""))
            #expect(failed.message.contains("calm, formal, terse"))
        }
    }

    @Test func givenWeightsAreUsedAsGiven() {
        var bench = Bench()
        let actions = bench.submit(1) {
            $0.selection.fixed.shares = [
                WireNamedWeight {
                    $0.name = "terse"; $0.weight = -0.3
                },
                WireNamedWeight {
                    $0.name = "calm"; $0.weight = 0.7
                },
                WireNamedWeight {
                    $0.name = "calm"; $0.weight = 0.7
                },
            ]
        }
        let segment = actions.dispatches.first?.segments.first
        #expect(segment?.reason == .requested)
        #expect(segment?.mix.shares.map(\.name) == ["calm", "terse"])
        #expect(segment?.mix.shares.map(\.weight) == [1434, -307])
        #expect(actions.dispatches.first?.reroute == false)
    }

    @Test func weightsBeyondTheLimitAreRefused() throws {
        var bench = Bench()
        let failed = try #require(
            bench.submit(1) {
                $0.selection.fixed.shares = Array(
                    repeating: WireNamedWeight {
                        $0.name = "calm"; $0.weight = 40
                    }, count: 2)
            }.failed)
        #expect(failed.code == .invalidArgument)
        #expect(failed.message.contains("80.0 in all"))
    }

    @Test func autoNeedsARouterAndText() throws {
        var bench = Bench(hasRouter: false)
        let failed = try #require(
            bench.submit(1) { $0.selection.auto = WireAutoSelection() }.failed)
        #expect(failed.code == .invalidArgument)
        #expect(failed.message.contains("--router"))
        #expect(bench.submit(2).accepted != nil, "explicit selections need none")

        bench = Bench()
        let refused = bench.submit(1) {
            $0.selection.auto = WireAutoSelection()
            $0.prompt.tokens.ids = [1, 2]
        }
        #expect(refused.failed?.code == .invalidArgument)
    }

    @Test func routingFollowsTheLastUserMessageOnly() {
        var bench = Bench()
        let actions = bench.submit(1) {
            $0.selection.auto = WireAutoSelection()
            $0.kvRule = .pin
            $0.prompt.chat.messages = [
                WireChatMessage {
                    $0.role = "system"; $0.content = "Be calm."
                },
                WireChatMessage {
                    $0.role = "user"; $0.content = "Be terse."
                },
                WireChatMessage {
                    $0.role = "assistant"; $0.content = "Yes."
                },
                WireChatMessage {
                    $0.role = "user"; $0.content = "Be formal."
                },
            ]
        }
        let dispatch = actions.dispatches.first
        #expect(dispatch?.routedText == "Be formal.")
        #expect(dispatch?.segments.first?.mix.shares.map(\.name) == ["formal"])
        #expect(dispatch?.reroute == false, "pinned")
        #expect(dispatch?.router.count == 32)
    }

    @Test func limits() throws {
        var bench = Bench { $0.promptByteLimit = 100 }
        let long = String(repeating: "x", count: 101)
        #expect(try #require(bench.submit(1, long).failed).message.contains("101 bytes"))
        let failed = bench.submit(2) { $0.limits.maxTokens = 9000 }.failed
        #expect(try #require(failed).message.contains("at most 8192"))
        let dispatch = bench.submit(3).dispatches.first
        #expect(dispatch?.limits.maxTokens == 0, "the worker knows what the context leaves")
        #expect(dispatch?.kvRule == .keep)
    }

    @Test func fullQueueSaysWhenToComeBack() throws {
        var bench = Bench(slots: 1) { $0.queueLimit = 2 }
        for number in 1...3 { #expect(bench.submit(UInt8(number)).accepted != nil) }
        let failed = try #require(bench.submit(4).failed)
        #expect(failed.code == .resourceExhausted)
        #expect(failed.retryAfterMs == 1000, "nothing is measured yet")
        // Parts that take 200 ms each drain the queue five times as fast.
        bench.now += .milliseconds(200)
        bench.finish(1)
        bench.now += .milliseconds(200)
        bench.finish(2)
        bench.submit(5)
        let early = try #require(bench.submit(4).failed, "a place is kept for it, but not yet")
        #expect(early.retryAfterMs == 600)
        let later = try #require(bench.submit(6).failed, "the place is kept for another")
        #expect((200...250).contains(later.retryAfterMs), "after that one")
        bench.now += .milliseconds(600)
        #expect(bench.submit(4).accepted != nil)
    }

    /// A slot that makes a part of 100 tokens a second; ten of one client wait.
    private func busyBench() -> Bench {
        var bench = Bench(slots: 1)
        for number in 1...13 as ClosedRange<UInt8> {
            bench.submit(number) { $0.limits.maxTokens = 98 }
        }
        for number in 1...2 as ClosedRange<UInt8> {
            bench.wait(.seconds(1))
            bench.finish(number)
        }
        return bench
    }

    @Test func deadlinesThatCannotBeMetAreRefused() throws {
        var bench = busyBench()
        func ask(_ number: UInt8, of client: Address = Bench.client, within seconds: UInt32)
            -> [BrokerAction]
        {
            bench.submit(number, client: client) {
                $0.limits.maxTokens = 98
                $0.limits.deadlineMs = 1000 * seconds
            }
        }
        let failed = try #require(ask(20, within: 6).failed)
        #expect(failed.code == .resourceExhausted)
        #expect(failed.message.contains("the deadline cannot be met"))
        #expect((7000...11000).contains(failed.retryAfterMs))
        // Behind what runs, one of the other client, whose turns come in between, and the room that is kept.
        #expect(ask(21, of: Address(name: [2]), within: 6).accepted != nil)
        #expect(ask(22, within: 20).accepted != nil)
        #expect(bench.submit(23).accepted != nil, "it has time")
    }

    /// What a deadline ended in the queue made no room by being made.
    @Test func whatEndsUnmadeIsNotTakenForSpeed() throws {
        var bench = Bench(slots: 1) { $0.queueLimit = 40 }
        bench.submit(1) { $0.limits.maxTokens = 98 }
        bench.submit(2) { $0.limits.maxTokens = 98 }
        for number in 3...40 as ClosedRange<UInt8> {
            bench.submit(number) {
                $0.limits.maxTokens = 98
                $0.limits.deadlineMs = 1500
            }
        }
        bench.wait(.seconds(1))
        bench.finish(1)
        bench.wait(.seconds(1))
        #expect(bench.broker.queue.isEmpty, "all but the two are over")
        for number in 50...90 as ClosedRange<UInt8> {
            bench.submit(number) { $0.limits.maxTokens = 98 }
        }
        let failed = try #require(bench.submit(91) { $0.limits.maxTokens = 98 }.failed)
        #expect(failed.retryAfterMs >= 1000, "a part takes a second")
    }

    @Test func dearRequestsAreBoundedByTokens() {
        var bench = Bench(slots: 1) { $0.queueTokenLimit = 1000 }
        bench.submit(1) { $0.limits.maxTokens = 900 }
        #expect(bench.submit(2) { $0.limits.maxTokens = 900 }.accepted != nil)
        #expect(bench.submit(3) { $0.limits.maxTokens = 50 }.accepted != nil)
        #expect(
            bench.submit(4) { $0.limits.maxTokens = 900 }.failed?.code == .resourceExhausted)
    }

    @Test func splitMakesAPartOfEachSentence() throws {
        var bench = Bench(slots: 8)
        let actions = bench.submit(1, "Be calm. Be formal. Add nothing.") {
            $0.selection.auto = WireAutoSelection()
            $0.split = true
            $0.sampling.seed = 7
        }
        #expect(actions.accepted?.parts == 3)
        #expect(actions.accepted?.seed == 7)
        let dispatches = actions.dispatches
        #expect(dispatches.map(\.part) == [0, 1, 2])
        #expect(dispatches.map(\.prompt.text) == ["Be calm.", "Be formal.", "Add nothing."])
        #expect(
            dispatches.map { $0.segments[0].mix.shares.map(\.name) } == [["calm"], ["formal"], []])
        #expect(dispatches.map { $0.segments[0].reason } == [.routed, .routed, .abstained])
        #expect(dispatches.map(\.sampling.seed) == (0..<3).map { SplitMix.seed(7, part: $0) })
        #expect(Set(dispatches.map(\.sampling.seed)).count == 3)
    }

    @Test func splitHasALimit() throws {
        var bench = Bench()
        let text = String(repeating: "One sentence here. ", count: 17)
        let failed = try #require(bench.submit(1, text) { $0.split = true }.failed)
        #expect(failed.message.contains("17 sentences"))
    }

    @Test func onePartMayFailAlone() {
        var bench = Bench(slots: 8)
        bench.submit(1, "Be calm. Be formal.") { $0.split = true }
        let failed = bench.finish(1, part: 0, .failure(.contextOverflow)).failed
        #expect(failed?.code == .contextOverflow)
        #expect(bench.chunk(1, offset: 0, [3], part: 1).chunks.first?.part == 1)
        #expect(bench.finish(1, part: 1).done?.part == 1)
        #expect(bench.broker.counters.failed == 1)
        #expect(bench.broker.requests.live.isEmpty)
    }
}

extension WireMessage {
    var kindName: String { Self.kind.rawValue }
}
