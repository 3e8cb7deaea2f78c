import Foundation
import FuseboxClient
import TestSupport
import Testing
import Wire

/// Adapters that change while the service runs.
@Suite(.serialized) struct AdapterChangeTests {
    private struct Answer: Equatable {
        var ids: [UInt32] = []
        var adapters: Set<Data> = []
    }

    private let folder: TemporaryFolder
    private let shelf: String

    init() throws {
        folder = try TemporaryFolder()
        shelf = folder.path("shelf")
        try FileManager.default.createDirectory(
            atPath: shelf, withIntermediateDirectories: false)
        for name in ["hotels", "phones"] { try copy(name, to: name) }
    }

    private static func demo(_ name: String) -> String {
        "\(BuiltProgram.root)/Demo/adapters/\(name)"
    }

    private func copy(_ name: String, to place: String) throws {
        try? FileManager.default.removeItem(atPath: "\(shelf)/\(place)")
        try FileManager.default.copyItem(atPath: Self.demo(name), toPath: "\(shelf)/\(place)")
    }

    private func service() throws -> RunningService {
        try RunningService(arguments: ["--adapters", shelf, "--state", folder.path("state")])
    }

    private func change(
        _ service: RunningService, _ arguments: String...
    ) throws -> BuiltProgram.Outcome {
        try BuiltProgram.run(
            ["adapters"] + arguments + ["--connect", service.endpoint], in: folder.path)
    }

    private func ask(
        _ client: FuseboxClient, _ name: String, tokens: UInt32 = 24,
        atFirstToken disturb: () async throws -> Void = {}
    ) async throws -> Answer {
        var answer = Answer()
        let request = WireSubmit {
            $0.prompt.text = "Tell me about the weather."
            // So hot that no end is drawn early.
            $0.sampling.temperature = 20
            $0.sampling.seed = 5
            $0.limits.maxTokens = tokens
            $0.selection.fixed.shares = [
                WireNamedWeight {
                    $0.name = name
                    $0.weight = 1
                }
            ]
        }
        for try await event in client.submit(request) {
            switch event {
            case .chunk(let chunk):
                if answer.ids.isEmpty { try await disturb() }
                answer.ids += chunk.ids
            case .done(let done):
                let shares = done.provenance.segments.flatMap(\.mix.shares)
                answer.adapters = Set(shares.map(\.adapter))
            case .failed(let failure): throw ClientError(.refused, failure.message)
            default: break
            }
        }
        return answer
    }

    /// A change that a worker is lost under fails; the next one goes without it.
    private func rollBack(_ client: FuseboxClient) async throws {
        let change = WireChangeAdapter {
            $0.verb = .rollback
            $0.name = "hotels"
        }
        for _ in 0..<50 {
            do {
                _ = try await client.changeAdapter(change)
                return
            } catch {
                try await Task.sleep(for: .milliseconds(100))
            }
        }
        Issue.record("no rollback in five seconds")
    }

    @Test func requestsKeepTheGenerationThatTheyBeganWith() async throws {
        let service = try service()
        defer { _ = service.stop() }
        let client = try FuseboxClient(endpoint: service.endpoint)
        defer { client.shutDown() }
        _ = try await service.workers(client)
        let hotels = try await ask(client, "hotels")
        let phones = try await ask(client, "phones")
        #expect(hotels.adapters != phones.adapters && hotels.ids != phones.ids)
        #expect(try change(service, "replace", "hotels", Self.demo("phones")).status == 0)
        #expect(try await ask(client, "hotels") == phones)

        // The workers go first: the stream might end before the change is in force. A busy machine may hear of its first token
        // only when it has ended, so that nothing is resumed.
        var long = Answer()
        for _ in 0..<20 where try await client.status().resumed == 0 {
            #expect(try change(service, "rollback", "hotels", "--generation", "2").status == 0)
            let workers = try await service.workers(client)
            long = try await ask(client, "hotels", tokens: 900) {
                for worker in workers { kill(worker, SIGKILL) }
                try await rollBack(client)
            }
        }
        #expect(try await client.status().resumed > 0, "other workers went on")
        #expect(long.adapters == phones.adapters, "it began with them")
        #expect(try await ask(client, "hotels") == hotels)
        #expect(try change(service, "rollback", "hotels", "--generation", "2").status == 0)
        #expect(try await ask(client, "hotels", tokens: 900) == long)
        #expect(try change(service, "rollback", "hotels").status == 0)

        try folder.write("no adapter", to: "odd.gguf")
        let refused = try change(service, "replace", "hotels", folder.path("odd.gguf"))
        #expect(refused.status != 0 && refused.error.contains("odd.gguf"), "\(refused.error)")
        #expect(try await ask(client, "hotels") == hotels)
        #expect(try change(service, "remove", "hotels").status == 0)
        await #expect(throws: (any Error).self) { try await ask(client, "hotels") }
        #expect(try await service.workers(client).count == 2)
    }

    @Test func changesOutliveTheServiceAndItsFolderIsFollowed() async throws {
        do {
            let service = try service()
            defer { _ = service.stop() }
            let client = try FuseboxClient(endpoint: service.endpoint)
            defer { client.shutDown() }
            _ = try await service.workers(client)
            #expect(try change(service, "replace", "hotels", Self.demo("movies")).status == 0)
            let rows = ["Were the shoes good?", "How does the jacket fit?", "Praise the socks."]
                .map { "{\"text\": \"\($0)\", \"adapter\": \"wear\"}" }
            let file = try folder.write(rows.joined(separator: "\n"), to: "rows.jsonl")
            #expect(
                try change(service, "add", "wear", Self.demo("clothing"), "--examples", file)
                    .status == 0)
            #expect(try await client.listAdapters().adapters.last?.routable == true)
            #expect(try change(service, "add", "positive", Self.demo("positive")).status == 0)
            #expect(try change(service, "add", "positive", Self.demo("positive")).status != 0)
        }
        let service = try service()
        defer { _ = service.stop() }
        let client = try FuseboxClient(endpoint: service.endpoint)
        defer { client.shutDown() }
        _ = try await service.workers(client)
        var list = try await served(client) { $0.adapters.count == 4 }
        #expect(list.adapters.map(\.name) == ["hotels", "phones", "positive", "wear"])
        #expect(
            list.adapters.map(\.generation) == [2, 1, 1, 1], "the folder's hotels are the old ones")
        #expect(list.adapters.count(where: \.routable) == 4, "what the router learned is kept")

        try copy("question", to: "question")
        try copy("negative", to: "phones")
        try FileManager.default.removeItem(atPath: "\(shelf)/hotels")
        kill(service.processID, SIGHUP)
        list = try await served(client) { $0.adapters.first?.name == "phones" }
        #expect(list.adapters.map(\.name) == ["phones", "positive", "question", "wear"])
        #expect(list.adapters.map(\.generation) == [2, 1, 1, 1])
    }

    /// Waits until the service's adapters are as they should be.
    private func served(
        _ client: FuseboxClient, _ isRight: (WireAdapters) -> Bool
    ) async throws -> WireAdapters {
        for _ in 0..<300 {
            let list = try await client.listAdapters()
            if isRight(list) { return list }
            try await Task.sleep(for: .milliseconds(100))
        }
        return try await client.listAdapters()
    }
}
