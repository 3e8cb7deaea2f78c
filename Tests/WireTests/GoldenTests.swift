import SwiftProtobuf
import Testing
import Wire

/// The bytes of every message are those that the Python runtime writes: a changed field number or
/// type shows here.
@Suite struct GoldenTests {
    @Test func everyKindIsCovered() throws {
        let kinds = try GoldenMessage.all().map(\.kind)
        #expect(kinds.prefix(Kind.allCases.count) == Kind.allCases[...])
    }

    @Test(arguments: try GoldenMessage.all())
    func bytesAndFieldsAgree(golden: GoldenMessage) throws {
        let direction = try golden.decode()
        #expect(try Frames.encode(direction) == golden.frames)
        try expectFields(of: direction.message, golden)
    }

    private func expectFields<M: WireMessage>(of message: M, _ golden: GoldenMessage) throws {
        #expect(M.kind == golden.kind)
        #expect(try message == M(textFormatString: golden.text))
    }

    @Test func heartbeatAndRefusalTravelBothWays() throws {
        let heartbeat = WorkerOrder.heartbeat(WireHeartbeat { $0.steps = 3 })
        #expect(try Frames.decode(Frames.encode(heartbeat)) == heartbeat)
        let refusal = WorkerOrder.failed(WireFailed { $0.code = .unavailable })
        #expect(try Frames.decode(Frames.encode(refusal)) == refusal)
    }

    @Test func theVersionFrameIsFixed() throws {
        #expect(ProtocolVersion.current.frame == [0x46, 0x42, 0x58, 0x31, 1, 0, 1, 0, 0, 0, 0, 0])
        let version = ProtocolVersion(major: 0x0102, minimum: 3, features: 0x0A0B_0C0D)
        #expect(version.frame == Array("FBX1".utf8) + [2, 1, 3, 0, 0x0D, 0x0C, 0x0B, 0x0A])
        #expect(try ProtocolVersion(frame: version.frame) == version)
    }

    @Test func requestIDsKeepTheirBytes() throws {
        let id = try #require(RequestID("000102030405060708090a0b0c0d0eff"))
        #expect(id.bytes == Array(0...14) + [255])
        #expect(id.description == "000102030405060708090a0b0c0d0eff")
        #expect(RequestID(bytes: id.bytes) == id)
        #expect(RequestID(bytes: [UInt8](repeating: 0, count: 16)) == nil)
        #expect(RequestID(bytes: [1, 2, 3]) == nil)
        #expect(RequestID("00") == nil)
        #expect(RequestID(String(repeating: "é", count: 32)) == nil)
        #expect(RequestID.random() != RequestID.random())
    }
}
