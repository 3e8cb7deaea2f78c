/// The checked header of a safetensors file.
///
/// The file is a little-endian `u64` header size, the header, and the data. The header is a JSON object
/// `{name: {"dtype": "F32", "shape": [2, 3], "data_offsets": [begin, end]}, "__metadata__": {string: string}}`, padded with
/// spaces; the offsets count from the data's start and cover it without gap or overlap.
struct SafetensorsHeader {
    struct Entry {
        let name: String
        let dtype: DType
        let shape: [Int]
        /// Bytes from the start of the data.
        let offsets: Range<Int>
    }

    /// In the order of their offsets.
    let entries: [Entry]
    let metadata: [String: String]
    /// Bytes of the file before its data.
    let byteCount: Int

    /// Bytes of the header's size.
    static let sizeByteCount = 8

    /// Bytes of a name; hashing a string takes more than linear time when it is full of combining marks.
    private static let longestName = 512

    /// Integers that JSON carries exactly.
    private static let largestInteger = 1 << 53

    init(parsing file: UnsafeRawBufferPointer, limits: SafetensorsLimits) throws(TensorError) {
        guard file.count >= Self.sizeByteCount else {
            throw TensorError(
                .malformed,
                "not a safetensors file: \(file.count) bytes are fewer than the header's size takes"
            )
        }
        let declared = UInt64(littleEndian: unsafe file.loadUnaligned(as: UInt64.self))
        guard let size = Int(exactly: declared), size <= file.count - Self.sizeByteCount else {
            throw TensorError(
                .malformed,
                "not a safetensors file, or cut short: a header of \(declared) bytes in a file of \(file.count)"
            )
        }
        guard size <= limits.headerByteCount else {
            throw TensorError(
                .limitExceeded,
                "the header has \(size) bytes; at most \(limits.headerByteCount) are allowed")
        }
        byteCount = Self.sizeByteCount + size
        let header = unsafe UnsafeRawBufferPointer(rebasing: file[Self.sizeByteCount..<byteCount])
        let members = try unsafe Self.members(of: header)
        (entries, metadata) = try Self.entries(of: members, limits: limits)
        try checkOffsets(dataByteCount: file.count - byteCount)
    }

    private static func members(of header: UnsafeRawBufferPointer) throws(TensorError) -> JSONObject
    {
        var end = header.count
        while end > 0, unsafe header[end - 1] == UInt8(ascii: " ") { end -= 1 }
        guard end > 0, unsafe header[0] == UInt8(ascii: "{"),
            unsafe header[end - 1] == UInt8(ascii: "}")
        else {
            throw TensorError(
                .malformed,
                "not a safetensors file: the header is no JSON object padded with spaces")
        }
        let limits = JSONLimits(depth: 8, byteCount: header.count, stringByteCount: 1 << 20)
        do throws(TensorError) {
            let text = unsafe UnsafeRawBufferPointer(rebasing: header[..<end])
            guard let members = try unsafe JSONValue(parsing: text, limits: limits).object else {
                throw TensorError(.malformed, "no JSON object")
            }
            return members
        } catch {
            throw error.at("safetensors header")
        }
    }

    private static func entries(
        of members: JSONObject, limits: SafetensorsLimits
    ) throws(TensorError) -> ([Entry], [String: String]) {
        let count = members.count - (members["__metadata__"] == nil ? 0 : 1)
        guard count <= limits.tensorCount else {
            throw TensorError(
                .limitExceeded,
                "\(count) tensors; at most \(limits.tensorCount) are allowed")
        }
        var entries: [Entry] = []
        entries.reserveCapacity(count)
        var metadata: [String: String] = [:]
        for (name, value) in members {
            guard (1...longestName).contains(name.utf8.count) else {
                throw TensorError(
                    .limitExceeded,
                    "the name \(name.quoted) is empty or longer than \(longestName) bytes")
            }
            if name == "__metadata__" {
                metadata = try Self.metadata(value)
            } else {
                do throws(TensorError) {
                    entries.append(try entry(name, value, limits: limits))
                } catch {
                    throw error.at("tensor \(name.quoted)")
                }
            }
        }
        entries.sort { $0.offsets.lowerBound < $1.offsets.lowerBound }
        return (entries, metadata)
    }

    private static func metadata(_ value: JSONValue) throws(TensorError) -> [String: String] {
        var metadata: [String: String] = [:]
        guard let members = value.object else {
            throw TensorError(.malformed, "__metadata__ is no object")
        }
        for (key, value) in members {
            guard key.utf8.count <= longestName else {
                throw TensorError(
                    .limitExceeded,
                    "__metadata__ has the key \(key.quoted), longer than \(longestName) bytes")
            }
            guard let text = value.string else {
                throw TensorError(.malformed, "__metadata__ \(key.quoted) is no string")
            }
            metadata[key] = text
        }
        return metadata
    }

    private static func entry(
        _ name: String, _ value: JSONValue, limits: SafetensorsLimits
    ) throws(TensorError) -> Entry {
        guard let members = value.object, members.count == 3, let type = members["dtype"]?.string,
            let sizes = members["shape"]?.array, let offsets = members["data_offsets"]?.array
        else {
            throw TensorError(.malformed, "is not described by dtype, shape and data_offsets")
        }
        guard let dtype = DType(safetensorsName: type) else {
            throw TensorError(
                .unsupported,
                "the type \(type.quoted) is not supported; convert it to F32, F16 or BF16")
        }
        guard sizes.count <= limits.rank else {
            throw TensorError(
                .limitExceeded, "\(sizes.count) dimensions; at most \(limits.rank) are allowed")
        }
        var shape: [Int] = []
        for size in sizes {
            guard let size = count(size), size >= 1, size <= limits.dimension else {
                throw TensorError(
                    .malformed, "a dimension is not a whole number of 1...\(limits.dimension)")
            }
            shape.append(size)
        }
        guard offsets.count == 2, let begin = count(offsets[0]), let end = count(offsets[1]),
            begin <= end
        else {
            throw TensorError(.malformed, "the data_offsets are not a range")
        }
        guard let elements = Tensor.elementCount(of: shape),
            let bytes = dtype.byteCount(of: elements),
            bytes == end - begin
        else {
            throw TensorError(
                .malformed,
                "the shape \(shape) of \(type) does not take the \(end - begin) bytes of its data_offsets"
            )
        }
        return Entry(name: name, dtype: dtype, shape: shape, offsets: begin..<end)
    }

    /// A non-negative number written as an integer.
    private static func count(_ value: JSONValue) -> Int? {
        guard case .integer(let number) = value, let count = Int(exactly: number),
            count >= 0, count <= largestInteger
        else { return nil }
        return count
    }

    private func checkOffsets(dataByteCount: Int) throws(TensorError) {
        var end = 0
        for entry in entries {
            guard entry.offsets.lowerBound == end else {
                throw TensorError(
                    .malformed,
                    "tensor \(entry.name.quoted): begins at byte \(entry.offsets.lowerBound) of the data, where \(end) was expected: tensors may not overlap or leave gaps"
                )
            }
            end = entry.offsets.upperBound
        }
        guard end == dataByteCount else {
            throw TensorError(
                .malformed,
                "the tensors take \(end) bytes, the file has \(dataByteCount) for them; it is cut short or carries more"
            )
        }
    }
}
