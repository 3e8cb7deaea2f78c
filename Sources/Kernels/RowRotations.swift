internal import Glibc
internal import Tensors

/// Cosines and sines of the rotary embedding for the rows of a step, (row, pair of a head's elements).
///
/// Sendable unchecked: one thread fills it between jobs, jobs only read it.
@safe public final class RowRotations: @unchecked Sendable {
    /// Pairs of elements that are rotated in each head.
    public let pairs: Int
    private let cosines: AlignedBuffer<Float>
    private let sines: AlignedBuffer<Float>

    public init(rowCapacity: Int, pairs: Int) {
        self.pairs = pairs
        cosines = AlignedBuffer(count: rowCapacity * pairs)
        sines = AlignedBuffer(count: rowCapacity * pairs)
    }

    /// Takes the angles of a row's position from a table.
    public func set(row: Int, position: Int, from table: RotaryTable) {
        table.reserve(position + 1)
        for pair in 0..<pairs {
            cosines[row * pairs + pair] = table.cosines[position * pairs + pair]
            sines[row * pairs + pair] = table.sines[position * pairs + pair]
        }
    }

    /// Computes the angles of a row's position, where frequencies are not the same for all rows.
    public func set(row: Int, position: Int, frequencies: [Double]) {
        for (pair, frequency) in frequencies.enumerated() {
            cosines[row * pairs + pair] = Float(cos(Double(position) * frequency))
            sines[row * pairs + pair] = Float(sin(Double(position) * frequency))
        }
    }

    subscript(row: Int) -> (cosines: UnsafePointer<Float>, sines: UnsafePointer<Float>) {
        unsafe (
            UnsafePointer(cosines.pointer + row * pairs), UnsafePointer(sines.pointer + row * pairs)
        )
    }
}
