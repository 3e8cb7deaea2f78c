import Testing

@testable import Frontend

/// Moments of a damaged record may be anywhere.
@Suite struct WallTimeTests {
    private let now: Int64 = 1_700_000_000_000

    private func time(after milliseconds: Int64) -> WallTime {
        WallTime(
            instant: Instant(sinceStart: .milliseconds(milliseconds)),
            milliseconds: now + milliseconds)
    }

    @Test(
        arguments: [0, 1, -1, 1_699_999_999_999, 1_900_000_000_000, -1 << 60, 1 << 60] as [Int64])
    func momentsComeBack(_ moment: Int64) {
        let instant = time(after: 0).instant + time(after: 0).duration(until: moment)
        #expect(time(after: 100).milliseconds(at: instant) == moment)
    }

    @Test(arguments: [.min, .min + 1_700_000_000_000, .min + 1_700_000_000_500] as [Int64])
    func whatIsTooFarAwayIsNow(_ moment: Int64) {
        let instant = time(after: 0).instant + time(after: 0).duration(until: moment)
        for elapsed: Int64 in [0, 100, 192, 193, 1000] {
            let told = time(after: elapsed).milliseconds(at: instant)
            #expect(told == moment || abs(told - now) <= 1000)
        }
    }

    @Test func durationsOfTheWireAreBounded() {
        #expect(Duration.zero.wireMilliseconds == 0)
        #expect(Duration.seconds(-1).wireMilliseconds == 0)
        #expect(Duration.nanoseconds(1).wireMilliseconds == 1)
        #expect(Duration.milliseconds(1500).wireMilliseconds == 1500)
        #expect(Duration.milliseconds(4_294_967_295).wireMilliseconds == .max)
        for far: Duration in [.milliseconds(4_294_967_296), .milliseconds(Int64.max)] {
            #expect(far.wireMilliseconds == .max)
        }
        #expect(Duration(secondsComponent: .max, attosecondsComponent: 0).wireMilliseconds == .max)
    }
}
