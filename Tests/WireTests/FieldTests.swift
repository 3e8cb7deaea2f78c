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
        #expect(try failure { $0.priority = .UNRECOGNIZED(9) }?.contains("priority") == true)
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

    @Test func scoresAreBounded() throws {
        let most = ClientVerb.submit(Self.submit { $0.scores.top = 20 })
        #expect(try Frames.decode(Frames.encode(most)) == most)
        for top in [21, UInt32.max] {
            #expect(try failure { $0.scores.top = top }?.contains("at most 20") == true)
        }
        #expect(
            try failure {
                $0.limits.noReply = true
                $0.limits.maxTokens = 1
            }?.contains("no_reply") == true)
        #expect(
            try failure {
                $0.encodeOnly = true
                $0.split = true
            }?.contains("encode_only") == true)
        #expect(
            try failure {
                $0.encodeOnly = true
                $0.scores.reply = true
            }?.contains("encode_only") == true)
        #expect(
            try failure { $0.noSpecialTokens = true }?.contains("encode_only alone") == true)
        let tokens = ClientVerb.submit(
            Self.submit {
                $0.prompt.tokens.ids = [1]
                $0.encodeOnly = true
                $0.noSpecialTokens = true
            })
        #expect(try Frames.decode(Frames.encode(tokens)) == tokens, "nothing is routed")
    }

    @Test func scoresFitTheirTokens() throws {
        let score = WireTokenScore {
            $0.id = 7
            $0.logProbability = -.infinity
        }
        let whole = WireChunk {
            $0.requestID = Self.id
            $0.ids = [7]
            $0.scores = [score]
        }
        #expect(
            try Frames.decode(Frames.encode(ClientEvent.chunk(whole)), as: ClientEvent.self)
                == .chunk(whole))
        let breaks: [(String, (inout WireChunk) -> Void)] = [
            ("ids", { $0.scores[0].id = 8 }), ("ids", { $0.scores += $0.scores }),
            ("log_probability", { $0.scores[0].logProbability = .nan }),
            ("log_probability", { $0.scores[0].logProbability = 0.5 }),
            ("top", { $0.scores[0].top = Array(repeating: .init(), count: 21) }),
            ("log_probability", { $0.scores[0].top = [.init { $0.logProbability = .infinity }] }),
            ("without ids", { $0.promptScores = [score] }),
            (
                "out of range",
                {
                    ($0.ids, $0.scores, $0.promptScores) = ([], [], [score])
                    $0.promptOffset = .max
                }
            ),
        ]
        for (word, change) in breaks {
            var broken = whole
            change(&broken)
            let frames = try Frames.encode(ClientEvent.chunk(broken))
            let error = #expect(throws: WireError.self) {
                try Frames.decode(frames, as: ClientEvent.self)
            }
            #expect(error?.message.contains(word) == true, "\(word)")
        }
    }

    /// The bytes of a client that was built before there were scores.
    @Test func aFormerClientAsksForNothingNew() throws {
        let body: [UInt8] =
            [0x0A, 16] + Self.id.bytes + [0x12, 4, 0x0A, 2, 0x68, 0x69] + [0x2A, 2, 0x08, 5]
        let frames = [ProtocolVersion.current.frame, Array("SUBMIT".utf8), body]
        guard case .submit(let submit) = try Frames.decode(frames, as: ClientVerb.self) else {
            return
        }
        #expect(submit.prompt.text == "hi" && submit.limits.tokenLimit == 5)
        #expect(submit.scores == WireScoresWanted() && !submit.encodeOnly && !submit.limits.noReply)
        #expect(!submit.noSpecialTokens)
    }

    /// What a newer front says besides is left out.
    @Test func fieldsThatNobodyKnowsYetAreNoHindrance() throws {
        let chunk = WireChunk {
            $0.requestID = Self.id
            $0.ids = [3]
            $0.text = "a"
        }
        var frames = try Frames.encode(ClientEvent.chunk(chunk))
        // Field 99, a number, and field 98, a message.
        frames[2] += [0x98, 0x06, 1, 0x92, 0x06, 2, 0x08, 1]
        guard case .chunk(let read) = try Frames.decode(frames, as: ClientEvent.self) else {
            return
        }
        #expect(read.ids == [3] && read.text == "a" && read.requestID == Self.id)
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
            ("top", { $0.scores.top = 21 }),
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
