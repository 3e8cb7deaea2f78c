import Registry
import Tensors
import Wire

/// Changing the shelf while it is served.
///
/// A change is prepared beside the front's thread (copied, checked), then every worker has to hold it, then it is written down,
/// and only then is it in force, for requests that come from then on. Whatever fails in between leaves what was. One at a time.
extension Broker {
    /// Takes a client's wish to change the shelf.
    mutating func changeAdapter(
        _ change: WireChangeAdapter, from client: Address, now: Instant
    ) {
        guard shelf != nil else {
            let refusal = Refusal(
                .invalidArgument,
                "the adapters of this service do not change while it runs; start it with --state")
            return refuse(refusal, request: change.requestID, to: client)
        }
        guard drainingSince == nil else {
            return refuse(leaving, request: change.requestID, to: client)
        }
        guard let known = shelf?.knownOrder(of: change.requestID) else {
            return changeOnce(change, from: client, now: now)
        }
        guard known.change == change else {
            let refusal = Refusal(
                .alreadyExists, "another change has the id \(change.requestID); choose a new id")
            return refuse(refusal, request: change.requestID, to: client)
        }
        if let answer = known.answer {
            return actions.append(.toClient(client, answer, nil))
        }
        shelf?.readdress(change, to: client)
    }

    /// Has a change made, unless an earlier front has made it and could not say so.
    private mutating func changeOnce(
        _ change: WireChangeAdapter, from client: Address, now: Instant
    ) {
        guard let shelf, let digest = change.contentDigest,
            shelf.registry.changes.contains(digest)
        else { return order(.client(change, client), now: now) }
        let changed = WireAdapterChanged {
            $0.request = change.request
            $0.revision = shelf.registry.revision
        }
        tell(client, .adapterChanged(changed), of: change)
    }

    /// Has a change made when those before it are over.
    mutating func order(_ order: ShelfOrder, now: Instant) {
        guard shelf != nil else { return }
        guard shelf?.waiting.count ?? 0 < Shelf.waitingLimit else {
            return answer(
                order,
                with: Refusal(
                    .resourceExhausted,
                    "\(Shelf.waitingLimit) changes wait already; try again later",
                    retryAfter: .seconds(1)))
        }
        shelf?.waiting.append(order)
        beginChange(now)
    }

    /// Begins the next change, if none is under way.
    mutating func beginChange(_ now: Instant) {
        // A service begins with what its first worker holds.
        guard editions.current != nil || !sessions.isEmpty else { return }
        while shelf?.change == nil, !(shelf?.waiting.isEmpty ?? true), var shelf {
            let order = shelf.waiting.removeFirst()
            shelf.change = ShelfChange(
                order: order, ticket: shelf.nextTicket(),
                deadline: now + configuration.changeTimeout,
                phase: .preparing)
            self.shelf = shelf
            do {
                try prepare(order, now: now)
            } catch {
                abortChange(error, now: now)
            }
        }
    }

    private mutating func prepare(_ order: ShelfOrder, now: Instant) throws(Refusal) {
        guard let shelf, let ticket = shelf.change?.ticket else { return }
        var registry = shelf.registry
        switch order {
        case .start: break
        case .rescan: return actions.append(.prepareShelf(ticket, .folder(registry)))
        case .client(let change, _):
            let errand = ShelfErrand.adapter(change, registry)
            do throws(RegistryError) {
                switch change.verb {
                case .add:
                    try registry.checkAdding(change.name)
                    return actions.append(.prepareShelf(ticket, errand))
                case .replace, .canary:
                    try registry.checkServing(change.name)
                    return actions.append(.prepareShelf(ticket, errand))
                case .rescan: return actions.append(.prepareShelf(ticket, .folder(registry)))
                case .remove: try registry.remove(change.name)
                case .rollback:
                    try registry.rollBack(
                        change.name, to: change.generation == 0 ? nil : change.generation)
                case .promote: try registry.promote(change.name)
                case .unspecified, .UNRECOGNIZED:
                    throw RegistryError(.invalid, "the service does not know this change")
                }
            } catch {
                throw Refusal(error)
            }
            if let digest = change.contentDigest { registry.note(change: digest) }
        }
        propose(shelf.proposal(registry), now: now)
    }

    /// Goes on with what was copied and checked.
    mutating func prepared(_ ticket: UInt64, _ finding: ShelfFinding, now: Instant) {
        guard let shelf, let change = shelf.change, change.ticket == ticket,
            case .preparing = change.phase
        else { return }
        var registry = shelf.registry
        var refused = finding.refused
        if case .client(let wish, _) = change.order, wish.verb != .rescan {
            guard let digest = finding.adapters[wish.name] else {
                let reason = refused.first?.reason ?? "it could not be prepared"
                return abortChange(Refusal(.invalidArgument, reason), now: now)
            }
            do throws(RegistryError) {
                switch wish.verb {
                case .add: try registry.add(wish.name, digest)
                case .replace: try registry.replace(wish.name, with: digest)
                default:
                    try registry.beginCanary(
                        wish.name, with: digest, share: Int((wish.share * 1000).rounded()))
                }
            } catch {
                return abortChange(Refusal(error), now: now)
            }
        } else {
            refused += registry.take(folder: finding.adapters, present: finding.present).map {
                WireRefusedAdapter(folder: $0.name, reason: $0.reason)
            }
            refusedAdapters = refused
        }
        if case .client(let wish, _) = change.order, let digest = wish.contentDigest {
            registry.note(change: digest)
        }
        if let lesson = finding.lesson {
            registry.route(by: lesson.digest, from: lesson.origin)
        }
        propose(shelf.proposal(registry, lesson: finding.lesson, refused), now: now)
    }

    private mutating func propose(_ proposal: ShelfChange.Proposal, now: Instant) {
        shelf?.change?.phase = .distributing(proposal)
        shelf?.change?.deadline = now + configuration.changeTimeout
        for session in sessions { offerEditions(to: session.address) }
        advanceChange(now)
    }

    /// Writes a change down once every worker holds it.
    mutating func advanceChange(_ now: Instant) {
        guard case .distributing(let proposal) = shelf?.change?.phase,
            let ticket = shelf?.change?.ticket
        else { return }
        let ids = Set(proposal.outlines.map(\.id))
        let serving = sessions.filter { !$0.isDraining }
        guard !serving.isEmpty, serving.allSatisfy({ ids.isSubset(of: $0.editions) }) else {
            return
        }
        shelf?.change?.phase = .saving(proposal)
        actions.append(.saveRegistry(ticket, proposal.registry))
    }

    /// Puts a change in force that was written down.
    mutating func saved(_ ticket: UInt64, failure: String?, now: Instant) {
        guard let change = shelf?.change, change.ticket == ticket,
            case .saving(let proposal) = change.phase
        else { return }
        if let failure {
            let refusal = Refusal(.internal, "the change cannot be written down: \(failure)")
            // What a service begins with is on disk already.
            guard change.isStart else { return abortChange(refusal, now: now) }
            actions.append(.report(refusal.message))
        }
        let current = edition(proposal.stable, routedBy: proposal.router)
        editions.install(
            current,
            trial: proposal.trial.map {
                (edition($0.outline, routedBy: proposal.router), $0.share)
            })
        shelf?.registry = proposal.registry
        shelf?.router = proposal.router
        shelf?.change = nil
        figures.forget(keeping: proposal.registry.digests)
        if change.isStart {
            for warning in current.warnings { actions.append(.report(warning)) }
        } else {
            actions.append(
                .report("the shelf has revision \(proposal.registry.revision): \(current.names)"))
        }
        adoptRestored(now)
        for index in sessions.indices { announce(index) }
        answer(change.order, proposal, current)
        // What was not written down may be on disk nevertheless, with the names of other bytes.
        if failure == nil { pruneShelf() }
        mayDispatch = true
        beginChange(now)
    }

    private func edition(
        _ outline: EditionOutline, routedBy router: (any PromptRouter)?
    ) -> Edition {
        editions[outline.id]
            ?? Edition(editions.adapters(of: outline.shelf), routerIfFit: router)
    }

    /// Leaves everything as it was.
    mutating func abortChange(_ refusal: Refusal, now: Instant) {
        guard let change = shelf?.change else { return }
        shelf?.change = nil
        answer(change.order, with: refusal)
        beginChange(now)
    }

    /// Gives a change up that a worker was to hold which is gone: the adapter may be the reason.
    mutating func abortChange(forLossOf session: WorkerSession, _ reason: String, now: Instant) {
        guard let change = shelf?.change, !session.isDraining,
            case .distributing = change.phase
        else { return }
        // A start waits for nobody: the others may hold it all.
        guard !change.isStart else { return advanceChange(now) }
        let refusal = Refusal(
            .unavailable,
            "\(name(of: session)) was lost while it took the change (\(reason)); nothing has changed, try again",
            retryAfter: .seconds(1))
        abortChange(refusal, now: now)
    }

    /// Gives a change up that takes too long; one that is being written may be in force already.
    mutating func expireChange(_ now: Instant) {
        guard let change = shelf?.change, !change.isStart, now >= change.deadline else { return }
        if case .saving = change.phase { return }
        let refusal = Refusal(
            .deadlineExceeded,
            "the workers did not take the change within \(configuration.changeTimeout); nothing has changed"
        )
        abortChange(refusal, now: now)
    }

    /// Serves a new service's shelf without what its workers cannot load.
    ///
    /// - Returns: whether anything on the shelf was refused.
    mutating func leaveOut(_ adapters: [WireRefusedAdapter], now: Instant) -> Bool {
        guard var shelf else { return false }
        let served = shelf.registry.stable.merging(shelf.registry.trial?.shelf ?? [:]) { $1 }
        let refused = adapters.filter { served[$0.name] != nil }
        guard !refused.isEmpty else { return false }
        for adapter in refused { shelf.leftOut[adapter.name] = served[adapter.name] }
        refusedAdapters += refused
        let ticket = shelf.nextTicket()
        shelf.change?.ticket = ticket
        self.shelf = shelf
        propose(shelf.proposal(shelf.registry), now: now)
        return true
    }

    // MARK: - Answers

    private mutating func answer(
        _ order: ShelfOrder, _ proposal: ShelfChange.Proposal, _ current: Edition
    ) {
        guard case .client(let change, let client) = order else { return }
        let changed = WireAdapterChanged {
            $0.request = change.request
            $0.revision = proposal.registry.revision
            $0.refused = proposal.refused
            $0.warnings = warnings(of: change.name, in: current)
        }
        tell(client, .adapterChanged(changed), of: change)
    }

    private func warnings(of name: String, in edition: Edition) -> [String] {
        guard let adapter = edition.adapter(named: name) else { return [] }
        guard shelf?.router != nil, !(edition.router?.knows(adapter) ?? false) else {
            return adapter.warnings
        }
        return adapter.warnings + [
            "the router has no class for \(name), so it answers only where it is asked for by name; "
                + "teach it: fusebox adapters replace \(name) FOLDER --examples ROWS"
        ]
    }

    private mutating func answer(_ order: ShelfOrder, with refusal: Refusal) {
        guard case .client(let change, let client) = order else {
            return actions.append(.report("the shelf has not changed: \(refusal.message)"))
        }
        var failed = Reply.failed(refusal, part: 0)
        failed.requestID = change.requestID
        // Whoever may come again is not to hear the same again.
        guard refusal.retryAfter == nil else {
            return actions.append(.toClient(client, .failed(failed), nil))
        }
        tell(client, .failed(failed), of: change)
    }

    private mutating func tell(
        _ client: Address, _ event: ClientEvent, of change: WireChangeAdapter
    ) {
        shelf?.keep(event, for: change)
        actions.append(.toClient(client, event, nil))
    }
}

extension WireChangeAdapter {
    /// Stands for what is asked for, and under which id.
    fileprivate var contentDigest: Digest? {
        // It came as these frames, so it can be one.
        (try? Frames.encode(ClientVerb.changeAdapter(self))).map { Digest(of: Array($0.joined())) }
    }
}

extension Refusal {
    init(_ error: RegistryError) {
        switch error.code {
        case .unknownName: self.init(.notFound, error.message)
        case .nameTaken: self.init(.alreadyExists, error.message)
        case .invalid, .conflict: self.init(.invalidArgument, error.message)
        case .malformed, .newer, .file: self.init(.internal, error.message)
        }
    }
}
