import Journal
import Tensors
import Wire

/// Losing workers without losing what they ran.
extension Broker {
    /// Gives a worker up and has its process killed.
    mutating func kill(_ worker: Address, because reason: String, now: Instant) {
        guard let session = sessions.first(where: { $0.address == worker }) else { return }
        if let identity = session.identity {
            actions.append(.killWorker(identity, reason: reason))
        }
        lose(worker, because: reason, now: now)
    }

    /// Gives a worker up: everything it holds is void from now on, and goes on elsewhere.
    ///
    /// Blame: where a suspect was on probation, or only one part ran, that part is blamed and the
    /// others go on as if nothing had happened. Otherwise each of them becomes a suspect.
    mutating func lose(_ worker: Address, because reason: String, now: Instant) {
        guard let index = sessions.firstIndex(where: { $0.address == worker }) else { return }
        let session = sessions.remove(at: index)
        abortChange(forLossOf: session, reason, now: now)

        let orphans = session.occupants.filter { occupant in
            part(occupant.key)?.attempt(at: worker, epoch: occupant.epoch) != nil
        }
        .map(\.key)
        actions.append(
            .report(
                "\(name(of: session)) is lost: \(reason); \(orphans.count) parts go on elsewhere"))
        // What ended another worker before this one said that it lives may have ended this one as well.
        let hasLivedOn = session.answeredRollCall >= rollCall
        if !orphans.isEmpty { callRoll(for: orphans) }
        let suspect =
            orphans.first { part($0)?.onProbation ?? false }
            ?? (orphans.count == 1 ? orphans.first : nil)
        let culprit = hasLivedOn ? suspect : nil
        for key in orphans {
            if culprit.map({ $0 == key }) ?? true {
                recover(key, isCulprit: culprit == key, now: now)
            } else {
                requeue(key, now: now)
            }
        }
    }

    /// Asks the other workers whether they live, before they get what the lost one ran.
    ///
    /// A kill of all workers, or a machine out of memory, is noticed death by death: what went from one dead worker to the next
    /// would be taken for the reason.
    private mutating func callRoll(for orphans: [PartKey]) {
        rollCall += 1
        for key in orphans { requests[key.request]?.parts[key.part].rollCall = rollCall }
        for session in sessions {
            actions.append(.toWorker(session.address, heartbeat(for: session)))
        }
    }

    /// Lets a part whose worker died go on elsewhere, unless it seems to be the reason.
    private mutating func recover(_ key: PartKey, isCulprit: Bool, now: Instant) {
        guard let part = part(key) else { return }
        if isCulprit { accuseAdapters(of: part, key.request, now: now) }
        if isCulprit, part.deaths >= 1 {
            requests[key.request]?.parts[key.part].isQuarantined = true
            let refusal = Refusal(
                .internal,
                "two workers died while they ran this part; it is not tried again")
            return end(key, .failed(refusal), now: now)
        }
        requests[key.request]?.parts[key.part].deaths += 1
        requests[key.request]?.parts[key.part].onProbation = true
        requests[key.request]?.parts[key.part].isCleared = false
        retry(key, because: "its worker was lost", now: now)
    }

    /// Sets an adapter aside that is all that several requests have in common of which workers died.
    private mutating func accuseAdapters(of part: RequestPart, _ id: RequestID, now: Instant) {
        for adapter in blame.note(id, under: Self.adapters(of: part), now: now).sorted() {
            actions.append(
                .report(
                    "the adapter \(editions.current?.adapter(adapter)?.name ?? adapter.description) is set aside: "
                        + "workers died of \(AdapterBlame.limit) requests that had it"))
        }
    }

    /// Counts a loss and tries again, up to the limit.
    mutating func retry(_ key: PartKey, because reason: String, now: Instant) {
        guard let part = part(key) else { return }
        let losses = part.losses + 1
        requests[key.request]?.parts[key.part].losses = losses
        guard losses < configuration.attemptLimit else {
            let refusal = Refusal(
                .unavailable,
                "given up after \(losses) attempts; the last one failed because \(reason)")
            return end(key, .failed(refusal), now: now)
        }
        requeue(key, now: now)
    }

    /// Puts a part that ran back where its age puts it; one that was to stop ends instead.
    private mutating func requeue(_ key: PartKey, now: Instant) {
        guard let part = part(key) else { return }
        if let stopping = part.stopping { return end(key, stoppedBy: stopping, now: now) }
        let dispatches = part.epoch - part.progressEpoch
        guard dispatches < configuration.dispatchLimit else {
            let refusal = Refusal(
                .unavailable, "given up after \(dispatches) workers were lost with it")
            return end(key, .failed(refusal), now: now)
        }
        enqueue(key, now: now)
    }

    /// Tells a worker that an attempt is void.
    ///
    /// Its slot stays taken until the worker says so too.
    mutating func abandon(_ key: PartKey, epoch: UInt32, at worker: Address, now: Instant) {
        guard let index = sessions.firstIndex(where: { $0.address == worker }),
            sessions[index].stop(key, epoch: epoch, now)
        else { return }
        var cancel = WireWorkerCancel()
        cancel.requestID = key.request
        cancel.part = UInt32(clamping: key.part)
        cancel.epoch = epoch
        actions.append(.toWorker(worker, .cancel(cancel)))
    }

    func part(_ key: PartKey) -> RequestPart? {
        guard let parts = requests[key.request]?.parts, parts.indices.contains(key.part) else {
            return nil
        }
        return parts[key.part]
    }
}
