import FoundationEssentials
import Testing
import Wire

/// A submit that is right, broken in one place at a time.
@Suite struct FieldTests {
    private static let id = RequestID("0102030405060708090a0b0c0d0e0f10") ?? .none

    private static func submit(_ change: (inout WireSubmit) -> Void = { _ in }) -> WireSubmit {
        WireSubmit {
            $0.requestID = id
            $0.prompt.text = "Write a line about the sea."
            $0.sampling.temperature = 0.7
            change(&$0)
        }
    }

    private func failure(_ change: (inout WireSubmit) -> Void) throws -> String? {
        let frames = try Frames.encode(ClientVerb.submit(Self.submit(change)))
        let error = #expect(throws: WireError.self) {
            try Frames.decode(frames, as: ClientVerb.self)
        }
        #expect(error?.code == .invalidField)
        return error?.message
    }

    @Test func theWholeOneIsTaken() throws {
        let verb = ClientVerb.submit(Self.submit())
        #expect(try Frames.decode(Frames.encode(verb)) == verb)
    }

    @Test func requestsHaveSixteenBytes() throws {
        #expect(try failure { $0.request = Data() }?.contains("16 bytes") == true)
        #expect(try failure { $0.request = Data(count: 15) }?.contains("16 bytes") == true)
        #expect(try failure { $0.request = Data(count: 16) }?.contains("zero") == true)
    }

    @Test func promptsAreThere() throws {
        #expect(try failure { $0.clearPrompt() }?.contains("missing") == true)
        #expect(try failure { $0.prompt.text = "" }?.contains("empty") == true)
        #expect(try failure { $0.prompt.chat = WireChat() }?.contains("empty") == true)
        #expect(
            try failure {
                $0.prompt.chat.messages = [WireChatMessage { $0.role = "tool" }]
            }?.contains("role") == true)
        #expect(
            try failure {
                $0.prompt.tokens = WireTokenIDs()
                $0.selection.base = WireBaseSelection()
            }?.contains("no tokens") == true)
    }

    @Test func theAdapterRouterReadsText() throws {
        let tokens = WireTokenIDs { $0.ids = [1, 2, 3] }
        #expect(try failure { $0.prompt.tokens = tokens }?.contains("select base") == true)
        let verb = ClientVerb.submit(
            Self.submit {
                $0.prompt.tokens = tokens
                $0.selection.base = WireBaseSelection()
            })
        #expect(try Frames.decode(Frames.encode(verb)) == verb)
    }

    @Test func onlyTextsAreSplit() throws {
        #expect(
            try failure {
                $0.prompt.raw = "a. b."
                $0.split = true
            }?.contains("split") == true)
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity, -1, 1e9])
    func numbersAreFiniteAndInRange(value: Float) throws {
        #expect(try failure { $0.sampling.temperature = value }?.contains("temperature") == true)
        #expect(try failure { $0.sampling.topP = value }?.contains("top_p") == true)
        #expect(try failure { $0.sampling.minP = value }?.contains("min_p") == true)
        #expect(
            try failure { $0.sampling.repetitionPenalty = value }?.contains("repetition") == true)
        let beyond = value == -1 ? -1000 : value
        #expect(try failure { $0.sampling.presencePenalty = beyond }?.contains("presence") == true)
        #expect(
            try failure { $0.sampling.frequencyPenalty = beyond }?.contains("frequency") == true)
        #expect(
            try failure {
                $0.selection.fixed.shares = [
                    WireNamedWeight {
                        $0.name = "poet"
                        $0.weight = beyond
                    }
                ]
            }?.contains("weight") == true)
        #expect(try failure { $0.selection.auto.gain = beyond }?.contains("gain") == true)
    }

    @Test func countsAndNamesAreCapped() throws {
        #expect(
            try failure { $0.limits.stop = .init(repeating: "x", count: 17) }?.contains("17")
                == true)
        #expect(try failure { $0.limits.stop = [""] }?.contains("stop string") == true)
        #expect(
            try failure { $0.limits.stop = [String(repeating: "x", count: 257)] }?
                .contains("stop string") == true)
        #expect(
            try failure { $0.selection.auto.allowed = .init(repeating: "a", count: 1025) }?
                .contains("allowed") == true)
        #expect(
            try failure { $0.selection.auto.allowed = [String(repeating: "a", count: 65)] }?
                .contains("64") == true)
        let share = WireNamedWeight { $0.name = "poet" }
        #expect(
            try failure { $0.selection.fixed.shares = .init(repeating: share, count: 65) }?
                .contains("at most 64") == true)
        #expect(
            try failure { $0.selection.fixed = WireFixedSelection() }?.contains("base") == true)
        let message = WireChatMessage { $0.role = "user" }
        #expect(
            try failure { $0.prompt.chat.messages = .init(repeating: message, count: 1025) }?
                .contains("chat") == true)
    }

    @Test func enumeratorsAreKnown() throws {
        #expect(try failure { $0.kvRule = .UNRECOGNIZED(9) }?.contains("kv_rule") == true)
        #expect(
            try failure { $0.selection.auto.weighting = .UNRECOGNIZED(9) }?
                .contains("weighting") == true)
    }

    @Test func aClientReadsEventsOfANewerFront() throws {
        let event = ClientEvent.failed(
            WireFailed {
                $0.requestID = Self.id
                $0.code = .UNRECOGNIZED(77)
            })
        #expect(try Frames.decode(Frames.encode(event)) == event)
    }

    @Test func runsOfTokensEndWithinTheirOffsets() throws {
        let chunk = ClientEvent.chunk(
            WireChunk {
                $0.requestID = Self.id
                $0.offset = .max
                $0.ids = [1]
            })
        let error = try #require(
            #expect(throws: WireError.self) {
                try Frames.decode(Frames.encode(chunk), as: ClientEvent.self)
            })
        #expect(error.message.contains("out of range"))
    }

    @Test func aDispatchIsWhole() throws {
        let golden = try #require(try GoldenMessage.all().first { $0.kind == .dispatch })
        guard case .dispatch(let whole) = try Frames.decode(golden.frames, as: WorkerOrder.self)
        else { return }
        let breaks: [(String, (inout WireDispatch) -> Void)] = [
            ("seed", { $0.sampling.clearSeed() }),
            ("token 0", { $0.segments = [] }),
            ("token 0", { $0.segments[0].fromToken = 1 }),
            ("order", { $0.segments[1].fromToken = 0 }),
            ("digest", { $0.segments[0].mix.shares[0].adapter = Data(count: 31) }),
            ("digest", { $0.router = Data(count: 5) }),
            ("part", { $0.part = 16 }),
            ("reason", { $0.segments[0].reason = .UNRECOGNIZED(50) }),
        ]
        for (word, change) in breaks {
            var broken = whole
            change(&broken)
            let frames = try Frames.encode(WorkerOrder.dispatch(broken))
            let error = #expect(throws: WireError.self) {
                try Frames.decode(frames, as: WorkerOrder.self)
            }
            #expect(error?.message.contains(word) == true)
        }
    }
}
