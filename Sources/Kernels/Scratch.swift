internal import Tensors

/// A list in memory that is kept from job to job.
@safe struct Scratch<Element: BitwiseCopyable> {
    private(set) var count = 0
    private var storage = AlignedBuffer<Element>(count: 16)

    var pointer: UnsafeMutablePointer<Element> { unsafe storage.pointer }

    mutating func removeAll() {
        count = 0
    }

    /// Makes room for `capacity` elements; what the list held is lost when it grows.
    mutating func reserve(_ capacity: Int) {
        if capacity > storage.count { storage = AlignedBuffer(count: 2 * capacity) }
    }

    mutating func append(_ element: Element) {
        if count == storage.count {
            let larger = AlignedBuffer<Element>(count: 2 * count)
            unsafe larger.pointer.update(from: storage.pointer, count: count)
            storage = larger
        }
        unsafe storage.pointer[count] = element
        count += 1
    }
}
