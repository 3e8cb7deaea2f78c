import Testing

@testable import Frontend

@Suite struct MusterTests {
    @Test func allServe() {
        var muster = Muster(placeCount: 2)
        muster.noteServing(1)
        #expect(!muster.isOver)
        muster.noteServing(0)
        #expect(muster.isOver && muster.serving == [0, 1])
    }

    @Test func aDegradedStartIsAStart() {
        var muster = Muster(placeCount: 2)
        muster.noteFailed(0)
        muster.noteFailed(0)
        #expect(!muster.isOver)
        muster.noteServing(1)
        #expect(muster.isOver && muster.serving == [1])
    }

    @Test func oneThatServedAndFellCountsAsTried() {
        var muster = Muster(placeCount: 2)
        muster.noteServing(0)
        muster.noteFailed(0)
        #expect(!muster.isOver)
        muster.noteFailed(1)
        #expect(!muster.isOver)
        muster.noteServing(0)
        #expect(muster.isOver && muster.serving == [0])
    }
}
