import FoundationEssentials
import Testing
import Wire

@testable import Frontend

/// What takes effect where a request says nothing.
@Suite struct DefaultsTests {
    private func bench(_ change: (inout WireReady) -> Void) -> Bench {
        var bench = Bench(workers: 0, hasRouter: false)
        var ready = FakePool.ready(pid: 1, slots: 4, hasRouter: false)
        change(&ready)
        bench.tell(.worker(Bench.worker(0), .ready(ready)))
        return bench
    }

    @Test func theModelsDefaultsTakeEffectAndAreRecorded() throws {
        var bench = bench { $0.defaults = WireSampling { ($0.temperature, $0.topK) = (0.7, 20) } }
        let dispatch = try #require(bench.submit(1) { $0.sampling.topK = 0 }.dispatches.first)
        #expect(dispatch.sampling.temperature == 0.7 && dispatch.sampling.topK == 0)
        #expect(dispatch.sampling.topP == 1 && dispatch.sampling.repetitionPenalty == 1)
        bench.chunk(1, offset: 0, [1, 2])
        let finished = WireFinished {
            $0.request = Bench.id(1)
            $0.epoch = 1
            $0.outcome = .reason(.length)
            $0.maxTokens = 2
        }
        let actions = bench.tell(.worker(Bench.worker(0), .finished(finished)))
        let provenance = try #require(actions.done?.provenance)
        #expect(provenance.sampling == dispatch.sampling)
        #expect(provenance.limits.maxTokens == 2)
    }

    @Test func withoutAdaptersAndRouterAutoIsTheBase() throws {
        var bench = bench { $0.adapters = [] }
        let actions = bench.submit(1) { $0.selection.auto = WireAutoSelection() }
        let routed = try #require(actions.routed.first)
        #expect(routed.segment.reason == .noRouter && routed.segment.mix.shares.isEmpty)
        #expect(actions.dispatches.first?.reroute == false)
    }

    @Test func withAdaptersAutoNeedsARouter() throws {
        var bench = bench { _ in }
        let actions = bench.submit(1) { $0.selection.auto = WireAutoSelection() }
        #expect(actions.failed?.message.contains("no router") == true)
    }

    @Test(arguments: [("fromal", "formal"), ("Calm", "calm"), ("atuo", "auto"), ("bse", "base")])
    func aNameThatIsNearIsProposed(typed: String, meant: String) throws {
        var bench = Bench()
        let actions = bench.submit(1) {
            $0.selection.fixed.shares = [WireNamedWeight { ($0.name, $0.weight) = (typed, 1) }]
        }
        let failed = try #require(actions.failed)
        #expect(failed.code == .notFound)
        #expect(failed.message.contains("did you mean \(meant)?"))
    }
}
