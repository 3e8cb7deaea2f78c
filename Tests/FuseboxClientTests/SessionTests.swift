import Testing
import Wire

@testable import FuseboxClient

@Suite struct SessionTests {
    private let start = ContinuousClock.now
    private let id = RequestID.random()
    private var session: Session
    private let submit: ClientVerb

    init() {
        session = Session(
            endpoint: "ipc://test", configuration: ClientConfiguration(), now: start)
        submit = .submit(
            WireSubmit { [id] in
                $0.requestID = id
                $0.prompt.text = "hello"
            })
    }

    private func accepted(seed: UInt64 = 7) -> ClientEvent {
        .accepted(
            WireAccepted {
                $0.requestID = id
                $0.seed = seed
                $0.parts = 1
            })
    }

    private func chunk(_ offset: UInt32, _ count: UInt32) -> ClientEvent {
        .chunk(
            WireChunk {
                $0.requestID = id
                $0.offset = offset
                $0.ids = Array(offset..<(offset + count))
            })
    }

    private func attach(_ offsets: [UInt32]) -> ClientVerb {
        .attach(
            WireAttach {
                $0.requestID = id
                $0.fromOffsets = offsets
            })
    }

    private func credit(_ chunks: UInt32) -> ClientVerb {
        .credit(
            WireCredit {
                $0.requestID = id
                $0.chunks = chunks
            })
    }

    private func failed(_ code: WireCode, retryAfterMs: UInt32 = 0) -> ClientEvent {
        .failed(
            WireFailed {
                $0.requestID = id
                $0.code = code
                $0.retryAfterMs = retryAfterMs
            })
    }

    @Test mutating func speaksWhenConnected() {
        #expect(session.start(id, submit, now: start) == [])
        #expect(session.connected(now: start) == [.send(submit)])
        #expect(session.receive(accepted(), now: start) == [.deliver(id, accepted())])
    }

    @Test mutating func closesAReplyThatIsWhole() {
        _ = session.connected(now: start)
        _ = session.start(id, submit, now: start)
        _ = session.receive(accepted(), now: start)
        let done = ClientEvent.done(WireDone { $0.requestID = id })
        let close = ClientVerb.close(WireClose { $0.requestID = id })
        #expect(
            session.receive(done, now: start) == [
                .deliver(id, done), .finish(id, nil), .send(close),
            ])
        #expect(session.isIdle && session.nextDeadline == nil)
    }

    /// What a reader drops unseen, it cannot grant: the reply would stand still.
    @Test mutating func whatIsKnownAlreadyTakesNoCredit() {
        var configuration = ClientConfiguration()
        configuration.window = 2
        session = Session(endpoint: "ipc://test", configuration: configuration, now: start)
        _ = session.connected(now: start)
        _ = session.start(id, submit, now: start)
        _ = session.receive(accepted(), now: start)
        _ = session.receive(chunk(0, 3), now: start)
        #expect(session.receive(chunk(0, 3), now: start) == [.send(credit(1))])
    }

    @Test mutating func silenceOfAServiceThatWaitsForTheReaderMeansNothing() {
        var configuration = ClientConfiguration()
        configuration.window = 2
        session = Session(endpoint: "ipc://test", configuration: configuration, now: start)
        _ = session.connected(now: start)
        _ = session.start(id, submit, now: start)
        _ = session.receive(accepted(), now: start)
        for offset: UInt32 in 0..<2 { _ = session.receive(chunk(offset, 1), now: start) }
        #expect(session.nextDeadline == nil && session.tick(now: start + .seconds(60)) == [])
        let late = start + .seconds(60)
        #expect(session.grant(1, to: id, now: late) == [.send(credit(1))])
        #expect(session.tick(now: late) == [])
        #expect(session.nextDeadline == late + configuration.silence)
    }

    /// The service goes by the credit of the SUBMIT, which this client need not know.
    @Test mutating func anAttachedReplyGetsCreditOfItsOwn() {
        _ = session.connected(now: start)
        _ = session.start(id, attach([]), now: start)
        #expect(
            session.receive(accepted(), now: start) == [
                .deliver(id, accepted()), .send(credit(.max)),
            ])
    }

    @Test mutating func whatALeavingServiceDidNotFinishIsSentToItsSuccessor() {
        _ = session.connected(now: start)
        _ = session.start(id, submit, now: start)
        _ = session.receive(accepted(seed: 9), now: start)
        _ = session.receive(chunk(0, 3), now: start)
        #expect(session.receive(failed(.unavailable, retryAfterMs: 1000), now: start) == [])
        session.disconnected(now: start + .milliseconds(500))
        let actions = session.connected(now: start + .seconds(20))
        guard case .send(.submit(let again)) = actions.first else {
            Issue.record("\(actions)")
            return
        }
        #expect(again.requestID == id && again.sampling.seed == 9)
        _ = session.receive(accepted(seed: 9), now: start + .seconds(20))
        #expect(session.receive(chunk(0, 3), now: start + .seconds(20)) == [])
        #expect(
            session.receive(chunk(3, 1), now: start + .seconds(20)) == [.deliver(id, chunk(3, 1))])
    }

    @Test mutating func aDrainIsWaitedForLongerThanAFullQueue() {
        _ = session.connected(now: start)
        _ = session.start(id, submit, now: start)
        for second in 0..<120 {
            let now = start + .seconds(second)
            #expect(session.receive(failed(.unavailable, retryAfterMs: 1000), now: now) == [])
            #expect(session.tick(now: now + .seconds(1)) == [.send(submit)])
        }
        let late = failed(.unavailable, retryAfterMs: 1000)
        #expect(
            session.receive(late, now: start + .seconds(200)) == [
                .deliver(id, late), .finish(id, nil),
                .send(.close(WireClose { $0.requestID = id })),
            ])
    }

    @Test mutating func aFailureForGoodIsNoReasonToWait() {
        _ = session.connected(now: start)
        _ = session.start(id, submit, now: start)
        _ = session.receive(accepted(), now: start)
        let lost = failed(.unavailable)
        #expect(session.receive(lost, now: start).first == .deliver(id, lost))
        #expect(session.isIdle)
    }

    @Test mutating func aFrontThatDoesNotComeBackIsNamedAsSuch() {
        _ = session.connected(now: start)
        _ = session.start(id, submit, now: start)
        _ = session.receive(accepted(), now: start)
        _ = session.receive(chunk(0, 3), now: start)
        session.disconnected(now: start)
        guard case .finish(_, let error) = session.tick(now: start + .seconds(31)).first else {
            Issue.record("it waits without end")
            return
        }
        #expect(error?.code == .unreachable)
        #expect(error?.message.contains("had accepted the request") == true)
        #expect(error?.message.contains("3 tokens") == true)
    }

    @Test mutating func attachesAfterALostConnection() {
        _ = session.connected(now: start)
        _ = session.start(id, submit, now: start)
        _ = session.receive(accepted(), now: start)
        _ = session.receive(chunk(0, 3), now: start)
        session.disconnected(now: start)
        #expect(session.connected(now: start) == [.send(attach([3]))])
    }

    @Test mutating func submitsAgainWhatTheServiceForgot() throws {
        _ = session.connected(now: start)
        _ = session.start(id, submit, now: start)
        _ = session.receive(accepted(seed: 99), now: start)
        _ = session.receive(chunk(0, 3), now: start)
        session.disconnected(now: start)
        _ = session.connected(now: start)
        let actions = session.receive(failed(.notFound), now: start)
        guard case .send(.submit(let again))? = actions.first else {
            Issue.record("no submit but \(actions)")
            return
        }
        #expect(again.requestID == id && again.sampling.seed == 99)
        // The service has restarted, but its workers have not come up yet.
        #expect(session.receive(failed(.unavailable, retryAfterMs: 10), now: start) == [])
        #expect(session.tick(now: start + .milliseconds(10)) == [.send(.submit(again))])
        #expect(session.receive(accepted(seed: 99), now: start) == [])
        #expect(session.receive(chunk(0, 3), now: start) == [])
        #expect(session.receive(chunk(3, 1), now: start) == [.deliver(id, chunk(3, 1))])
    }

    @Test mutating func stopsWhatNobodyReadsUnlessItIsToBeKept() {
        _ = session.connected(now: start)
        _ = session.start(id, submit, now: start)
        #expect(session.abandon(id) == [.send(.cancel(WireCancel { $0.requestID = id }))])
        guard case .submit(var kept) = submit else { return }
        kept.keep = true
        _ = session.start(id, .submit(kept), now: start)
        #expect(session.abandon(id) == [])
        #expect(session.isIdle)
    }

    @Test mutating func repeatsACancelThatMayBeLost() {
        _ = session.connected(now: start)
        _ = session.start(id, submit, now: start)
        let cancel = Session.Action.send(.cancel(WireCancel { $0.requestID = id }))
        #expect(session.cancel(id) == [cancel])
        session.disconnected(now: start)
        #expect(session.connected(now: start) == [.send(submit), cancel])
    }

    @Test mutating func waitsAsLongAsABusyServiceSays() {
        _ = session.connected(now: start)
        _ = session.start(id, submit, now: start)
        #expect(session.receive(failed(.resourceExhausted, retryAfterMs: 50), now: start) == [])
        #expect(session.nextDeadline == start + .milliseconds(50))
        #expect(session.tick(now: start + .milliseconds(49)) == [])
        #expect(session.tick(now: start + .milliseconds(50)) == [.send(submit)])
        let end = start + ClientConfiguration().busyTimeout
        let last = failed(.resourceExhausted, retryAfterMs: 1)
        #expect(session.receive(last, now: end - .milliseconds(1)) == [])
        #expect(session.receive(last, now: end).starts(with: [.deliver(id, last)]))
    }

    @Test mutating func givesUpWhereNobodyAnswers() {
        _ = session.start(id, submit, now: start)
        let timeout = ClientConfiguration().connectTimeout
        #expect(session.nextDeadline == start + timeout)
        #expect(session.tick(now: start + timeout - .milliseconds(1)) == [])
        guard case .finish(id, let error?)? = session.tick(now: start + timeout).first else {
            Issue.record("the request goes on")
            return
        }
        #expect(error.code == .unreachable)
        #expect(error.message.contains("ipc://test"))
    }

    @Test mutating func givesUpOnAServiceThatTakesNoNotice() {
        _ = session.connected(now: start)
        _ = session.start(id, submit, now: start)
        let end = start + ClientConfiguration().answerTimeout
        guard case .finish(id, let error?)? = session.tick(now: end).first else {
            Issue.record("the request goes on")
            return
        }
        #expect(error.code == .noAnswer)
    }

    @Test mutating func aQueuedRequestMayBeSilentWhileTheServiceLives() {
        _ = session.connected(now: start)
        _ = session.start(id, submit, now: start)
        _ = session.receive(accepted(), now: start)
        var now = start
        for _ in 0..<20 {
            now += ClientConfiguration().silence
            let actions = session.tick(now: now)
            #expect(actions.contains(.send(attach([0]))))
            guard case .send(.status(let probe))? = actions.last else {
                Issue.record("no probe but \(actions)")
                return
            }
            let answer = WireStatusReply { $0.requestID = probe.requestID }
            #expect(session.receive(.statusReply(answer), now: now) == [])
        }
        // From here on the service does not answer the probe either.
        now += ClientConfiguration().answerTimeout
        let actions = session.tick(now: now)
        guard case .finish(id, let error?)? = actions.first else {
            Issue.record("the request goes on: \(actions)")
            return
        }
        #expect(error.code == .noAnswer)
    }

    @Test mutating func aChangeOfAdaptersMayTakeLongWhileTheServiceLives() {
        let change = ClientVerb.changeAdapter(
            WireChangeAdapter { [id] in
                $0.requestID = id
                $0.verb = .promote
                $0.name = "calm"
            })
        _ = session.connected(now: start)
        #expect(session.start(id, change, now: start) == [.send(change)])
        var now = start
        for _ in 0..<20 {
            now += ClientConfiguration().silence
            let actions = session.tick(now: now)
            guard actions.count == 2, actions[0] == .send(change),
                case .send(.status(let probe)) = actions[1]
            else {
                Issue.record("neither said again nor probed: \(actions)")
                return
            }
            let answer = WireStatusReply { $0.requestID = probe.requestID }
            #expect(session.receive(.statusReply(answer), now: now) == [])
        }
        let changed = ClientEvent.adapterChanged(WireAdapterChanged { $0.requestID = id })
        #expect(
            session.receive(changed, now: now) == [.deliver(id, changed), .finish(id, nil)])
        _ = session.start(id, change, now: now)
        now += ClientConfiguration().answerTimeout
        guard case .finish(id, let error?)? = session.tick(now: now).first else {
            Issue.record("a change is waited for that nobody makes")
            return
        }
        #expect(error.code == .noAnswer)
    }

    @Test mutating func aServiceThatKnowsNoChangesOfAdaptersIsNotWaitedFor() {
        let change = ClientVerb.changeAdapter(
            WireChangeAdapter { [id] in
                $0.requestID = id
                $0.verb = .rescan
            })
        let other = RequestID.random()
        let status = ClientVerb.status(WireStatus { $0.requestID = other })
        _ = session.connected(now: start)
        _ = session.start(id, change, now: start)
        _ = session.start(other, status, now: start)
        let failure = WireFailed {
            $0.code = .invalidArgument
            $0.message = "no kind of message"
        }
        #expect(
            session.receive(.failed(failure), now: start) == [.finish(id, ClientError(failure))])
        let answer = ClientEvent.statusReply(WireStatusReply { $0.requestID = other })
        #expect(
            session.receive(answer, now: start) == [.deliver(other, answer), .finish(other, nil)])
    }

    @Test mutating func aRefusedVersionEndsEverything() {
        _ = session.connected(now: start)
        _ = session.start(id, submit, now: start)
        let refusal = ClientEvent.failed(
            WireFailed {
                $0.code = .unsupportedVersion
                $0.message = "versions 2 to 2"
            })
        guard case .finish(id, let error?)? = session.receive(refusal, now: start).first else {
            Issue.record("the request goes on")
            return
        }
        #expect(error.code == .protocolMismatch && error.message.contains("versions 2 to 2"))
    }

    @Test mutating func aRunningIDIsNotTakenTwice() {
        _ = session.connected(now: start)
        _ = session.start(id, submit, now: start)
        guard case .finish(id, let error?)? = session.start(id, submit, now: start).first else {
            Issue.record("taken twice")
            return
        }
        #expect(error.code == .invalidRequest)
    }
}
