internal import Tensors

/// Indices of rows, in storage that is kept from step to step.
///
/// Sendable unchecked: one thread fills it between jobs, jobs only read it.
@safe public final class RowList: @unchecked Sendable {
    public private(set) var count = 0
    private var storage: AlignedBuffer<Int32>

    public init(capacity: Int) {
        storage = AlignedBuffer(count: max(capacity, 1))
    }

    /// The rows `0..<count`.
    public convenience init(identity count: Int) {
        self.init(capacity: count)
        for row in 0..<count { append(row) }
    }

    var pointer: UnsafeMutablePointer<Int32> { unsafe storage.pointer }

    public subscript(index: Int) -> Int {
        precondition(index >= 0 && index < count, "index \(index) of \(count)")
        return Int(storage[index])
    }

    public func removeAll() {
        count = 0
    }

    public func append(_ row: Int) {
        if count == storage.count {
            let larger = AlignedBuffer<Int32>(count: 2 * count)
            for index in 0..<count { larger[index] = storage[index] }
            storage = larger
        }
        storage[count] = Int32(clamping: row)
        count += 1
    }
}
