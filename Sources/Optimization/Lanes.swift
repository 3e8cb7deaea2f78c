/// Sixteen neighbouring values, the unit in which parameters are stored and updated.
public typealias Lanes = SIMD16<Float>

extension SIMD16<Float> {
    public static func blockCount(of count: Int) -> Int { (count + scalarCount - 1) / scalarCount }

    /// The values in blocks; the last is filled up with zeros.
    public static func blocks(of values: [Float]) -> [Lanes] {
        var blocks = [Lanes](repeating: .zero, count: blockCount(of: values.count))
        for (index, value) in values.enumerated() {
            blocks[index / scalarCount][index % scalarCount] = value
        }
        return blocks
    }
}

extension [SIMD16<Float>] {
    /// The first values of all blocks in a row.
    public func scalars(_ count: Int) -> [Float] {
        var scalars: [Float] = []
        scalars.reserveCapacity(self.count * Lanes.scalarCount)
        for block in self {
            for lane in 0..<Lanes.scalarCount { scalars.append(block[lane]) }
        }
        scalars.removeLast(Swift.max(0, scalars.count - count))
        return scalars
    }
}
