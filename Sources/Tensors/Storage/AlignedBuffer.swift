internal import Glibc

/// A fixed number of elements, zero at first, that start at a multiple of 64 bytes.
///
/// Sendable unchecked: the pointer never changes and the memory lives as long as the buffer, but the elements are not
/// guarded. Whoever writes from one thread and reads from another has to order the two.
@safe public final class AlignedBuffer<Element: BitwiseCopyable>: @unchecked Sendable {
    /// The first element; valid as long as the buffer is held.
    public let pointer: UnsafeMutablePointer<Element>
    /// The number of elements.
    public let count: Int
    private let allocation: UnsafeMutableRawPointer
    /// What the memory is a piece of; nil: the allocation comes from the heap.
    private let pages: HugePages?

    /// Allocates `count` zero elements; large buffers cost no memory until they are touched.
    ///
    /// `count` is the program's own number: a negative one, or more than the machine has, traps.
    public convenience init(count: Int) {
        guard let buffer = unsafe Self.allocate(count) else {
            fatalError("out of memory: \(count) elements")
        }
        unsafe self.init(allocation: buffer, count: count)
    }

    /// Allocates `count` zero elements; nil when there is no memory for so many.
    public convenience init?(ifPossible count: Int) {
        guard let buffer = unsafe Self.allocate(count) else { return nil }
        unsafe self.init(allocation: buffer, count: count)
    }

    /// Allocates `count` zero elements on huge pages if the system has them: for weights, which are read faster from
    /// there.
    ///
    /// As with `init(count:)`, what the machine does not have traps.
    public convenience init(onHugePages count: Int) {
        let (byteCount, overflow) = count.multipliedReportingOverflow(
            by: MemoryLayout<Element>.stride)
        guard !overflow, byteCount >= 0, let (pages, place) = unsafe HugePages.take(byteCount)
        else {
            fatalError("out of memory: \(count) elements")
        }
        unsafe self.init(allocation: place, count: count, pages: pages)
    }

    private init(allocation: UnsafeMutableRawPointer, count: Int, pages: HugePages? = nil) {
        unsafe self.allocation = allocation
        unsafe pointer = allocation.alignedUp(toMultipleOf: Self.alignment)
            .bindMemory(to: Element.self, capacity: count)
        self.count = count
        self.pages = pages
    }

    private static var alignment: Int { 64 }

    private static func allocate(_ count: Int) -> UnsafeMutableRawPointer? {
        precondition(count >= 0, "an AlignedBuffer of \(count) elements")
        let (bytes, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
        let (padded, carry) = bytes.addingReportingOverflow(alignment)
        guard !overflow, !carry else { return nil }
        return unsafe calloc(1, padded)
    }

    /// Copies the elements.
    public convenience init(_ elements: [Element]) {
        self.init(count: elements.count)
        unsafe elements.withUnsafeBufferPointer { source in
            guard let first = source.baseAddress else { return }
            unsafe pointer.update(from: first, count: source.count)
        }
    }

    deinit {
        if pages == nil { unsafe free(allocation) }
    }

    public subscript(index: Int) -> Element {
        get {
            precondition(index >= 0 && index < count, "index \(index) of \(count)")
            return unsafe pointer[index]
        }
        set {
            precondition(index >= 0 && index < count, "index \(index) of \(count)")
            unsafe pointer[index] = newValue
        }
    }

    public func withUnsafeBufferPointer<R, E>(
        _ body: (UnsafeBufferPointer<Element>) throws(E) -> R
    ) throws(E) -> R {
        defer { extendLifetime(self) }
        return unsafe try body(UnsafeBufferPointer(start: pointer, count: count))
    }

    public func withUnsafeMutableBufferPointer<R, E>(
        _ body: (UnsafeMutableBufferPointer<Element>) throws(E) -> R
    ) throws(E) -> R {
        defer { extendLifetime(self) }
        return unsafe try body(UnsafeMutableBufferPointer(start: pointer, count: count))
    }
}
