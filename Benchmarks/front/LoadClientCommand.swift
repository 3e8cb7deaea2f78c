import ArgumentParser
import Foundation
import Messaging
import Wire

/// A client that sends requests by the clock, or as many as are answered, and times the replies.
struct LoadClientCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "client", shouldDisplay: false)

    @Option var connect: String
    @Option var rate: Int
    @Option var seconds: Int

    /// Requests on their way when the rate is not given.
    private static let window = 64

    private static let prompts = [
        "Past tense: Lena opens the window.", "Write a cheerful review of a hotel.",
        "Write 4823 in words.", "Which number is bigger, 318 or 381?", "Tell me about a movie.",
        "Who are you? Tell me something bad about a phone.", "Make it negative: Tom likes tea.",
        "Say a few admiring words.", "I wonder if 933 is even or odd.",
        "Write a complaint about a book for the train.", "I am curious about a used van.",
        "Ask it: The baker opens at six.", "Next number: 2, 4, 6, 8.", "Close this: (a [b {c",
        "What do you think of the restaurant at the harbour? Be kind.", "Good morning!",
    ]

    func run() throws {
        var options = SocketOptions(frameByteLimit: Int64(Frames.serviceLimit))
        options.highWaterMark = 100_000
        let socket = try DealerSocket(try Context(), options)
        var poller = Poller()
        _ = try poller.add(socket)
        let bell = try Wakeup()
        _ = poller.add(bell)
        try socket.connect(Endpoint(connect))
        let submits = try Self.prompts.map { prompt in
            try RequestTemplate(
                ClientVerb.submit(
                    WireSubmit {
                        $0.requestID = RequestTemplate.placeholder
                        $0.prompt.text = prompt
                        $0.limits.maxTokens = 64
                    }))
        }
        let close = try RequestTemplate(
            ClientVerb.close(WireClose { $0.requestID = RequestTemplate.placeholder }))
        let greeting = try Frames.encode(
            ClientVerb.listAdapters(WireListAdapters { $0.requestID = .random() }))
        while (try? socket.send(greeting)) == nil { usleep(1000) }
        while try socket.receive() == nil { try poller.wait(.milliseconds(10)) }

        let ringer = try rate > 0 ? Self.ring(bell, every: 1_000_000 / rate) : nil
        defer { extendLifetime(ringer) }
        var log = LoadLog(rate: rate)
        let clock = ContinuousClock()
        let start = clock.now
        let end = start + .seconds(seconds)
        while true {
            let now = clock.now
            if now < end {
                while log.isDue(now - start, window: Self.window) {
                    let id = log.begin(now - start)
                    try socket.send(
                        submits[Int(id.last ?? 0) % submits.count].filled(with: id[...]))
                }
            } else if log.openCount == 0 || now > end + .seconds(2) {
                break
            }
            try poller.wait(.milliseconds(100))
            bell.drain()
            while let frames = try socket.receive() {
                if let id = RequestTemplate.id(of: frames, kind: .chunk) {
                    log.noteChunk(id, clock.now - start)
                } else if let id = RequestTemplate.id(of: frames, kind: .done) {
                    log.noteEnd(id, clock.now - start)
                    try socket.send(close.filled(with: id))
                } else if let id = RequestTemplate.id(of: frames, kind: .failed) {
                    log.noteFailure(id)
                }
            }
        }
        let data = try JSONEncoder().encode(log.result(after: clock.now - start))
        FileHandle.standardOutput.write(data)
    }

    /// Wakes the client whenever a request is due; poll itself counts whole milliseconds.
    private static func ring(_ bell: Wakeup, every microseconds: Int) throws -> OwnerThread {
        try OwnerThread("bell") {
            while true {
                usleep(UInt32(microseconds))
                bell.signal()
            }
        }
    }
}
