import FoundationEssentials
import Frontend
import Journal
import Wire

/// A broken machine for each rule, so that the checker is seen to see it.
enum Sabotage: String, CaseIterable {
    case secondTerminal, lostChunk, wrongToken, lostTerminal, lateChunk, crowdedWorker
    case endlessAttempts, lateMix
    /// What was mended: the front kills who announced a long step, takes a full pipe for a dead worker, ends with its first
    /// place, works for clients that are gone, forgets an end that it cannot say, or takes workers for alive whose end it has
    /// yet to hear of.
    case deafFront, fullPipeIsDeath, firstPlaceIsAll, endlessGrace, unsaidEnd, noRollCall
    /// Faults of the record: an acceptance that is left out, or not forced to disk, tokens that are recorded twice or not at
    /// all, an end that is left out, an epoch that is forgotten, a close that is.
    case unrecorded, unforced, doubledTokens, lostTokens, unrecordedSwitch, forgottenEpoch
    /// A shelf that changes: generations are mixed, a change is in force before all workers hold it, or while it fails,
    /// adapters are dropped too early or never, files are removed that a request needs, and any answer answers an offer.
    case mixedGenerations, hastyChange, halfChange, earlyDrop, noDrop, earlyPrune, anyAnswer

    var rule: Violation.Rule {
        switch self {
        case .secondTerminal: .oneTerminal
        case .lostChunk: .contiguous
        case .wrongToken: .sameTokens
        case .lostTerminal: .everTerminal
        case .lateChunk: .nothingAfterTerminal
        case .crowdedWorker: .slots
        case .endlessAttempts: .attempts
        case .lateMix: .routedFirst
        case .deafFront, .fullPipeIsDeath: .patience
        case .firstPlaceIsAll, .unsaidEnd: .everTerminal
        case .endlessGrace: .abandoned
        case .noRollCall: .blame
        case .unrecorded, .unforced: .everTerminal
        case .doubledTokens, .lostTokens: .everTerminal
        case .unrecordedSwitch: .routedFirst
        case .forgottenEpoch: .attempts
        case .mixedGenerations: .generation
        case .hastyChange: .everyone
        case .halfChange: .whole
        case .earlyDrop: .held
        case .noDrop: .dropped
        case .earlyPrune: .kept
        case .anyAnswer: .everyone
        }
    }

    /// Whether it shows only where the shelf changes; nil: it may or may not.
    var needsChanges: Bool? {
        switch self {
        case .mixedGenerations, .hastyChange, .halfChange, .earlyDrop, .noDrop, .earlyPrune,
            .anyAnswer:
            true
        default: nil
        }
    }

    var isOfEngine: Bool {
        switch self {
        case .unrecorded, .unforced, .doubledTokens, .lostTokens, .unrecordedSwitch,
            .forgottenEpoch:
            true
        default: false
        }
    }

    /// What an engine with this fault would take.
    func alter(_ operations: [DispatchOperation]) -> [DispatchOperation] {
        operations.compactMap { operation in
            switch (self, operation) {
            case (.unrecorded, .submit(let stored)) where stored.serial % 3 == 0: nil
            case (.doubledTokens, .renew(let key, let position, let entries)):
                .renew(key, from: position, entries + entries.suffix(1))
            case (.lostTokens, .renew(let key, let position, let entries)):
                .renew(key, from: position, entries.filter { !$0.isThird })
            case (.unrecordedSwitch, .renew(let key, let position, let entries)):
                .renew(key, from: position, entries.filter { !$0.isSwitch })
            case (.forgottenEpoch, .lease): nil
            default: operation
            }
        }
    }

    /// What a broker with this fault would have wanted done.
    func apply(to actions: [BrokerAction]) -> [BrokerAction] {
        switch self {
        case .endlessAttempts: actions
        case .lateMix: actions.sorted { !Self.isMix($0) && Self.isMix($1) }
        default: actions.flatMap(apply)
        }
    }

    private func apply(to action: BrokerAction) -> [BrokerAction] {
        switch (self, action) {
        case (.secondTerminal, .toClient(_, .done, _)): return [action, action]
        case (.lostTerminal, .toClient(_, .done, _)): return []
        case (.unsaidEnd, .toClient(_, .failed(let failed), _)) where failed.message == "too large":
            return []
        case (.lostChunk, .toClient(_, .chunk(let chunk), _)) where chunk.offset % 5 == 3:
            return []
        case (.wrongToken, .toClient(let client, .chunk(var chunk), let mark)):
            chunk.ids = chunk.ids.map { $0 ^ 1 }
            return [.toClient(client, .chunk(chunk), mark)]
        case (.lateChunk, .toClient(let client, .done(let done), _)):
            let late = WireChunk {
                $0.request = done.request
                $0.part = done.part
                $0.offset = UInt32(done.provenance.tokens.count)
                $0.ids = [1]
            }
            return [action, .toClient(client, .chunk(late), nil)]
        case (.mixedGenerations, .toWorker(let worker, .dispatch(var dispatch)))
        where dispatch.epoch > 1:
            dispatch.edition = Data(repeating: UInt8(dispatch.epoch % 200), count: 32)
            return [.toWorker(worker, .dispatch(dispatch))]
        case (.earlyDrop, .toWorker(let worker, .dispatch(let dispatch)))
        where dispatch.seedIsEven:
            let drop = WireDropEdition { $0.edition = dispatch.edition }
            return [action, .toWorker(worker, .dropEdition(drop))]
        case (.noDrop, .toWorker(_, .dropEdition)): return []
        case (.earlyPrune, .pruneShelf(let adapters, _)):
            return [.pruneShelf(adapters: adapters, routers: [])]
        case (.crowdedWorker, .toWorker(_, .dispatch)):
            return Array(repeating: action, count: 5)
        default: return [action]
        }
    }

    private static func isMix(_ action: BrokerAction) -> Bool {
        if case .toClient(_, .routed, _) = action { true } else { false }
    }
}

extension WireJournalEntry {
    fileprivate var isSwitch: Bool {
        if case .routed = kind { true } else { false }
    }

    fileprivate var isThird: Bool {
        if case .chunk(let chunk) = kind { chunk.offset % 3 == 2 } else { false }
    }
}

extension WireDispatch {
    fileprivate var seedIsEven: Bool { sampling.seed.isMultiple(of: 2) }
}
