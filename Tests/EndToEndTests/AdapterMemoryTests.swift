import Foundation
import FuseboxClient
import TestSupport
import Testing
import Wire

/// A service whose adapters have not all room in memory.
@Suite(.serialized) struct AdapterMemoryTests {
    private static let names = [
        "past_tense", "question", "hotels", "phones", "positive", "negative", "movies", "books",
    ]

    /// Replies under every mix, once the workers serve.
    private func replies(_ service: RunningService) async throws -> [[UInt32]] {
        let client = try FuseboxClient(endpoint: service.endpoint)
        defer { client.shutDown() }
        _ = try await service.workers(client, count: 1)
        let submits = (0..<24).map { index in
            WireSubmit {
                $0.requestID = .random()
                $0.prompt.text = "Tell me about a hotel, number \(index)."
                $0.sampling.seed = UInt64(index)
                $0.sampling.temperature = index.isMultiple(of: 2) ? 0 : 1
                $0.limits.maxTokens = 24
                $0.selection.fixed.shares = (0...index % 2).map { part in
                    WireNamedWeight {
                        $0.name = Self.names[(index + 3 * part) % Self.names.count]
                        $0.weight = 0.5
                    }
                }
            }
        }
        return try await withThrowingTaskGroup(of: (Int, [UInt32]).self) { group in
            for (index, submit) in submits.enumerated() {
                group.addTask {
                    let answer = try await ServiceTests.answer(submit, from: client) {}
                    return (index, answer.ids)
                }
            }
            var replies: [[UInt32]] = Array(repeating: [], count: submits.count)
            for try await (index, ids) in group { replies[index] = ids }
            return replies
        }
    }

    /// With room for two of the twenty adapters, replies are those of a service that has all of them in memory.
    @Test func repliesAreTheSameWithLittleMemory() async throws {
        let whole = try RunningService(workers: 1, hasRouter: false)
        defer { _ = whole.stop() }
        let expected = try await replies(whole)
        let client = try FuseboxClient(endpoint: whole.endpoint)
        defer { client.shutDown() }
        let all = try await client.listAdapters().adapters
        #expect(all.count == 20)
        let limit = 2 * (all.map(\.byteCount).max() ?? 0)
        let little = try RunningService(
            workers: 1, hasRouter: false, arguments: ["--adapter-memory", "\(limit)"])
        defer { _ = little.stop() }
        #expect(try await replies(little) == expected)
        let other = try FuseboxClient(endpoint: little.endpoint)
        defer { other.shutDown() }
        // Figures come with the next heartbeat.
        for _ in 0..<50 {
            if try await other.status().workers[0].adapterLoads >= 8 { break }
            try await Task.sleep(for: .milliseconds(100))
        }
        let worker = try await other.status().workers[0]
        #expect(worker.adapterByteLimit == UInt64(limit))
        #expect(worker.adapterBytes > 0 && worker.adapterBytes <= worker.adapterByteLimit)
        #expect(worker.adapterLoads >= 8 && worker.adapterEvictions >= 6)
        #expect((1...2).contains(worker.residentAdapters))
        let listed = try await other.listAdapters().adapters
        #expect(listed.map(\.digest) == all.map(\.digest))
        #expect(listed.map(\.byteCount) == all.map(\.byteCount))
        for adapter in listed where Self.names.contains(adapter.name) {
            #expect(adapter.loads > 0 && adapter.uses > 0 && adapter.loadMs > 0)
        }
    }

    @Test func aMixWithoutRoomIsRefused() async throws {
        let service = try RunningService(
            workers: 1, hasRouter: false, arguments: ["--adapter-memory", "300K"])
        defer { _ = service.stop() }
        let client = try FuseboxClient(endpoint: service.endpoint)
        defer { client.shutDown() }
        _ = try await service.workers(client, count: 1)
        let adapters = try await client.listAdapters()
        guard adapters.adapters.count > 1 else {
            #expect(adapters.refused.allSatisfy { $0.reason.contains("--adapter-memory") })
            return
        }
        var submit = WireSubmit { $0.requestID = .random() }
        submit.prompt.text = "Hello."
        submit.selection.fixed.shares = adapters.adapters.map { adapter in
            WireNamedWeight {
                $0.name = adapter.name
                $0.weight = 0.1
            }
        }
        await #expect {
            try await ServiceTests.answer(submit, from: client) {}
        } throws: { error in
            "\(error)".contains("--adapter-memory") && "\(error)".contains("307200")
        }
    }
}
