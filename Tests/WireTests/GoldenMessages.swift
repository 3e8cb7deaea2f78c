import FoundationEssentials
import Testing
import Wire

/// The messages of Tests/Goldens/wire, which the Python runtime wrote.
struct GoldenMessage {
    let kind: Kind
    let body: [UInt8]
    /// Protobuf's text format.
    let text: String

    var frames: [[UInt8]] {
        [ProtocolVersion.current.frame, Array(kind.rawValue.utf8), body]
    }

    static func all() throws -> [GoldenMessage] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = folder.appending(path: "Goldens/wire/messages.txt")
        let content = try String(contentsOf: file, encoding: .utf8)
        return try content.split(separator: "\n\n").map { block in
            let lines = block.split(separator: "\n", maxSplits: 1)
            let head = try #require(lines.first).split(separator: " 0x")
            return GoldenMessage(
                kind: try #require(head.first.flatMap { Kind(rawValue: String($0)) }),
                body: try bytes(hexadecimal: head.dropFirst().first ?? ""),
                text: String(lines.dropFirst().first ?? ""))
        }
    }

    private static func bytes(hexadecimal text: Substring) throws -> [UInt8] {
        let digits = try text.map { try #require($0.hexDigitValue) }
        return stride(from: 0, to: digits.count - 1, by: 2).map {
            UInt8(digits[$0] << 4 | digits[$0 + 1])
        }
    }

    /// Reads the frames in the direction in which the kind travels.
    func decode() throws(WireError) -> any WireDirection {
        switch kind {
        case .submit, .attach, .cancel, .credit, .close, .route, .listAdapters, .status,
            .listRequests, .retry, .drop, .changeAdapter:
            try Frames.decode(frames, as: ClientVerb.self)
        case .accepted, .routed, .chunk, .done, .failed, .routeReply, .adapters, .statusReply,
            .requests, .adapterChanged:
            try Frames.decode(frames, as: ClientEvent.self)
        case .ready, .heartbeat, .workerChunk, .workerRouted, .finished, .editionHeld:
            try Frames.decode(frames, as: WorkerReport.self)
        case .dispatch, .workerCancel, .expect, .drain, .edition, .dropEdition:
            try Frames.decode(frames, as: WorkerOrder.self)
        }
    }
}

extension GoldenMessage: CustomTestStringConvertible {
    var testDescription: String { kind.rawValue }
}
