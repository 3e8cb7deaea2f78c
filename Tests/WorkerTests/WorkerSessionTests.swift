import Adapters
import Foundation
import Tensors
import TestSupport
import Testing
import Wire

@testable import Inference
@testable import Worker

@Suite struct WorkerSessionTests {
    private let model: ServedModel

    init() throws {
        model = try DemoWorker.model()
    }

    private func session() throws -> (WorkerSession, JobRunner) {
        let runner = try JobRunner(model: model)
        return (WorkerSession(runner), runner)
    }

    @Test func introductionsSayWhoTheWorkerIsAndWhatFits() throws {
        let (session, runner) = try session()
        let ready = session.ready(processID: 5, identity: [UInt8](repeating: 9, count: 16))
        #expect(ready.identity == Data(repeating: 9, count: 16))
        #expect(ready.cacheTokens == UInt64(runner.engine.cacheTokenCount))
        #expect(ready.cacheTokens >= 1024 && ready.cacheTokens <= 32 * 1024)
        #expect(session.ready(processID: 5, identity: []).identity.isEmpty)
    }

    @Test func introductionsSayWhatTheModelAsksForAndWhatWasRefused() throws {
        let folder = try TemporaryFolder()
        for name in ["odd", "other"] {
            let path = "\(folder.path)/\(name)"
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true)
            try Data("{}".utf8).write(to: URL(fileURLWithPath: path + "/adapter_config.json"))
        }
        let served = try ServedModel(loaded: model.loaded, adapters: folder.path)
        let ready = WorkerSession(try JobRunner(model: served)).ready(processID: 5, identity: [])
        #expect(ready.refused.map(\.name) == ["odd", "other"])
        #expect(ready.refused.allSatisfy { $0.reason.contains("adapter_model.safetensors") })
        #expect(ready.defaults == WireSampling(model.loaded.samplingDefaults))
    }

    @Test func endsSayHowLongTheReplyMightHaveBecome() throws {
        let (session, _) = try session()
        var dispatch = DemoWorker.dispatch()
        #expect(session.receive(.dispatch(dispatch), now: .now).isEmpty)
        #expect(try finish(session).maxTokens == 12)
        dispatch.epoch = 2
        dispatch.limits.maxTokens = 0
        #expect(session.receive(.dispatch(dispatch), now: .now).isEmpty)
        #expect(try finish(session).maxTokens == 256)
    }

    /// The end is a token like others then, without text, and what comes before it is as ever.
    @Test func repliesGoOnPastTheirEndWhereThatIsAsked() throws {
        let (session, _) = try session()
        var dispatch = DemoWorker.dispatch()
        dispatch.limits.maxTokens = 200
        let natural = try reply(session, to: dispatch)
        #expect(natural.finished.reason == .end && natural.ids.count < 200)
        dispatch.epoch = 2
        dispatch.limits.ignoreEos = true
        let long = try reply(session, to: dispatch)
        #expect(long.finished.reason == .length && long.ids.count == 200)
        #expect(Array(long.ids.prefix(natural.ids.count)) == natural.ids)
        #expect(model.endOfTextIDs.contains(Int32(long.ids[natural.ids.count])))
        #expect(long.text.hasPrefix(natural.text) && !long.text.contains("<|"))
    }

    private func reply(
        _ session: WorkerSession, to dispatch: WireDispatch
    ) throws -> (ids: [UInt32], text: String, finished: WireFinished) {
        var (ids, text) = ([UInt32](), "")
        #expect(session.receive(.dispatch(dispatch), now: .now).isEmpty)
        for _ in 0..<1000 {
            for report in session.runStep(now: .now) {
                switch report {
                case .chunk(let chunk):
                    ids += chunk.ids
                    text += chunk.text
                case .finished(let finished): return (ids, text, finished)
                default: break
                }
            }
        }
        throw CocoaError(.executableNotLoadable)
    }

    @Test func longStepsAreAnnounced() throws {
        let (session, runner) = try session()
        let now = ContinuousClock.now
        #expect(session.receive(.dispatch(DemoWorker.dispatch()), now: now).isEmpty)
        #expect(session.silence == 60_000, "nothing is known of this machine yet")
        // An engine whose rows take half a second each, as far as it knows.
        runner.engine.pacer.note(decodeRows: 0, prefillRows: 4, seconds: 2)
        #expect(session.silence == 16_000)
        #expect(session.heartbeat(silence: session.silence).silenceMs == 16_000)
        runner.engine.pacer.note(decodeRows: 0, prefillRows: 100, seconds: 0.1)
        #expect(session.silence == 0)
        #expect(session.heartbeat().silenceMs == 0)
    }

    @Test func announcementsAreBounded() {
        for (seconds, expected) in [
            (0, 0), (0.125, 0), (0.2, 1600), (1e9, 600_000), (.infinity, 600_000), (.nan, 0),
        ] as [(Double, UInt32)] {
            #expect(WorkerSession.silence(predicted: seconds) == expected)
        }
    }

    private func finish(_ session: WorkerSession) throws -> WireFinished {
        for _ in 0..<1000 {
            for case .finished(let finished) in session.runStep(now: .now) { return finished }
        }
        throw CocoaError(.executableNotLoadable)
    }

    @Test func aMixThatIsLostIsAFailure() throws {
        let (session, runner) = try session()
        let mix = WireSegment(
            MixSegment(fromToken: 0, mix: DemoWorker.mix("hotels", of: model)),
            names: [:], reason: .requested
        ).mix
        #expect(session.receive(.dispatch(DemoWorker.dispatch(mix)), now: .now).isEmpty)
        _ = session.runStep(now: .now)
        runner.engine.mixes = MixTable(shelf: AdapterShelf())
        let finished = try finish(session)
        #expect(finished.failure == .internal && finished.message.contains("is not loaded"))
        #expect(session.isIdle && !runner.hasWork && !runner.engine.hasWork)
    }

    /// The demo's base must not answer in the place of the adapter that takes over at the third token.
    @Test func aSwitchThatFailsEndsTheReply() throws {
        let runner = try JobRunner(model: model)
        var reply = LocalReply(
            prompt: DemoWorker.dispatch().prompt,
            segments: [
                MixSegment(fromToken: 0, mix: .base),
                MixSegment(fromToken: 3, mix: DemoWorker.mix("hotels", of: model)),
            ])
        reply.limits.maxTokens = 12
        var tokenCount = 0
        let error = #expect(throws: WorkerError.self) {
            try reply.run(on: runner) { chunk in
                tokenCount += chunk.ids.count
                runner.engine.mixes = MixTable(shelf: AdapterShelf())
            }
        }
        #expect(error?.code == .internal && error?.description.contains("is not loaded") == true)
        #expect(tokenCount == 3)
        #expect(!runner.hasWork && !runner.engine.hasWork)
    }

    private func wire(_ mix: AdapterMix) -> WireMix {
        let segment = MixSegment(fromToken: 0, mix: mix)
        return WireSegment(segment, names: [:], reason: .requested).mix
    }

    /// A worker with memory for one adapter of the demo.
    private func frugalSession() throws -> (WorkerSession, JobRunner) {
        var settings = EngineSettings(for: model.loaded)
        settings.adapterByteCount = model.loaded.shelf.named.values.map(\.byteCount).max() ?? 0
        var served = model
        served.loaded.dropAdapterWeights()
        let runner = try JobRunner(model: served, settings: settings)
        return (WorkerSession(runner), runner)
    }

    @Test func heartbeatsTellWhatBecameOfAdapters() throws {
        let (session, runner) = try frugalSession()
        #expect(session.heartbeat().adapters.isEmpty, "none is in memory yet")
        for (epoch, name) in [(1, "hotels"), (2, "phones")] {
            var dispatch = DemoWorker.dispatch(wire(DemoWorker.mix(name, of: model)))
            dispatch.epoch = UInt32(epoch)
            #expect(session.receive(.dispatch(dispatch), now: .now).isEmpty)
            #expect([.length, .end].contains(try finish(session).reason))
        }
        let heartbeat = session.heartbeat()
        #expect(heartbeat.adapterByteLimit == UInt64(runner.engine.adapterByteLimit))
        #expect(heartbeat.adapterBytes > 0 && heartbeat.adapterBytes <= heartbeat.adapterByteLimit)
        #expect(heartbeat.adapters.count == 2)
        #expect(heartbeat.adapters.allSatisfy { $0.loads == 1 && $0.uses == 1 && $0.loadMs > 0 })
        #expect(heartbeat.adapters.map(\.resident).count(where: \.self) == 1)
        #expect(heartbeat.adapters.map(\.evictions).reduce(0, +) == 1)
        #expect(session.heartbeat().adapters.isEmpty, "nothing is new")
        #expect(WorkerSession(runner).heartbeat().adapters.count == 2, "a new session tells again")
    }

    @Test func rollCallsAreAnsweredAtOnce() throws {
        let (session, _) = try session()
        let call = WireHeartbeat { $0.rollCall = 3 }
        let reports = session.receive(.heartbeat(call), now: .now)
        guard case .heartbeat(let answer) = reports.first, reports.count == 1 else {
            Issue.record("expected a heartbeat, got \(reports)")
            return
        }
        #expect(answer.rollCall == 3)
        #expect(session.receive(.heartbeat(WireHeartbeat()), now: .now).isEmpty)
    }

    @Test func whatIsExpectedIsLoadedBesideOtherWork() throws {
        let (session, runner) = try frugalSession()
        let hotels = DemoWorker.mix("hotels", of: model).shares[0].adapter
        let expect = WireExpect {
            $0.adapters = [Data(hotels.bytes), Data(repeating: 3, count: 32)]
        }
        #expect(session.receive(.expect(expect), now: .now).isEmpty)
        #expect(session.receive(.dispatch(DemoWorker.dispatch()), now: .now).isEmpty)
        _ = try finish(session)
        for _ in 0..<100 where runner.engine.figures(of: hotels)?.isResident == false {
            usleep(10_000)
            _ = session.runStep(now: .now)
        }
        #expect(runner.engine.figures(of: hotels)?.isResident == true)
    }

    /// One that is taken off the shelf serves those that have it, and nobody else.
    @Test func adaptersComeAndGoWhileJobsRun() throws {
        let (session, runner) = try session()
        let mix = DemoWorker.mix("hotels", of: model)
        #expect(session.receive(.dispatch(DemoWorker.dispatch(wire(mix))), now: .now).isEmpty)
        _ = session.runStep(now: .now)
        let digest = mix.shares[0].adapter
        runner.engine.remove(digest)
        #expect(try finish(session).reason == .length)
        var again = DemoWorker.dispatch(wire(mix))
        again.epoch = 2
        guard case .finished(let refused) = session.receive(.dispatch(again), now: .now).first
        else {
            Issue.record("it is taken")
            return
        }
        #expect(refused.failure == .notFound)
        let folder = GoldenFolder.path("../../Demo/adapters")
        #expect(throws: WorkerError.self) {
            try runner.hold(path: folder + "/phones", digest: digest)
        }
        #expect(throws: WorkerError.self) { try runner.hold(path: folder + "/nothing") }
        #expect(try runner.hold(path: folder + "/hotels", digest: digest).digest == digest)
        again.epoch = 3
        #expect(session.receive(.dispatch(again), now: .now).isEmpty)
        #expect(try finish(session).reason == .length)
    }

    @Test func aReportThatNoMessageHasRoomForEndsItsPart() throws {
        let (session, runner) = try session()
        let dispatch = DemoWorker.dispatch()
        #expect(session.receive(.dispatch(dispatch), now: .now).isEmpty)
        let chunk = WireWorkerChunk {
            $0.request = dispatch.request
            $0.epoch = dispatch.epoch
            $0.text = String(repeating: "x", count: Frames.serviceLimit + 1)
        }
        var outbox = Outbox()
        try outbox.append([.heartbeat(session.heartbeat()), .chunk(chunk)], of: session)
        try #require(outbox.messages.count == 2)
        let report = try Frames.decode(outbox.messages[1], as: WorkerReport.self)
        guard case .finished(let finished) = report else {
            Issue.record("\(report)")
            return
        }
        #expect(finished.request == dispatch.request && finished.epoch == 1)
        #expect(finished.failure == .internal && finished.message.contains("at most"))
        #expect(session.isIdle && !runner.engine.hasWork)
    }
}
