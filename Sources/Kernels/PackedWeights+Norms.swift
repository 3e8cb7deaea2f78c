internal import CKernels
internal import Tensors

extension PackedWeights {
    /// The length of each row of W + scale B A, by which DoRA divides.
    ///
    /// Source: Liu and others, DoRA (arXiv 2402.09353), equation 5. Each row is made in floats by one thread, ranks ascending, and its squares are summed in doubles, in eight lanes: the
    /// same whatever the kernel set and the threads. It takes outputs x inputs x ranks multiplications.
    ///
    /// - Parameters:
    ///   - a: A, (ranks, inputs).
    ///   - b: B, (outputs, ranks).
    public func rowNorms(
        adding a: [Float], _ b: [Float], scale: Float, kernels: KernelSet, pool: ThreadPool
    ) -> [Float] {
        let ranks = inputs > 0 ? a.count / inputs : 0
        precondition(a.count == ranks * inputs && b.count == outputs * ranks)
        let norms = AlignedBuffer<Float>(count: outputs)
        let perChunk = WeightFormat.tile
        unsafe a.withUnsafeBufferPointer { a in
            unsafe b.withUnsafeBufferPointer { b in
                pool.run(tileCount) { chunk in
                    unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: inputs) { row in
                        guard let first = row.baseAddress, let a = a.baseAddress else { return }
                        for output in chunk * perChunk..<min((chunk + 1) * perChunk, outputs) {
                            unsafe unpack(output: output, to: first)
                            for rank in 0..<ranks {
                                unsafe kernels.table.pointee.blend(
                                    first, 1, a + rank * inputs, scale * b[output * ranks + rank],
                                    Int32(inputs))
                            }
                            norms[output] = unsafe Self.length(UnsafeBufferPointer(row))
                        }
                    }
                }
            }
        }
        return (0..<outputs).map { norms[$0] }
    }

    private static func length(_ row: UnsafeBufferPointer<Float>) -> Float {
        var squares = SIMD8<Double>()
        let whole = row.count / 8 * 8
        for start in stride(from: 0, to: whole, by: 8) {
            var values = SIMD8<Double>()
            for lane in 0..<8 { values[lane] = unsafe Double(row[start + lane]) }
            squares += values * values
        }
        var sum = squares.sum()
        for index in whole..<row.count { unsafe sum += Double(row[index]) * Double(row[index]) }
        return Float(sum.squareRoot())
    }
}
