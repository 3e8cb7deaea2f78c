internal import Glibc
internal import Synchronization

/// Memory on huge pages where the system has them, zero at first, for what is read again and again.
///
/// Small pieces share a region: adapters are many matrices of some kilobytes, and a page table walk for each of their
/// pages costs more than the bytes.
///
/// Sendable unchecked: the address never changes; pieces are handed out under a lock.
@safe final class HugePages: @unchecked Sendable {
    static let pageByteCount = 2 << 20
    /// What pieces smaller than a page are taken from; only what was touched takes memory.
    private static let regionByteCount = 32 << 20
    private static let shared = Mutex<HugePages?>(nil)
    /// Where the present task's pieces come from as long as there is room; nil: from what all share.
    @TaskLocal static var own: HugePages?

    private let mapping: UnsafeMutableRawPointer
    private let mappedByteCount: Int
    private let start: UnsafeMutableRawPointer
    private let byteCount: Int
    private var used = 0

    /// A place for `byteCount` bytes at a multiple of 64, and what holds it; nil when there is no memory.
    static func take(_ byteCount: Int) -> (pages: HugePages, place: UnsafeMutableRawPointer)? {
        guard byteCount < pageByteCount else {
            guard let pages = HugePages(byteCount: byteCount) else { return nil }
            return unsafe (pages, pages.start)
        }
        return unsafe shared.withLock { shared in
            if let own, let place = unsafe own.piece(byteCount) { return unsafe (own, place) }
            if let pages = shared, let place = unsafe pages.piece(byteCount) {
                return unsafe (pages, place)
            }
            shared = HugePages(byteCount: regionByteCount)
            guard let pages = shared, let place = unsafe pages.piece(byteCount) else { return nil }
            return unsafe (pages, place)
        }
    }

    /// The next bytes of the region; nil when it has no room for so many.
    private func piece(_ count: Int) -> UnsafeMutableRawPointer? {
        guard count <= byteCount - used else { return nil }
        defer { used = min(used + (count + 63) / 64 * 64, byteCount) }
        return unsafe start + used
    }

    init?(byteCount: Int) {
        self.byteCount = byteCount
        let (padded, overflow) = byteCount.addingReportingOverflow(Self.pageByteCount)
        guard !overflow else { return nil }
        let found = unsafe mmap(
            nil, padded, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let mapping = unsafe found, unsafe mapping != MAP_FAILED else { return nil }
        unsafe self.mapping = mapping
        mappedByteCount = padded
        unsafe start = mapping.alignedUp(toMultipleOf: Self.pageByteCount)
        unsafe madvise(start, byteCount, MADV_HUGEPAGE)
    }

    deinit {
        unsafe munmap(mapping, mappedByteCount)
    }
}
