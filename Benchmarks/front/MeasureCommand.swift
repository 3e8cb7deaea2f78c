import ArgumentParser
import Foundation
import Frontend
import Messaging
import Routing

/// Runs the front in this process, stub workers and the load in others, and prints a line a rate.
struct MeasureCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "measure",
        abstract: "Run front, workers and client; print what the front costs.")

    @Option(help: "The trained router's directory.")
    var router = "Router"

    @Option(help: "Requests a second, several rates separated by commas; 0: as many as it takes.")
    var rates = "2500,5000,0"

    @Option(help: "Seconds of each measurement.")
    var seconds = 5

    @Option(help: "Worker processes.")
    var workers = 2

    @Flag(help: "Print JSON lines.")
    var json = false

    func run() async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/front-bench-\(getpid())"
        let router = try AdapterRouter(directory: router)
        let loop = try await FrontLoop.start(
            FrontLoop.Endpoints(
                clients: Endpoint("ipc://\(folder)/clients.sock"),
                workers: Endpoint("ipc://\(folder)/workers.sock")),
            broker: Broker(
                configuration: BrokerConfiguration(), router: TrainedRouter(router), seed: 1))
        let stubs = try (0..<workers).map { _ in
            try Self.start(
                [
                    "worker", "--connect", loop.endpoints.workers.description, "--router",
                    self.router,
                ])
        }
        defer { for stub in stubs { stub.terminate() } }
        var readyCount = 0
        for await notice in loop.notices {
            if case .workerReady = notice { readyCount += 1 }
            if readyCount == workers { break }
        }
        let clients = loop.endpoints.clients.description
        _ = try Self.load(clients, rate: 1000, seconds: 1)
        for rate in rates.split(separator: ",").compactMap({ Int($0) }) {
            let before = Self.processorTime
            let result = try Self.load(clients, rate: rate, seconds: seconds)
            report(result, processorTime: Self.processorTime - before)
        }
        await loop.stop()
        try? FileManager.default.removeItem(atPath: folder)
    }

    private func report(_ result: LoadResult, processorTime: Duration) {
        let cost = processorTime / .microseconds(1) / Double(max(result.requests, 1))
        if json {
            print(
                """
                {"rate": \(result.rate), "requests_per_second": \(result.perSecond), "failed": \(result.failed), \
                "cpu_microseconds": \(cost), "p50_ms": \(result.median), "p99_ms": \(result.p99), \
                "p999_ms": \(result.p999), "max_ms": \(result.longest), "first_chunk_p99_ms": \(result.firstP99)}
                """)
        } else {
            print(
                "\(result.rate == 0 ? "most" : "\(result.rate)/s"): \(Int(result.perSecond)) requests/s, \(result.failed) failed, "
                    + "CPU \(cost.rounded()) us a request, whole reply p50 \(result.median) p99 \(result.p99) p99.9 \(result.p999) "
                    + "most \(result.longest) ms, first chunk p99 \(result.firstP99) ms")
        }
    }

    private static func load(_ endpoint: String, rate: Int, seconds: Int) throws -> LoadResult {
        let output = Pipe()
        let client = try start(
            ["client", "--connect", endpoint, "--rate", "\(rate)", "--seconds", "\(seconds)"],
            output: output)
        let data = output.fileHandleForReading.readDataToEndOfFile()
        client.waitUntilExit()
        return try JSONDecoder().decode(LoadResult.self, from: data)
    }

    private static func start(_ arguments: [String], output: Pipe? = nil) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = arguments
        if let output { process.standardOutput = output }
        try process.run()
        return process
    }

    /// Processor time of this process, which is the front.
    private static var processorTime: Duration {
        var usage = rusage()
        unsafe getrusage(RUSAGE_SELF.rawValue, &usage)
        let times = [usage.ru_utime, usage.ru_stime]
        return times.reduce(.zero) { $0 + .seconds($1.tv_sec) + .microseconds(Int64($1.tv_usec)) }
    }
}
