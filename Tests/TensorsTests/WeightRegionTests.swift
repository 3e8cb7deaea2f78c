import Testing

@testable import Tensors

@Suite struct WeightRegionTests {
    /// Buffers of a region lie in it, are zero, do not overlap, and what has no room is had elsewhere.
    @Test func buffersOfARegionLieTogether() {
        let counts = [100, 64, 4000, 1]
        let (buffers, outside) = WeightRegion.with(byteCount: 128 + 64 + 4032 + 64) {
            (
                counts.map { AlignedBuffer<UInt8>(onHugePages: $0) },
                AlignedBuffer<UInt8>(onHugePages: 5000)
            )
        }
        for (index, buffer) in (buffers + [outside]).enumerated() {
            #expect(unsafe UInt(bitPattern: buffer.pointer) % 64 == 0)
            #expect((0..<buffer.count).allSatisfy { buffer[$0] == 0 })
            for place in 0..<buffer.count { buffer[place] = UInt8(index + 1) }
        }
        for (index, buffer) in (buffers + [outside]).enumerated() {
            #expect((0..<buffer.count).allSatisfy { buffer[$0] == UInt8(index + 1) })
        }
        let starts = buffers.map { unsafe UInt(bitPattern: $0.pointer) }
        #expect(zip(starts, starts.dropFirst()).allSatisfy { $0 < $1 })
        #expect(starts[3] - starts[0] == 128 + 64 + 4032)
    }

    @Test func errorsPassThrough() {
        #expect(throws: TensorError.self) {
            try WeightRegion.with(byteCount: 64) { () throws(TensorError) in
                throw TensorError(.malformed, "x")
            }
        }
        #expect(WeightRegion.with(byteCount: 0) { 3 } == 3)
        #expect(WeightRegion.with(byteCount: .max) { 4 } == 4)
    }
}
