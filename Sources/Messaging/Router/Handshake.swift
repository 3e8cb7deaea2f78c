/// The listening side of a ZMTP 3 handshake with the NULL mechanism (RFC 37): what to say, and what to make of what the
/// peer says.
///
/// The peer's own identity is ignored: a name that peers choose could be another's.
enum Handshake {
    /// Signature, version, mechanism, role and filler.
    static let greetingByteCount = 64

    /// What both sides send first.
    static let greeting: [UInt8] = {
        var bytes: [UInt8] = [0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F, 3, 1]
        bytes += Array("NULL".utf8)
        return bytes + Array(repeating: 0, count: greetingByteCount - bytes.count)
    }()

    /// The READY command of a ROUTER, as a whole frame.
    static let ready: [UInt8] = {
        let body =
            name("READY") + name("Socket-Type") + [0, 0, 0, 6] + Array("ROUTER".utf8)
        return [FrameHeader.command, UInt8(body.count)] + body
    }()

    /// Which kinds of sockets this router talks to; a REQ would put an empty frame first, which no message here has.
    private static let socketTypes = ["DEALER", "ROUTER"].map { Array($0.utf8) }

    /// Accepts any minor version of ZMTP 3 and above, since peers speak the lower of two versions.
    ///
    /// - Parameter bytes: 64 of them.
    static func check(greeting bytes: [UInt8]) throws(TransportFault) {
        let isSignature = bytes[0] == 0xFF && bytes[9] & 1 == 1
        guard isSignature, bytes[10] >= 3, Array(bytes[12..<32]) == Array(greeting[12..<32]) else {
            throw .foreign
        }
    }

    /// Reads the peer's READY command.
    ///
    /// Metadata is a list of a name's length in one byte, the name, a value's length in four bytes, the value.
    static func check(ready body: [UInt8]) throws(TransportFault) {
        let start = name("READY")
        guard body.starts(with: start) else { throw .malformed }
        var position = start.count
        while position < body.count {
            let key = try field(body, at: &position, lengthBytes: 1)
            let value = try field(body, at: &position, lengthBytes: 4)
            guard String(decoding: key, as: UTF8.self).lowercased() == "socket-type" else {
                continue
            }
            guard socketTypes.contains(value) else { throw .wrongSocketType }
            return
        }
        throw .malformed
    }

    /// The answer to a PING command, with its context; nil for any other command.
    static func pong(to body: [UInt8]) -> [UInt8]? {
        let ping = name("PING")
        // The command's name, a time to live in two bytes, a context of at most 16.
        guard body.starts(with: ping), (ping.count + 2...ping.count + 18).contains(body.count)
        else { return nil }
        let answer = name("PONG") + body.dropFirst(ping.count + 2)
        return [FrameHeader.command, UInt8(answer.count)] + answer
    }

    private static func field(
        _ body: [UInt8], at position: inout Int, lengthBytes: Int
    ) throws(TransportFault) -> [UInt8] {
        guard body.count - position >= lengthBytes else { throw .malformed }
        let length = body[position..<position + lengthBytes].reduce(0) { $0 << 8 | Int($1) }
        position += lengthBytes
        guard body.count - position >= length else { throw .malformed }
        defer { position += length }
        return Array(body[position..<position + length])
    }

    private static func name(_ text: String) -> [UInt8] {
        [UInt8(text.utf8.count)] + Array(text.utf8)
    }
}
