/// A file in the gzip format (RFC 1952): one or more members, each compressed, checked by CRC-32 and length.
public enum GzipFile {
    /// Whether bytes begin as a gzip file does.
    public static func recognizes(_ bytes: [UInt8]) -> Bool {
        bytes.starts(with: [0x1F, 0x8B])
    }

    /// The uncompressed content.
    ///
    /// - Parameter limit: the bytes that it may have; nothing is allocated in proportion to what a member says of itself.
    /// - Throws: for members that are cut short, damaged or of another method, and for more bytes than the limit.
    public static func content(of bytes: [UInt8], limit: Int) throws(TensorError) -> [UInt8] {
        var content: [UInt8] = []
        var reader = BitReader(bytes)
        repeat {
            try skipHeader(&reader)
            let start = content.count
            var inflater = Inflater(reader: reader, output: content, limit: limit)
            try inflater.run()
            (reader, content) = (inflater.reader, inflater.output)
            let checksum = try reader.littleEndian()
            let length = try reader.littleEndian()
            guard checksum == CRC32.of(content[start...]),
                length == UInt32(truncatingIfNeeded: content.count - start)
            else {
                throw TensorError(
                    .malformed,
                    "gzip: the checksum or the length is not that of the content; the file is damaged"
                )
            }
            // Archives may be filled up with zeros.
            reader.skipZeros()
        } while !reader.isAtEnd
        return content
    }

    private static func skipHeader(_ reader: inout BitReader) throws(TensorError) {
        guard try reader.byte() == 0x1F, try reader.byte() == 0x8B else {
            throw TensorError(.malformed, "gzip: a member does not begin with its mark")
        }
        guard try reader.byte() == 8 else {
            throw TensorError(.unsupported, "gzip: the method is not deflate; compress it again")
        }
        let flags = try reader.byte()
        guard flags & 0xE0 == 0 else {
            throw TensorError(.malformed, "gzip: a reserved flag is set")
        }
        // Time, extra flags and system.
        for _ in 0..<6 { _ = try reader.byte() }
        if flags & Flag.extra != 0 {
            let low = Int(try reader.byte())
            let high = Int(try reader.byte())
            for _ in 0..<low + 256 * high { _ = try reader.byte() }
        }
        for flag in [Flag.name, Flag.comment] where flags & flag != 0 {
            while try reader.byte() != 0 {}
        }
        if flags & Flag.headerChecksum != 0 {
            for _ in 0..<2 { _ = try reader.byte() }
        }
    }

    private enum Flag {
        static let headerChecksum: UInt8 = 2
        static let extra: UInt8 = 4
        static let name: UInt8 = 8
        static let comment: UInt8 = 16
    }
}
