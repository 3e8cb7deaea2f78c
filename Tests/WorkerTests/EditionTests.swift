import Adapters
import Foundation
import Registry
import Tensors
import TestSupport
import Testing
import Wire

@testable import Inference
@testable import Worker

/// Adapters that come while a worker runs.
@Suite struct EditionTests {
    private let runner: JobRunner
    private let session: WorkerSession
    private let store: AdapterStore
    private let hotels: Digest
    private let folder: TemporaryFolder

    init() throws {
        runner = try JobRunner(model: ServedModel(loaded: DemoWorker.base()))
        session = WorkerSession(runner)
        folder = try TemporaryFolder()
        store = AdapterStore(path: folder.path)
        hotels = try store.keep(GoldenFolder.path("../../Demo/adapters/hotels"))
    }

    private func edition(_ number: UInt8, _ shelf: [String: Digest]) -> WireEdition {
        WireEdition {
            $0.edition = Data(repeating: number, count: 32)
            $0.offer = 100 + UInt64(number)
            $0.store = store.path
            $0.adapters = shelf.map { name, digest in
                WireEditionAdapter {
                    $0.name = name
                    $0.digest = Data(digest.bytes)
                }
            }
        }
    }

    /// Has the session take an edition; returns what it says of it.
    private func take(_ edition: WireEdition) throws -> WireEditionHeld {
        #expect(session.receive(.edition(edition), now: .now).isEmpty)
        var reports: [WorkerReport] = []
        while session.isLoading { reports += session.loadNext() }
        guard case .editionHeld(let held) = try #require(reports.last), reports.count == 1 else {
            throw WorkerError(.internal, "\(reports)")
        }
        #expect(held.edition == edition.edition && held.offer == edition.offer)
        return held
    }

    private func run(under edition: WireEdition, _ digest: Digest) throws -> WireFinished {
        let mix = WireMix {
            $0.shares = [
                WireShare {
                    $0.adapter = Data(digest.bytes)
                    $0.weight = 1024
                }
            ]
        }
        var dispatch = DemoWorker.dispatch(mix)
        dispatch.edition = edition.edition
        var reports = session.receive(.dispatch(dispatch), now: .now)
        while !session.isIdle { reports += session.runStep(now: .now) }
        for case .finished(let finished) in reports { return finished }
        throw WorkerError(.internal, "\(reports)")
    }

    @Test func whatIsHeldCanBeRunUntilItIsDropped() throws {
        let first = edition(1, ["hotels": hotels])
        #expect(session.silence == 0)
        let held = try take(first)
        #expect(held.refused.isEmpty && held.adapters.map(\.name) == ["hotels"])
        #expect(held.adapters.allSatisfy { $0.byteCount > 0 && $0.rank > 0 })
        #expect(try run(under: first, hotels).outcome == .reason(.length))

        let second = edition(2, ["lodging": hotels])
        #expect(try take(second).adapters.isEmpty, "it is here already")
        #expect(
            session.receive(
                .dropEdition(WireDropEdition { $0.edition = first.edition }), now: .now
            ).isEmpty)
        #expect(try run(under: first, hotels).outcome == .failure(.unavailable))
        #expect(try run(under: second, hotels).outcome == .reason(.length))
        _ = session.receive(
            .dropEdition(WireDropEdition { $0.edition = second.edition }), now: .now)
        #expect(!runner.engine.holds(hotels))
        #expect(try take(first).adapters.count == 1, "it is loaded again")
        session.abandon()
        #expect(!runner.engine.holds(hotels), "the next front says what it wants")
    }

    @Test func whatIsNotThereIsRefusedByName() throws {
        let missing = Digest(of: [1])
        let held = try take(edition(1, ["hotels": hotels, "ghost": missing]))
        #expect(held.refused.map(\.name) == ["ghost"])
        #expect(held.refused.first?.reason.contains("\(missing)") ?? false)
        #expect(!runner.engine.holds(hotels), "all or nothing")
    }

    @Test func otherBytesAreRefused() throws {
        let missing = Digest(of: [1])
        try FileManager.default.copyItem(
            atPath: try #require(store.place(of: hotels)), toPath: "\(store.path)/\(missing)")
        let held = try take(edition(1, ["ghost": missing]))
        #expect(held.refused.first?.reason.contains("other bytes") ?? false)
    }

    @Test func aTrialSaysWhatMustNotBeServed() throws {
        let trial = try AdapterTrial(DemoWorker.base())
        let path = try #require(store.place(of: hotels))
        #expect(try trial.run(path: path).isEmpty)
        #expect(throws: LoadError.self) { try trial.run(path: folder.path("nowhere")) }
    }

    /// The hotels with one tensor of other numbers, and what a trial says of them.
    private func verdict(_ values: (Int) -> Float) throws -> String {
        let place = folder.path("spoiled")
        try? FileManager.default.removeItem(atPath: place)
        try FileManager.default.copyItem(
            atPath: try #require(store.place(of: hotels)), toPath: place)
        let weights = "\(place)/adapter_model.safetensors"
        var writer = SafetensorsWriter()
        for tensor in try SafetensorsFile(path: weights).tensors {
            guard tensor.name == Self.spoiled else {
                try writer.add(tensor)
                continue
            }
            let count = tensor.shape.reduce(1, *)
            try writer.add(
                Tensor(name: tensor.name, shape: tensor.shape, floats: (0..<count).map(values)))
        }
        try writer.write(to: weights)
        let trial = try AdapterTrial(DemoWorker.base())
        do throws(LoadError) {
            _ = try trial.run(path: place)
            return "fits"
        } catch {
            return "\(error)"
        }
    }

    private static let spoiled = "base_model.model.model.layers.3.mlp.down_proj.lora_B.weight"

    @Test func aTrialLooksAtTheNumbers() throws {
        #expect(try verdict { Float($0 % 7) / 1000 } == "fits")
        for value: Float in [.nan, .infinity, -.infinity] {
            let verdict = try verdict { $0 == 5 ? value : 0 }
            #expect(verdict.contains(Self.spoiled), "\(verdict)")
            #expect(verdict.contains("holds values that are not finite"), "\(verdict)")
        }
        let huge = try verdict { _ in 50_000 }
        #expect(huge.contains(Self.spoiled) && huge.contains("a size of 50000"), "\(huge)")
    }
}
