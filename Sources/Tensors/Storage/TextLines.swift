/// The lines of a text file, which gzip may have packed: UTF-8, with or without a byte order mark.
public struct TextLines: Sendable {
    /// What errors say.
    public let path: String
    /// All bytes, without a byte order mark.
    public let content: ArraySlice<UInt8>

    /// - Parameter limit: the bytes that the file, and what is packed in it, may have.
    /// - Throws: with the path, for files that cannot be read or unpacked, and for UTF-16.
    public init(path: String, limit: Int) throws(TensorError) {
        try self.init(
            bytes: FileBytes.array(path: path, limit: limit), path: path, limit: limit)
    }

    public init(bytes stored: [UInt8], path: String, limit: Int) throws(TensorError) {
        let bytes: [UInt8]
        do throws(TensorError) {
            bytes =
                GzipFile.recognizes(stored)
                ? try GzipFile.content(of: stored, limit: limit) : stored
        } catch {
            throw error.at(path)
        }
        guard !bytes.starts(with: [0xFF, 0xFE]), !bytes.starts(with: [0xFE, 0xFF]) else {
            throw TensorError(.unsupported, "\(path): is UTF-16; save it as UTF-8")
        }
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        self.path = path
        content = bytes.starts(with: mark) ? bytes[mark.count...] : bytes[...]
    }

    /// A line and where it stands.
    public struct Line: Sendable {
        /// From one, empty lines counted.
        public let number: Int
        /// Without the line feed; a carriage return stays.
        public let bytes: ArraySlice<UInt8>
    }

    /// The lines that hold more than blanks, in order.
    public var lines: some Sequence<Line> {
        content.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .enumerated()
            .lazy
            .filter { $0.element.contains { $0 > UInt8(ascii: " ") } }
            .map { Line(number: $0.offset + 1, bytes: $0.element) }
    }
}
