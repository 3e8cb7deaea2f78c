import ArgumentParser
import Foundation
import Messaging
import Routing
import Tensors
import Wire

/// A worker without an engine: it answers every dispatch at once with three chunks.
struct StubWorkerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "worker", shouldDisplay: false)

    @Option var connect: String
    @Option var router: String

    private static let chunkCount = 3

    func run() throws {
        var options = SocketOptions(frameByteLimit: Int64(Frames.serviceLimit))
        // The stub itself must not be what waits.
        options.highWaterMark = 100_000
        let socket = try DealerSocket(try Context(), options)
        var poller = Poller()
        _ = try poller.add(socket)
        try socket.connect(Endpoint(connect))
        let ready = try Frames.encode(try introduction())
        while (try? socket.send(ready)) == nil { usleep(1000) }
        let answers = try answers()
        let beat = try Frames.encode(WorkerReport.heartbeat(WireHeartbeat()))
        var nextBeat = ContinuousClock.now
        while true {
            try poller.wait(.milliseconds(500))
            while let frames = try socket.receive() {
                guard let template = RequestTemplate.id(of: frames, kind: .dispatch) else {
                    continue
                }
                for answer in answers { try socket.send(answer.filled(with: template)) }
            }
            if ContinuousClock.now >= nextBeat {
                try socket.send(beat)
                nextBeat = .now + .milliseconds(500)
            }
        }
    }

    /// Whatever the router needs: an adapter for each of its classes.
    private func introduction() throws -> WorkerReport {
        let router = try AdapterRouter(directory: router)
        return .ready(
            WireReady {
                $0.pid = getpid()
                $0.slots = 64
                $0.context = 4096
                $0.base = Data(repeating: 1, count: 32)
                $0.router = Data(router.digest.bytes)
                $0.type = "stub"
                $0.adapters = router.classes.compactMap { item in
                    item.adapter.map { digest in
                        WireResidentAdapter {
                            $0.name = item.name
                            $0.digest = Data(digest.bytes)
                            $0.rank = 8
                        }
                    }
                }
            })
    }

    /// The chunks and the end of a first attempt.
    private func answers() throws -> [RequestTemplate] {
        var answers: [RequestTemplate] = []
        for index in 0..<UInt32(Self.chunkCount) {
            answers.append(
                try RequestTemplate(
                    WorkerReport.chunk(
                        WireWorkerChunk {
                            $0.requestID = RequestTemplate.placeholder
                            $0.epoch = 1
                            $0.offset = 4 * index
                            $0.ids = [1000, 20, 3000, 4]
                            $0.text = " and so it goes on"
                        })))
        }
        answers.append(
            try RequestTemplate(
                WorkerReport.finished(
                    WireFinished {
                        $0.requestID = RequestTemplate.placeholder
                        $0.epoch = 1
                        $0.reason = .end
                        $0.promptTokens = Array(1...20)
                    })))
        return answers
    }
}
