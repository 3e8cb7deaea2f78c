/// The checked header of a GGUF file.
///
/// The file is `"GGUF"`, a `u32` version, `u64` counts of tensors and of metadata, the metadata (key, kind, value), the
/// descriptions (name, `u32` rank, `u64` sizes fastest first, `u32` type, `u64` offset), padding, and the data. Offsets
/// count from the data's start and are multiples of the alignment.
struct GGUFHeader {
    struct Entry {
        let name: String
        let dtype: DType
        /// Slowest first.
        let shape: [Int]
        /// Bytes from the start of the data.
        let offsets: Range<Int>
    }

    let version: Int
    let metadata: [(key: String, value: GGUFValue)]
    let entries: [Entry]
    /// Bytes of the file before its data.
    let byteCount: Int

    static let magic = UInt32(0x4655_4747)
    static let defaultAlignment = 32
    static let alignmentKey = "general.alignment"
    private static let largestCount = 1 << 18
    private static let longestName = 256
    private static let largestAlignment = 1 << 16

    init(parsing file: RawSpan) throws(TensorError) {
        var reader = GGUFReader(bytes: file)
        version = try Self.version(&reader)
        let tensorCount = try reader.count(of: "tensors", atLeast: 32)
        let metadataCount = try reader.count(of: "metadata values", atLeast: 13)
        guard tensorCount <= Self.largestCount, metadataCount <= Self.largestCount else {
            throw TensorError(
                .limitExceeded,
                "\(tensorCount) tensors and \(metadataCount) metadata values; at most \(Self.largestCount) of each are allowed"
            )
        }
        metadata = try Self.metadata(&reader, count: metadataCount)
        let alignment = try Self.alignment(metadata)
        var entries: [Entry] = []
        entries.reserveCapacity(tensorCount)
        var names: Set<String> = []
        for _ in 0..<tensorCount {
            let name = try Self.name(&reader, of: "tensor", taken: &names)
            do throws(TensorError) {
                entries.append(try Self.entry(&reader, name: name, alignment: alignment))
            } catch {
                throw error.at("tensor \(name.quoted)")
            }
        }
        self.entries = entries
        let padding = (alignment - reader.position % alignment) % alignment
        guard entries.isEmpty || padding <= reader.remaining else {
            throw reader.malformed("the file is cut short")
        }
        byteCount = reader.position + padding
        try checkOffsets(dataByteCount: file.byteCount - byteCount)
    }

    private static func version(_ reader: inout GGUFReader) throws(TensorError) -> Int {
        guard reader.remaining >= 8, try reader.integer(UInt32.self) == magic else {
            throw TensorError(.malformed, "not a GGUF file: it does not start with \"GGUF\"")
        }
        let version = try reader.integer(UInt32.self)
        guard version & 0xFFFF != 0 else {
            throw TensorError(
                .unsupported,
                "a big-endian GGUF file; convert it to little-endian (gguf-py: gguf_convert_endian.py)"
            )
        }
        guard version == 2 || version == 3 else {
            throw TensorError(.unsupported, "GGUF version \(version); versions 2 and 3 are read")
        }
        return Int(version)
    }

    private static func metadata(
        _ reader: inout GGUFReader, count: Int
    ) throws(TensorError) -> [(key: String, value: GGUFValue)] {
        var metadata: [(key: String, value: GGUFValue)] = []
        metadata.reserveCapacity(count)
        var keys: Set<String> = []
        for _ in 0..<count {
            let key = try name(&reader, of: "metadata", taken: &keys)
            do throws(TensorError) {
                metadata.append((key, try reader.value()))
            } catch {
                throw error.at("metadata \(key.quoted)")
            }
        }
        return metadata
    }

    private static func name(
        _ reader: inout GGUFReader, of thing: String, taken: inout Set<String>
    ) throws(TensorError) -> String {
        let name = try reader.string()
        guard !name.isEmpty, name.utf8.count <= longestName else {
            throw reader.malformed(
                "a \(thing) name of \(name.utf8.count) bytes; 1...\(longestName) are allowed")
        }
        guard taken.insert(name).inserted else {
            throw reader.malformed("the \(thing) name \(name.quoted) is there twice")
        }
        return name
    }

    private static func alignment(_ metadata: [(key: String, value: GGUFValue)]) throws(TensorError)
        -> Int
    {
        guard let value = metadata.first(where: { $0.key == alignmentKey })?.value else {
            return defaultAlignment
        }
        guard case .uint32(let number) = value, number.nonzeroBitCount == 1,
            number <= largestAlignment
        else {
            throw TensorError(
                .malformed, "\(alignmentKey) is no u32 power of two of at most \(largestAlignment)")
        }
        return Int(number)
    }

    private static func entry(
        _ reader: inout GGUFReader, name: String, alignment: Int
    ) throws(TensorError) -> Entry {
        let rank = try reader.integer(UInt32.self)
        guard (1...4).contains(rank) else {
            throw reader.malformed("\(rank) dimensions; 1...4 are allowed")
        }
        var shape: [Int] = []
        for _ in 0..<rank {
            let size = try reader.integer(UInt64.self)
            guard let size = Int(exactly: size), size >= 1 else {
                throw reader.malformed("a dimension of \(size)")
            }
            shape.insert(size, at: 0)
        }
        let number = try reader.integer(UInt32.self)
        guard let dtype = DType(ggmlNumber: number) else {
            throw TensorError(.unsupported, DType.refusal(ofGGMLNumber: number))
        }
        let offset = try reader.integer(UInt64.self)
        guard let elements = Tensor.elementCount(of: shape),
            (shape.last ?? 1).isMultiple(of: dtype.blockElementCount),
            let bytes = dtype.byteCount(of: elements)
        else {
            throw reader.malformed("the shape \(shape) is impossible for \(dtype.rawValue)")
        }
        guard let begin = Int(exactly: offset), begin.isMultiple(of: alignment) else {
            throw reader.malformed(
                "the offset \(offset) is no multiple of the alignment \(alignment)")
        }
        let (end, overflow) = begin.addingReportingOverflow(bytes)
        guard !overflow else { throw reader.malformed("the offset \(offset) is beyond any file") }
        return Entry(name: name, dtype: dtype, shape: shape, offsets: begin..<end)
    }

    private func checkOffsets(dataByteCount: Int) throws(TensorError) {
        var end = 0
        for entry in entries.sorted(by: { $0.offsets.lowerBound < $1.offsets.lowerBound }) {
            guard entry.offsets.lowerBound >= end else {
                throw TensorError(
                    .malformed,
                    "tensor \(entry.name.quoted): overlaps the one before it in the file")
            }
            end = entry.offsets.upperBound
            guard end <= dataByteCount else {
                throw TensorError(
                    .malformed,
                    "tensor \(entry.name.quoted): ends at byte \(end) of the data, of which there are \(max(dataByteCount, 0)); the file is cut short"
                )
            }
        }
    }
}
