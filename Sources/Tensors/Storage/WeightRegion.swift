/// Memory of its own for weights that come and go together.
///
/// Small buffers on huge pages share regions, and a region goes when the last of its buffers does. So what is loaded and dropped
/// at run time gets a region for itself: else one buffer in use would keep the memory of many that are not.
public enum WeightRegion {
    /// Larger regions are as good as none: what does not fit is taken from what all share.
    private static let largest = 16 << 30

    /// Runs `body`; the buffers on huge pages that it makes in the calling thread lie in a region of `byteCount` bytes, as far as
    /// it has room.
    public static func with<R, E>(
        byteCount: Int, _ body: () throws(E) -> R
    ) throws(E) -> R {
        guard (1...largest).contains(byteCount), let pages = HugePages(byteCount: byteCount) else {
            return try body()
        }
        let result = HugePages.$own.withValue(pages) { () -> Result<R, E> in
            do throws(E) {
                return .success(try body())
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}
