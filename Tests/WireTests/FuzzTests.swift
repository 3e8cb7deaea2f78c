import TestSupport
import Testing
import Wire

/// Whatever comes in, decoding answers with a message or a WireError and never traps.
@Suite struct FuzzTests {
    @Test func mutatedMessagesNeverTrap() throws {
        let goldens = try GoldenMessage.all()
        var generator = SeededGenerator(seed: 2026)
        var taken = 0
        var refused = 0
        for round in 0..<60_000 {
            var frames = goldens[round % goldens.count].frames
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                mutate(&frames, with: goldens, &generator)
            }
            let results = [
                isTaken(frames, as: ClientVerb.self), isTaken(frames, as: ClientEvent.self),
                isTaken(frames, as: WorkerReport.self), isTaken(frames, as: WorkerOrder.self),
            ]
            taken += results.count { $0 }
            refused += results.count { !$0 }
        }
        // Both ways out are reached, or the mutations would prove nothing.
        #expect(taken > 5_000 && refused > 50_000)
    }

    /// Decodes; what is taken must survive another trip unchanged.
    private func isTaken<Direction: WireDirection>(
        _ frames: [[UInt8]], as direction: Direction.Type
    ) -> Bool {
        do throws(WireError) {
            let message = try Frames.decode(frames, as: Direction.self)
            let again = try Frames.decode(Frames.encode(message), as: Direction.self)
            #expect(try Frames.encode(again) == Frames.encode(message))
            return true
        } catch {
            return false
        }
    }

    private func mutate(
        _ frames: inout [[UInt8]], with goldens: [GoldenMessage],
        _ generator: inout SeededGenerator
    ) {
        // Mostly the body: a broken envelope is refused before anything is parsed.
        let frame = Int.random(in: 0..<20, using: &generator) == 0 ? 0 : 2
        guard frame < frames.count else { return }
        let position = Int.random(in: 0...frames[frame].count, using: &generator)
        switch Int.random(in: 0..<8, using: &generator) {
        case 0 where position < frames[frame].count:
            frames[frame][position] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1 where position < frames[frame].count:
            frames[frame][position] =
                [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &generator) ?? 0
        case 2:
            frames[frame].removeLast(frames[frame].count - position)
        case 3:
            frames[frame].insert(.random(in: 0...255, using: &generator), at: position)
        case 4:
            let other = goldens.randomElement(using: &generator)?.body ?? []
            frames[frame].insert(contentsOf: other, at: position)
        case 5:
            // A varint of ten bytes, the longest, where a length or number may stand.
            frames[frame].insert(
                contentsOf: [UInt8](repeating: 0xFF, count: 9) + [1], at: position)
        case 6 where frames.count > 1:
            frames[1] = Array(
                (Kind.allCases.randomElement(using: &generator) ?? .submit).rawValue.utf8)
        default:
            frames.append(frames[frame])
            if Bool.random(using: &generator) { frames.remove(at: 0) }
        }
    }
}
