internal import SystemPackage

/// The standard input of the process, in lines or whole; nothing longer than a limit is kept.
public struct StandardInput: ~Copyable {
    private var buffer: [UInt8] = []
    /// Where in the buffer begins what was not handed out yet.
    private var start = 0

    private static let chunkByteCount = 64 << 10

    public init() {}

    /// The next line without its end, LF or CR LF; nil when there is none.
    public mutating func line(byteLimit: Int) throws(TensorError) -> [UInt8]? {
        var searchedCount = 0
        while true {
            let unsearched = start + searchedCount
            if let end = buffer[unsearched...].firstIndex(of: UInt8(ascii: "\n")) {
                let isPair = end > start && buffer[end - 1] == UInt8(ascii: "\r")
                return try take(
                    upTo: isPair ? end - 1 : end, and: isPair ? 2 : 1, byteLimit: byteLimit)
            }
            searchedCount = buffer.count - start
            guard searchedCount <= byteLimit, try fill() else {
                if searchedCount == 0 { return nil }
                return try take(upTo: buffer.count, byteLimit: byteLimit)
            }
        }
    }

    /// All that is left.
    public mutating func rest(byteLimit: Int) throws(TensorError) -> [UInt8] {
        while buffer.count - start <= byteLimit, try fill() {}
        return try take(upTo: buffer.count, byteLimit: byteLimit)
    }

    /// Hands out the bytes before `end`, and leaves out as many as `skipped` behind them.
    private mutating func take(
        upTo end: Int, and skipped: Int = 0, byteLimit: Int
    ) throws(TensorError) -> [UInt8] {
        guard end - start <= byteLimit else {
            throw TensorError(
                .limitExceeded, "standard input: more than the \(byteLimit) bytes allowed")
        }
        defer { start = end + skipped }
        return Array(buffer[start..<end])
    }

    /// Waits for more; false at the end.
    private mutating func fill() throws(TensorError) -> Bool {
        buffer.removeFirst(start)
        start = 0
        let filled = buffer.count
        buffer += repeatElement(0, count: Self.chunkByteCount)
        do {
            let count = try unsafe buffer.withUnsafeMutableBytes { bytes in
                let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[filled...])
                return try unsafe FileDescriptor.standardInput.read(into: rest)
            }
            buffer.removeLast(Self.chunkByteCount - count)
            return count > 0
        } catch {
            throw TensorError(.unreadable, "standard input: cannot be read: \(error)")
        }
    }
}
