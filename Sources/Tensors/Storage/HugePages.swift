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

    private let mapping: UnsafeMutableRawPointer
    private let mappedByteCount: Int
    private let start: UnsafeMutableRawPointer
    private var used = 0

    /// A place for `byteCount` bytes at a multiple of 64, and what holds it; nil when there is no memory.
    static func take(_ byteCount: Int) -> (pages: HugePages, place: UnsafeMutableRawPointer)? {
        guard byteCount < pageByteCount else {
            guard let pages = HugePages(byteCount: byteCount) else { return nil }
            return unsafe (pages, pages.start)
        }
        return unsafe shared.withLock { shared in
            if shared.map({ $0.used + byteCount > regionByteCount }) ?? true {
                shared = HugePages(byteCount: regionByteCount)
            }
            guard let pages = shared else { return nil }
            let place = unsafe pages.start + pages.used
            pages.used += (byteCount + 63) / 64 * 64
            return unsafe (pages, place)
        }
    }

    private init?(byteCount: Int) {
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
