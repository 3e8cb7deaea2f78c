import FoundationEssentials
import Testing
import Wire

@testable import Frontend

/// What the status says of the replies that run and of those that ran.
@Suite struct MeterTests {
    private func status(_ bench: inout Bench) throws -> WireStatusReply {
        let question = WireStatus { $0.request = Bench.id(99) }
        let actions = bench.tell(.client(Bench.client, .status(question)))
        guard case .statusReply(let reply) = actions.events.first else {
            throw Refusal(.internal, "expected a status, got \(actions)")
        }
        try reply.validate()
        return reply
    }

    @Test func runningPartsAreToldWithTheirMixes() throws {
        var bench = Bench(workers: 2, slots: 1)
        bench.submit(1) { $0.selection.fixed.shares = [named("calm", 0.75), named("terse", -0.5)] }
        bench.submit(2)
        bench.submit(3)
        bench.chunk(1, offset: 0, [5, 6])
        let workers = try status(&bench).workers
        #expect(workers.map { $0.parts.map(\.request) } == [[Bench.id(1)], [Bench.id(2)]])
        #expect(workers[0].parts[0].shares == [named("calm", 0.75), named("terse", -0.5)])
        #expect(workers.map { $0.parts[0].tokens } == [2, 0])
        #expect(workers[1].parts[0].shares.isEmpty)
        bench.finish(1)
        #expect(try status(&bench).workers[0].parts.map(\.request) == [Bench.id(3)])
    }

    @Test func adaptersAreCountedByTheMixOfEachToken() throws {
        var bench = Bench()
        bench.submit(1) { $0.selection.fixed.shares = [named("calm", 0.5)] }
        bench.submit(2)
        bench.chunk(1, offset: 0, [1, 2, 3])
        let routed = WireWorkerRouted {
            ($0.request, $0.epoch, $0.segment.fromToken) = (Bench.id(1), 1, 4)
            $0.segment.mix.shares = [
                WireShare {
                    ($0.name, $0.weight, $0.adapter) = ("formal", 1024, FakePool.adapters[1].digest)
                }
            ]
        }
        bench.tell(.worker(Bench.worker(0), .routed(routed)))
        // A token of before the switch, then two of after it.
        bench.chunk(1, offset: 3, [4])
        bench.chunk(1, offset: 4, [5, 6])
        // One that is there already counts once.
        bench.chunk(1, offset: 4, [5, 6])
        bench.chunk(2, offset: 0, [7])
        let reply = try status(&bench)
        #expect(reply.adapters.map(\.name) == ["", "calm", "formal"])
        #expect(reply.adapters.map(\.selections) == [1, 1, 1])
        #expect(reply.adapters.map(\.weight) == [1, 0.5, 1])
        #expect(reply.adapters.map(\.tokens) == [1, 4, 2])
        #expect(reply.tokens == 7)
    }

    @Test func timesAreThoseOfTheLastFiveMinutes() throws {
        var bench = Bench()
        bench.submit(1)
        #expect(try status(&bench).firstToken.count == 0)
        bench.now += .milliseconds(250)
        bench.chunk(1, offset: 0, [1])
        bench.now += .milliseconds(60)
        bench.chunk(1, offset: 1, [2, 3])
        let reply = try status(&bench)
        #expect(reply.firstToken.count == 1 && reply.firstToken.p50Ms == 250)
        #expect(reply.interToken.count == 1 && reply.interToken.p99Ms == 30)
        bench.now += .seconds(301)
        #expect(try status(&bench).interToken.count == 0)
    }

    @Test func percentilesAreOfTheLatest() {
        var times = RecentTimes()
        let now = Instant(sinceStart: .zero)
        for milliseconds in 1...(2 * RecentTimes.limit) {
            times.note(.milliseconds(milliseconds), now: now)
        }
        let latency = times.latency(now: now)
        #expect(Int(latency.count) == RecentTimes.limit)
        #expect([latency.p50Ms, latency.p95Ms, latency.p99Ms] == [1537, 1997, 2038])
    }

    @Test func whatIsNotTakenIsRefused() throws {
        var bench = Bench()
        bench.submit(1) { $0.selection.fixed.shares = [named("nobody", 1)] }
        bench.submit(2)
        bench.tell(.drain)
        bench.submit(3)
        let reply = try status(&bench)
        #expect(reply.refused == 2 && reply.accepted == 1)
    }

    /// A worker that makes up names does not make the front grow.
    @Test func namesAreBounded() {
        var meter = ServiceMeter()
        for number in 0..<5000 {
            meter.note(
                tokens: 1, under: WireMix { $0.shares = [WireShare { $0.name = "a\(number)" }] })
        }
        meter.note(tokens: 1, under: WireMix())
        #expect(meter.adapters.count == ServiceMeter.nameLimit + 1 && meter.tokens == 5001)
    }

    private func named(_ name: String, _ weight: Float) -> WireNamedWeight {
        WireNamedWeight { ($0.name, $0.weight) = (name, weight) }
    }
}
