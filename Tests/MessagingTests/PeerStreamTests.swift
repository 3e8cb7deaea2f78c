import TestSupport
import Testing

@testable import Messaging

/// What arrives from a peer, without sockets.
@Suite struct PeerStreamTests {
    private static let options: RouterOptions = {
        var options = RouterOptions(frameByteLimit: 1000)
        options.frameLimit = 4
        return options
    }()
    private static let hello = RawConnection.greeting + RawConnection.ready

    /// What the stream makes of bytes that arrive in pieces; nil ends it with a fault.
    private func outputs(_ bytes: [UInt8], pieces size: Int = .max) -> [PeerStream.Output?] {
        var stream = PeerStream(Self.options)
        var outputs: [PeerStream.Output?] = []
        var position = 0
        while position < bytes.count {
            let end = position + min(size, bytes.count - position)
            do {
                while let output = try stream.next(bytes, from: &position, to: end) {
                    outputs.append(output)
                }
            } catch {
                return outputs + [nil]
            }
            #expect(stream.byteCount <= Self.options.messageByteLimit)
        }
        return outputs
    }

    private func frame(_ body: [UInt8], more: Bool = false) -> [UInt8] {
        FrameHeader.bytes(length: body.count, hasMore: more) + body
    }

    private let opening: [PeerStream.Output?] = [.answer(Handshake.ready), .opened]

    @Test(arguments: [1, 2, 3, 7, 64, 1000])
    func messagesAreTheSameHoweverTheyArrive(pieces: Int) {
        let long = [UInt8](repeating: 9, count: 700)
        let bytes =
            Self.hello + frame([1, 2], more: true) + frame([], more: true) + frame(long)
            + [4, 7, 4] + Array("PING".utf8) + [0, 5] + frame([3])
        let pong: PeerStream.Output = .answer([4, 5, 4] + Array("PONG".utf8))
        #expect(
            outputs(bytes, pieces: pieces) == opening + [
                .message([[1, 2], [], long]), pong, .message([[3]]),
            ])
    }

    @Test func tooManyFramesAreCountedAndNotKept() {
        let four = (0..<3).flatMap { frame([$0], more: true) } + frame([3])
        let five = (0..<4).flatMap { frame([$0], more: true) } + frame([4])
        #expect(
            outputs(Self.hello + four + five + frame([7])) == opening + [
                .message([[0], [1], [2], [3]]), .tooManyFrames, .message([[7]]),
            ])
    }

    @Test(arguments: [
        // A frame of 1001 bytes, and a message of more in frames that are small enough.
        [2, 0, 0, 0, 0, 0, 0, 3, 0xE9], [0xF8, 1, 1], [5, 1, 1], [0x82],
        [2, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
    ])
    func brokenFramesAreFaults(bytes: [UInt8]) {
        let rest = bytes + [UInt8](repeating: 0, count: 16)
        #expect(outputs(Self.hello + rest) == opening + [nil])
    }

    @Test func unknownCommandsArePassedOver() {
        let subscribe: [UInt8] = [4, 10, 9] + Array("SUBSCRIBE".utf8)
        #expect(outputs(Self.hello + subscribe + frame([1])) == opening + [.message([[1]])])
    }

    @Test func damageIsFoundOrMakesAnotherMessage() {
        var generator = SeededGenerator(seed: 5)
        let good =
            Self.hello + frame([1, 2, 3], more: true) + frame(.init(repeating: 4, count: 300))
            + frame([5]) + [4, 7, 4] + Array("PING".utf8) + [0, 5]
        for _ in 0..<20_000 {
            let bad = Mutation.of(good, using: &generator)
            let whole = outputs(bad)
            #expect(whole == outputs(bad, pieces: Int.random(in: 1...80, using: &generator)))
        }
    }
}
