import Testing

import struct Wire.RequestID

@testable import FuseboxHTTP

@Suite struct KeyTurnsTests {
    @Test("Who tries again under a key waits until the first one is gone")
    func wait() async {
        let turns = KeyTurns(patience: .seconds(60))
        let id = RequestID.random()
        await turns.begin(id)
        await turns.begin(.random())
        let second = Task {
            await turns.begin(id)
            return ContinuousClock.now
        }
        try? await Task.sleep(for: .milliseconds(50))
        let ended = ContinuousClock.now
        turns.end(id)
        #expect(await second.value >= ended)
        turns.end(id)
        await turns.begin(id)
    }

    @Test("Not for ever, and not where nobody waits for the answer any more")
    func patience() async {
        let turns = KeyTurns(patience: .milliseconds(30))
        let id = RequestID.random()
        for _ in 0..<3 { await turns.begin(id) }
        let patient = KeyTurns(patience: .seconds(600))
        await patient.begin(id)
        let gone = Task { await patient.begin(id) }
        gone.cancel()
        await gone.value
    }
}
