import FoundationEssentials
import Journal
import TestSupport
import Wire

@testable import Frontend

/// The clients: what they ask, and what they hear.
extension World {
    mutating func submit(_ index: Int) {
        let submit = plan.submission(&random)
        clients[index].asked.append(FakeClient.Asked(submit: submit))
        ask(.submit(submit), offsets: [], client: index)
        if chance(100) { ask(.submit(submit), offsets: [], client: index) }
        if chance(plan.blocks) { clients[index].blockedUntil = now + milliseconds(50...1500) }
    }

    mutating func ask(_ verb: ClientVerb, offsets: [Int], client index: Int) {
        guard let address = clients[index].address else { return }
        switch verb {
        case .submit(let submit):
            history.records.append(.asked(address, submit.requestID, offsets: offsets))
        case .attach(let attach):
            history.records.append(.asked(address, attach.requestID, offsets: offsets))
        default: break
        }
        send(.toBroker(.client(address, verb)), over: "from client \(address.name)")
    }

    mutating func deliver(_ event: ClientEvent, to address: Address) {
        if address == FakeShelf.operatorAddress { return tellOperator(event) }
        guard let index = clients.firstIndex(where: { $0.address == address }) else { return }
        history.records.append(.received(address, event))
        if plan.isDurable, case .failed(let failed) = event, failed.code == .notFound,
            clients[index].asked.contains(where: {
                $0.submit.requestID == failed.requestID && $0.isAccepted && !$0.isOver
            })
        {
            history.records.append(.lost(failed.requestID))
        }
        for verb in clients[index].take(event, &random) { ask(verb, offsets: [], client: index) }
        if case .failed(let failed) = event, failed.retryAfterMs > 0 || failed.code == .unavailable,
            let asked = clients[index].asked.first(where: {
                $0.submit.requestID == failed.requestID && !$0.isAccepted
            })
        {
            calendar.plan(
                .resubmit(client: index, asked.submit, from: address),
                at: now + .milliseconds(min(max(Int(failed.retryAfterMs), 100), 2000)))
        }
    }

    mutating func disconnect(_ index: Int) {
        guard let address = clients[index].address else { return }
        clients[index].address = nil
        let notice = now + milliseconds(1...50)
        calendar.plan(.toBroker(.clientLeft(address)), at: notice)
        if chance(plan.vanish) {
            clients[index].isGone = true
            // Orders that were on their way arrive a moment later.
            let end = notice + plan.statedGrace + .milliseconds(100)
            for asked in clients[index].asked where !asked.submit.keep {
                history.records.append(.abandoned(asked.submit.requestID, until: end))
            }
        } else {
            calendar.plan(.reconnect(client: index), at: now + milliseconds(10...1500))
        }
    }

    mutating func reconnect(_ index: Int) {
        guard !isFrontDown else {
            return calendar.plan(.reconnect(client: index), at: now + .milliseconds(100))
        }
        clients[index].generation += 1
        clients[index].address = Address(name: [UInt8(index), UInt8(clients[index].generation)])
        clients[index].blockedUntil = .zero
        for (verb, offsets) in clients[index].reopen() {
            ask(verb, offsets: offsets, client: index)
        }
    }

    mutating func remind(_ index: Int) {
        for asked in clients[index].asked where !asked.isAccepted && !asked.isOver {
            ask(.submit(asked.submit), offsets: [], client: index)
        }
        calendar.plan(.remind(client: index), at: now + .seconds(1))
    }

    mutating func cancel(_ index: Int) {
        guard
            let asked = clients[index].asked.filter({ !$0.isComplete }).randomElement(
                using: &random)
        else { return }
        let cancel = WireCancel { $0.request = asked.submit.request }
        ask(.cancel(cancel), offsets: [], client: index)
        if chance(300) { ask(.cancel(cancel), offsets: [], client: index) }
    }
}
