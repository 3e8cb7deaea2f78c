public import Kernels
public import Tensors

/// What a model image says of itself: whose weights it has, in which layout, and where each matrix is.
public struct ImageDirectory: Sendable, Equatable {
    /// A matrix (outputs, inputs) and its bytes in the payload.
    public struct Entry: Sendable, Equatable {
        public let name: String
        public let format: WeightFormat
        public let outputs: Int
        public let inputs: Int
        public let place: Range<Int>
    }

    /// `WeightFormat.layoutVersion` of whoever packed it.
    public var layout = WeightFormat.layoutVersion
    public let type: ExecutionType
    /// The digest of the checkpoint, and where it was.
    public let base: Digest
    public let source: String
    /// SHA-256 of the payload.
    public let payload: Digest
    /// In the order of their places.
    public let entries: [Entry]

    init(type: ExecutionType, base: Digest, source: String, payload: Digest, entries: [Entry]) {
        self.type = type
        self.base = base
        self.source = source
        self.payload = payload
        self.entries = entries
    }

    /// Reads the directory of a sealed file.
    ///
    /// - Throws: for members that are missing or of another kind, and for matrices that overlap or do not fit the payload.
    public init(_ file: SealedFile) throws(ModelError) {
        let json = file.directory
        guard let layout = json["layout"]?.int, let typeName = json["type"]?.string,
            let type = ExecutionType(rawValue: typeName),
            let base = json["base"]?.string.flatMap({ Digest($0) }),
            let source = json["source"]?.string,
            let payload = json["payload"]?.string.flatMap({ Digest($0) }),
            let list = json["matrices"]?.array
        else { throw ModelError(.malformed, "the directory is not that of a model image") }
        var entries: [Entry] = []
        entries.reserveCapacity(list.count)
        var end = 0
        for (index, value) in list.enumerated() {
            guard let entry = Entry(value) else {
                throw ModelError(.malformed, "matrix \(index) is not described in full")
            }
            guard entry.place.lowerBound >= end, entry.place.upperBound <= file.payloadByteCount
            else {
                throw ModelError(
                    .malformed,
                    "matrix \(index) at \(entry.place) overlaps another or leaves the \(file.payloadByteCount) bytes of the payload"
                )
            }
            end = entry.place.upperBound
            entries.append(entry)
        }
        self.init(type: type, base: base, source: source, payload: payload, entries: entries)
        self.layout = layout
    }

    /// The directory as the file has it.
    var json: JSONValue {
        .object([
            "layout": .integer(Int64(layout)), "type": .string(type.rawValue),
            "base": .string(base.description), "source": .string(source),
            "payload": .string(payload.description), "matrices": .array(entries.map(\.json)),
        ])
    }
}

extension ImageDirectory.Entry {
    fileprivate init?(_ json: JSONValue) {
        guard let name = json["name"]?.string,
            let format = json["format"]?.string.flatMap({ WeightFormat(rawValue: $0) }),
            let outputs = json["outputs"]?.int, let inputs = json["inputs"]?.int,
            let offset = json["offset"]?.int, let byteCount = json["bytes"]?.int,
            offset >= 0, byteCount >= 0
        else { return nil }
        let (end, overflow) = offset.addingReportingOverflow(byteCount)
        guard !overflow else { return nil }
        self.init(
            name: name, format: format, outputs: outputs, inputs: inputs, place: offset..<end)
    }

    fileprivate var json: JSONValue {
        .object([
            "name": .string(name), "format": .string(format.rawValue),
            "outputs": .integer(Int64(outputs)), "inputs": .integer(Int64(inputs)),
            "offset": .integer(Int64(place.lowerBound)), "bytes": .integer(Int64(place.count)),
        ])
    }
}
