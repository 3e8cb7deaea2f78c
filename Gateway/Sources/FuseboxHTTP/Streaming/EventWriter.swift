import FuseboxWire
import HTTPTypes
import Hummingbird

/// Writes server-sent events as clients of OpenAI's API bear them: lines of `data:` and comments.
///
/// There are no names of events and no ids: openai-python, LiteLLM and LangChain stop parsing where a comment follows one.
struct EventWriter {
    /// How long a stream may be silent: proxies give up after a minute, some sooner.
    static let silence: Duration = .seconds(10)

    /// Nothing between may hold events back.
    static let headers: HTTPFields = [
        .contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-cache",
        .accelBuffering: "no",
    ]

    private var writer: any ResponseBodyWriter
    private var lastWritten = ContinuousClock.now

    init(_ writer: any ResponseBodyWriter) {
        self.writer = writer
    }

    /// Returns when there is room for more.
    @concurrent mutating func write(_ value: JSONValue) async throws {
        try await write(line: Self.line(value))
    }

    static func line(_ value: JSONValue) -> String { "data: \(value.text)\n\n" }

    /// The end that OpenAI's clients wait for.
    @concurrent mutating func writeDone() async throws {
        try await write(line: "data: [DONE]\n\n")
    }

    /// Keeps a silent connection from being given up.
    @concurrent mutating func tick() async throws {
        guard ContinuousClock.now - lastWritten >= Self.silence else { return }
        try await write(line: ": keep-alive\n\n")
    }

    @concurrent mutating func write(line: String) async throws {
        try await writer.write(ByteBuffer(string: line))
        lastWritten = .now
    }

    @concurrent mutating func finish() async throws {
        try await writer.finish(nil)
    }
}
