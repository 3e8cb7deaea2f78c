import Wire

/// An encoded message whose request id is filled in by hand, so that stubs cost next to nothing.
struct RequestTemplate {
    static let placeholder = RequestID(bytes: [UInt8](repeating: 0xA5, count: 16)) ?? .none

    /// Where the id is in a body: after the tag and length of field 1.
    private static let place = 2..<18

    private let frames: [[UInt8]]

    init(_ message: some WireDirection) throws {
        frames = try Frames.encode(message)
    }

    func filled(with id: ArraySlice<UInt8>) -> [[UInt8]] {
        var frames = frames
        frames[2].replaceSubrange(Self.place, with: id)
        return frames
    }

    /// The id in a received message, if it is of a kind.
    static func id(of frames: [[UInt8]], kind: Kind) -> ArraySlice<UInt8>? {
        guard frames.count == Frames.count, frames[1].elementsEqual(kind.rawValue.utf8),
            frames[2].count >= place.upperBound
        else { return nil }
        return frames[2][place]
    }
}
