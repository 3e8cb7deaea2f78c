import FoundationEssentials
import Journal
import TestSupport
import Wire

@testable import Frontend

/// The workers: what they run, and how they die.
extension World {
    mutating func spawn(_ place: Int) {
        guard !workers.contains(where: { $0.place == place && $0.isAlive }) else {
            return calendar.plan(.spawn(place: place), at: now + .milliseconds(200))
        }
        nextPID += 1
        let worker = FakeWorker(
            address: Address(name: [0xFF, UInt8(truncatingIfNeeded: nextPID)]), pid: nextPID,
            place: place, slots: plan.slots)
        workers.append(worker)
        tell(.workerStarted(place: place, identity: .of(nextPID), pid: nextPID))
        report(
            .ready(
                FakePool.ready(
                    pid: nextPID, slots: plan.slots, hasAdapters: broker.shelf == nil)),
            from: worker.address)
        if plan.sabotage == .noRollCall {
            report(.heartbeat(WireHeartbeat { $0.rollCall = .max }), from: worker.address)
        }
        calendar.plan(.step(worker.address), at: now + .milliseconds(20))
    }

    mutating func step(_ address: Address) {
        guard let index = workers.firstIndex(where: { $0.address == address }) else { return }
        guard workers[index].isAlive else { return die(index) }
        calendar.plan(.step(address), at: now + milliseconds(10...30))
        guard now >= workers[index].pausedUntil else { return }
        if now < .seconds(8), chance(plan.deaths) || workers[index].holdsPoison {
            return die(index)
        }
        if workers[index].holdsPoison { return die(index) }
        if now < .seconds(8), chance(plan.pauses) {
            workers[index].pausedUntil = now + milliseconds(100...1500)
            workers[index].brokeItsWord = true
        }
        if now < .seconds(8), chance(plan.fullPipes) {
            workers[index].blockedUntil = now + milliseconds(20...300)
        }
        if now < .seconds(8), chance(plan.slowSteps) {
            // What it is to stop it stops before a step, however long that takes.
            for message in workers[index].confirmStops() { report(message, from: address) }
            let silence = milliseconds(100...1500)
            workers[index].pausedUntil = now + silence
            return report(
                .heartbeat(WireHeartbeat { $0.silenceMs = silence.wireMilliseconds }), from: address
            )
        }
        if now >= workers[index].heartbeatAt || workers[index].rollCall > 0 {
            workers[index].heartbeatAt = now + .milliseconds(100)
            let rollCall = workers[index].rollCall
            workers[index].rollCall = 0
            report(
                .heartbeat(
                    WireHeartbeat {
                        $0.steps = 1
                        $0.rollCall = rollCall
                    }), from: address)
        }
        loadEdition(index)
        for message in workers[index].step(
            &random, width: plan.chunkWidth, gaps: now < .seconds(8) ? plan.gaps : 0)
        {
            report(message, from: address)
            if case .chunk = message, chance(plan.duplicates) { report(message, from: address) }
        }
    }

    mutating func report(
        _ message: WorkerReport, from address: Address, after delay: Duration = .zero
    ) {
        send(
            .toBroker(.worker(address, message)), over: "from worker \(address.name)",
            after: delay)
    }

    mutating func deliver(_ order: WorkerOrder, to address: Address) {
        guard let index = workers.firstIndex(where: { $0.address == address && $0.isAlive })
        else { return }
        if case .drain = order { noteDismissal(workers[index]) }
        let running = workers[index].take(order)
        noteEditions(order, at: index)
        if case .dispatch(let dispatch) = order {
            history.records.append(
                .dispatched(
                    pid: workers[index].pid, dispatch, running: running,
                    slots: workers[index].slots, at: now))
        }
    }

    mutating func die(_ index: Int) {
        let worker = workers.remove(at: index)
        history.records.append(.died(at: now))
        if worker.running.count == 1, let run = worker.running.first, !run.isCancelled, !run.hasLied
        {
            history.records.append(
                .diedAlone(
                    run.dispatch.requestID, part: run.dispatch.part, epoch: run.dispatch.epoch,
                    at: now))
        }
        let notice = now + milliseconds(1...50)
        let exit = BrokerEvent.workerExited(
            place: worker.place, identity: .of(worker.pid), reason: "it died")
        // Sometimes nobody notices but by the silence.
        if chance(800) { calendar.plan(.toBroker(exit), at: notice) }
        if chance(800) { calendar.plan(.toBroker(.workerLeft(worker.address)), at: notice) }
        let others = (0..<plan.workerCount).filter {
            $0 != worker.place && !endedPlaces.contains($0)
        }
        if !others.isEmpty, chance(plan.endsOfPlaces) {
            endedPlaces.insert(worker.place)
            guard plan.sabotage == .firstPlaceIsAll else { return }
            endedPlaces = Set(0..<plan.workerCount)
            for index in workers.indices { workers[index].isAlive = false }
        } else if !endedPlaces.contains(worker.place) {
            calendar.plan(.spawn(place: worker.place), at: notice + .milliseconds(100))
        }
    }
}
