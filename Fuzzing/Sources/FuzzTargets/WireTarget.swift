import Wire

/// Messages: the name of a kind, a line end, the body; read in all four directions.
enum WireTarget {
    static func run(_ bytes: [UInt8]) {
        let parts = bytes.split(separator: 0x0A, maxSplits: 1, omittingEmptySubsequences: false)
        let frames = [ProtocolVersion.current.frame, Array(parts[0]), Array(parts.last ?? [])]
        check(frames, as: ClientVerb.self)
        check(frames, as: ClientEvent.self)
        check(frames, as: WorkerReport.self)
        check(frames, as: WorkerOrder.self)
    }

    /// What is taken survives another trip unchanged.
    private static func check<Direction: WireDirection>(
        _ frames: [[UInt8]], as direction: Direction.Type
    ) {
        guard let message = try? Frames.decode(frames, as: direction),
            let sent = try? Frames.encode(message)
        else { return }
        let again = try? Frames.decode(sent, as: direction)
        precondition(
            again.flatMap { try? Frames.encode($0) } == sent, "a message changes on its way")
    }
}
