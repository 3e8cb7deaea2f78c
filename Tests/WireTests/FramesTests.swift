import Testing
import Wire

@Suite struct FramesTests {
    private let id = RequestID("0102030405060708090a0b0c0d0e0f10") ?? .none
    private let version = ProtocolVersion.current.frame

    private func failure(_ frames: [[UInt8]]) -> WireError? {
        #expect(throws: WireError.self) { try Frames.decode(frames, as: ClientVerb.self) }
    }

    @Test(arguments: [
        [], [[]], [Array("GET / HTTP/1.1".utf8)], [[1, 0, 1]],
        [Array("FBX1".utf8) + [1, 0]], [Array("FBX2".utf8) + [1, 0, 1, 0, 0, 0, 0, 0]],
    ])
    func foreignMessagesGetNoAnswer(frames: [[UInt8]]) {
        let error = failure(frames)
        #expect(error?.code == .foreign)
        #expect(error?.refusal == nil)
    }

    @Test func anUnknownMajorIsRefusedOnce() throws {
        let newer = ProtocolVersion(major: 3, minimum: 2, features: 0)
        let error = failure([newer.frame])
        #expect(error?.code == .unsupportedVersion)
        let refusal = try #require(error?.refusal)
        #expect(refusal.code == .unsupportedVersion)
        #expect(refusal.message.contains("2 to 3") && refusal.message.contains("1 to 1"))
        let frames = try Frames.encode(ClientEvent.failed(refusal))
        #expect(try Frames.decode(frames) == ClientEvent.failed(refusal))
    }

    @Test func aNewerPeerThatUnderstandsUsIsTaken() throws {
        var frames = try Frames.encode(ClientVerb.cancel(WireCancel { $0.requestID = id }))
        frames[0] = ProtocolVersion(major: 2, minimum: 1, features: 0xFF).frame
        #expect(try Frames.decode(frames) == ClientVerb.cancel(WireCancel { $0.requestID = id }))
    }

    @Test func theEnvelopeIsExact() {
        #expect(failure([version])?.code == .wrongFrameCount)
        #expect(failure([version, Array("CANCEL".utf8)])?.code == .wrongFrameCount)
        let many = [version] + [[UInt8]](repeating: [], count: 20)
        #expect(failure(many)?.code == .wrongFrameCount)
        #expect(failure([version, Array("NOTHING".utf8), []])?.code == .unknownKind)
        #expect(
            failure([version, [UInt8](repeating: 0xFF, count: 1 << 20), []])?.code == .unknownKind)
        // A kind that exists, but is not a client's to send.
        #expect(failure([version, Array("DISPATCH".utf8), []])?.code == .unknownKind)
    }

    @Test func sizesAreCappedBeforeParsing() throws {
        let body = [UInt8](repeating: 0, count: Frames.clientLimit + 1)
        #expect(failure([version, Array("SUBMIT".utf8), body])?.code == .oversizedFrame)
        let prompt = String(repeating: "x", count: Frames.clientLimit)
        let submit = ClientVerb.submit(WireSubmit { $0.prompt.text = prompt })
        let error = #expect(throws: WireError.self) { try Frames.encode(submit) }
        #expect(error?.code == .oversizedFrame)
    }

    @Test func nestingIsCapped() {
        // Unknown groups (field 15, wire type 3) may nest to any depth in protobuf itself.
        let body = [UInt8](repeating: 0x7B, count: 100_000)
        #expect(failure([version, Array("CANCEL".utf8), body])?.code == .malformedBody)
    }

    @Test func aBodyThatIsNoProtobufIsRefused() {
        let error = failure([version, Array("SUBMIT".utf8), [0x0A, 0x50, 1]])
        #expect(error?.code == .malformedBody)
        #expect(error?.refusal?.code == .invalidArgument)
    }

    @Test func unknownFieldsAreKept() throws {
        var frames = try Frames.encode(ClientVerb.cancel(WireCancel { $0.requestID = id }))
        frames[2] += [0xF8, 0x07, 0x2A]
        let verb = try Frames.decode(frames, as: ClientVerb.self)
        #expect(try Frames.encode(verb) == frames)
    }

    @Test func anInvalidFieldNamesItsRequest() throws {
        let submit = ClientVerb.submit(
            WireSubmit {
                $0.requestID = id
                $0.prompt.text = "hello"
                $0.sampling.temperature = .nan
            })
        let error = failure(try Frames.encode(submit))
        #expect(error?.code == .invalidField)
        #expect(error?.request == id)
        #expect(error?.refusal?.requestID == id)
        #expect(error?.refusal?.message.contains("temperature") == true)
    }
}
