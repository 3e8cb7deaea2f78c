import Testing

@testable import Inference

/// The pacer on a virtual machine: a step takes what the test says.
@Suite struct StepPacerTests {
    /// Seconds of a step on a machine that reads its weights in `weights` and multiplies a row in `row`.
    private struct Machine {
        let weights: Double
        let row: Double

        func seconds(_ rows: Int) -> Double { max(weights, Double(rows) * row) }
    }

    /// Prefills without end and returns the rows of each step.
    private func prefill(
        _ pacer: inout StepPacer, on machine: Machine, steps: Int = 12
    ) -> [Int] {
        (0..<steps).map { _ in
            let rows = max(pacer.rowLimit, StepPacer.least)
            pacer.note(decodeRows: 0, prefillRows: rows, seconds: machine.seconds(rows))
            return rows
        }
    }

    @Test func aLargeModelIsFoundOutInSmallSteps() {
        // 8 B in 4 bits on one thread.
        let machine = Machine(weights: 0.15, row: 0.04)
        var pacer = StepPacer(rowCapacity: 128, assumedRowSeconds: 0.12)
        let rows = prefill(&pacer, on: machine)
        #expect(rows[0] == 8)
        #expect(rows.allSatisfy { machine.seconds($0) <= 1.05 })
        #expect(rows[3...].allSatisfy { (23...25).contains($0) }, "grown, and steady: \(rows)")
    }

    @Test func aSmallModelRunsFullStepsAtOnce() {
        let machine = Machine(weights: 0.01, row: 0.0013)
        var pacer = StepPacer(rowCapacity: 128, assumedRowSeconds: 0.006)
        #expect(prefill(&pacer, on: machine) == Array(repeating: 128, count: 12))
        var unknown = StepPacer(rowCapacity: 128, assumedRowSeconds: 0.1)
        #expect(prefill(&unknown, on: machine, steps: 3) == [10, 128, 128])
    }

    /// The first step reads the image from a disk.
    @Test func aColdStartIsForgotten() {
        let machine = Machine(weights: 0.15, row: 0.04)
        var pacer = StepPacer(rowCapacity: 128, assumedRowSeconds: 0.12)
        pacer.note(decodeRows: 0, prefillRows: 8, seconds: 30)
        let rows = prefill(&pacer, on: machine)
        #expect(rows[0] == 4)
        #expect(rows[3...].allSatisfy { (23...25).contains($0) }, "\(rows)")
    }

    /// Memory is slow: nine rows take as long as twenty, so that a second is too short.
    @Test func stepsAreWorthReadingTheWeights() {
        let machine = Machine(weights: 0.8, row: 0.04)
        var pacer = StepPacer(rowCapacity: 128, assumedRowSeconds: 0.12)
        #expect(prefill(&pacer, on: machine).allSatisfy { machine.seconds($0) <= 1.05 })
        pacer.note(decodeRows: 1, prefillRows: 0, seconds: machine.seconds(1))
        pacer.note(decodeRows: 1, prefillRows: 0, seconds: 10)
        let rows = prefill(&pacer, on: machine)
        #expect(rows.allSatisfy { machine.seconds($0) <= 2.45 })
        #expect(rows[3...].allSatisfy { (58...60).contains($0) }, "\(rows)")
    }

    /// Steps that only decode say nothing of what many rows take.
    @Test func decodingDoesNotMakeChunksSmall() {
        var pacer = StepPacer(rowCapacity: 128)
        pacer.note(decodeRows: 0, prefillRows: 128, seconds: 0.2)
        for _ in 0..<100 { pacer.note(decodeRows: 1, prefillRows: 0, seconds: 0.02) }
        #expect(pacer.rowLimit == 128)
    }

    @Test func predictionsAreAtLeastWhatWasSeen() {
        var pacer = StepPacer(rowCapacity: 128, assumedRowSeconds: 0.1)
        #expect(pacer.predictedSeconds(decodeRows: 0, prefillRows: 8) == nil)
        pacer.note(decodeRows: 0, prefillRows: 8, seconds: 0.2)
        #expect(pacer.predictedSeconds(decodeRows: 0, prefillRows: 8) == 0.2)
        #expect(pacer.predictedSeconds(decodeRows: 0, prefillRows: 32) == 0.8)
        #expect(pacer.predictedSeconds(decodeRows: 2, prefillRows: 0) == 0.2, "not less than seen")
        pacer.note(decodeRows: 2, prefillRows: 0, seconds: 0.05)
        #expect(pacer.predictedSeconds(decodeRows: 2, prefillRows: 0) == 0.05)
        #expect(pacer.predictedSeconds(decodeRows: 500, prefillRows: 500) == 0.2 * 1000 / 8)
    }

    @Test func aClockThatStandsStillBoundsNothing() {
        var pacer = StepPacer(rowCapacity: 64)
        #expect(pacer.rowLimit == 64)
        pacer.note(decodeRows: 0, prefillRows: 8, seconds: 0)
        #expect(pacer.rowLimit == 64)
        pacer.note(decodeRows: 0, prefillRows: 8, seconds: 1e300)
        #expect(pacer.rowLimit == 0)
    }
}
