import Testing

@testable import Models

@Suite struct RopeScalingTests {
    @Test func llama3ScalingKeepsHighAndDividesLowFrequencies() {
        let plain = RopeScaling.none.frequencies(theta: 500_000, headDimension: 64)
        let scaled = RopeScaling.llama3(factor: 8, low: 1, high: 4, originalContext: 8192)
            .frequencies(theta: 500_000, headDimension: 64)
        #expect(plain.count == 32 && scaled.count == 32)
        #expect(scaled[0] == plain[0])
        #expect(scaled[31] == plain[31] / 8)
        #expect(zip(scaled, plain).allSatisfy { $0 <= $1 && $0 >= $1 / 8 })
    }

    @Test func linearScalingDividesEveryFrequency() {
        let plain = RopeScaling.none.frequencies(theta: 10_000, headDimension: 8)
        let scaled = RopeScaling.linear(factor: 4).frequencies(theta: 10_000, headDimension: 8)
        #expect(zip(scaled, plain).allSatisfy { $0 == $1 / 4 })
    }
}
