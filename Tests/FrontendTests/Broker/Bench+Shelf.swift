import FoundationEssentials
import Registry
import Tensors
import Testing
import Wire

@testable import Frontend

extension FakeShelf {
    /// What the name calm stands for first, and what it is to stand for.
    static var calm: Digest? { first.registry.stable["calm"] }
    static let other = Digest(of: [77])
}

/// A bench whose workers serve a shelf that changes.
extension Bench {
    /// Workers that hold the first shelf.
    static func shelf(workers: Int = 2) -> Bench {
        var bench = Bench(workers: workers, shelf: FakeShelf.first)
        for worker in 0..<workers { bench.hold(worker) }
        bench.save()
        return bench
    }

    /// Has a worker say that it holds all that it was told to hold.
    @discardableResult
    mutating func hold(_ worker: Int, refusing reason: String? = nil) -> [BrokerAction] {
        let session = broker.sessions.first { $0.address == Self.worker(worker) }
        let offered = session?.offered.sorted { $0.value < $1.value } ?? []
        var actions: [BrokerAction] = []
        for (edition, offer) in offered where session?.editions.contains(edition) == false {
            actions += say(worker, edition, offer, refusing: reason)
        }
        return actions
    }

    /// Has a worker say that it holds an edition, or why it does not.
    @discardableResult
    mutating func say(
        _ worker: Int, _ edition: Digest, _ offer: UInt64, refusing reason: String? = nil
    ) -> [BrokerAction] {
        var held = WireEditionHeld {
            $0.edition = Data(edition.bytes)
            $0.offer = offer
        }
        held.refused = reason.map { [WireRefusedAdapter(folder: "calm", reason: $0)] } ?? []
        return tell(.worker(Self.worker(worker), .editionHeld(held)))
    }

    /// Has the registry written down, if the broker waits for it.
    @discardableResult
    mutating func save(failing: String? = nil) -> [BrokerAction] {
        guard let change = broker.shelf?.change, case .saving = change.phase else { return [] }
        return tell(.registrySaved(ticket: change.ticket, failure: failing))
    }

    static func change(
        _ verb: WireAdapterVerb, _ name: String = "calm", number: UInt8 = 200
    ) -> BrokerEvent {
        .client(
            client,
            .changeAdapter(
                WireChangeAdapter {
                    $0.request = id(number)
                    $0.verb = verb
                    $0.name = name
                    $0.path = [.add, .replace, .canary].contains(verb) ? "/new" : ""
                    $0.share = 0.5
                }))
    }

    /// Begins to replace an adapter, up to where the workers have been told.
    @discardableResult
    mutating func propose(
        _ verb: WireAdapterVerb = .replace, _ name: String = "calm", number: UInt8 = 200
    ) throws -> [BrokerAction] {
        let wanted = tell(Self.change(verb, name, number: number))
        let ticket = wanted.compactMap { action -> UInt64? in
            if case .prepareShelf(let ticket, _) = action { ticket } else { nil }
        }.first
        var finding = ShelfFinding()
        finding.adapters = [name: FakeShelf.other]
        return tell(.shelfPrepared(ticket: try #require(ticket), finding))
    }

    /// Submits a request that names an adapter.
    @discardableResult
    mutating func ask(_ number: UInt8, _ name: String = "calm") -> [BrokerAction] {
        submit(number) {
            $0.selection.fixed.shares = [
                WireNamedWeight {
                    $0.name = name
                    $0.weight = 1
                }
            ]
        }
    }

    /// The adapter that a dispatch begins with.
    static func adapter(of dispatch: WireDispatch?) -> Digest? {
        (dispatch?.segments.first?.mix.shares.first?.adapter).flatMap { Digest(bytes: $0) }
    }
}
