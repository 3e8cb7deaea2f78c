@testable import Messaging

/// What a router's peer may send: the first byte says into which pieces the rest is cut, which must change nothing.
enum TransportTarget {
    private static let options = RouterOptions(frameByteLimit: 4096)

    static func run(_ bytes: [UInt8]) {
        guard let size = bytes.first else { return }
        let rest = Array(bytes.dropFirst())
        let whole = outputs(of: rest, pieces: rest.count)
        precondition(whole == outputs(of: rest, pieces: Int(size) + 1), "pieces change a message")
    }

    private static func outputs(of bytes: [UInt8], pieces size: Int) -> [PeerStream.Output?] {
        var stream = PeerStream(options)
        var outputs: [PeerStream.Output?] = []
        var position = 0
        while position < bytes.count {
            let end = min(bytes.count, position + size)
            do {
                while let output = try stream.next(bytes, from: &position, to: end) {
                    outputs.append(output)
                }
            } catch {
                return outputs + [nil]
            }
            precondition(stream.byteCount <= options.messageByteLimit, "it keeps too much")
        }
        return outputs
    }
}
