import FoundationEssentials
import SwiftProtobuf

/// The rules that fields share; each error names the field and what is allowed.
enum FieldCheck {
    /// Names of adapters, candidates, workers.
    static let nameByteLimit = 64
    /// More would be no selection.
    static let nameLimit = 1024
    /// Adapters in a mix; each costs work in every step.
    static let shareLimit = 64
    /// Chat messages, with the text bounded by the frame.
    static let chatLimit = 1024
    static let stopLimit = 16
    static let stopByteLimit = 256
    /// Parts of a split request.
    static let partLimit = 16
    /// Token ids in a list: a frame's worth.
    static let tokenLimit = 1 << 20
    /// Segments or sentences; a reply may be routed again at most every few tokens.
    static let segmentLimit = 1 << 14
    static let warningLimit = 256
    /// A refused adapter: the name of a folder, and a message.
    static let folderByteLimit = 256
    static let reasonByteLimit = 4096

    static func request(_ bytes: Data) throws(WireError) {
        guard RequestID(bytes: bytes) != nil else {
            throw WireError(.invalidField, "request must be 16 bytes, not all zero")
        }
    }

    static func digest(_ bytes: Data, _ field: String, optional: Bool = false) throws(WireError) {
        guard bytes.count == 32 || (optional && bytes.isEmpty) else {
            throw WireError(
                .invalidField, "\(field) must be a digest of 32 bytes, not \(bytes.count)")
        }
    }

    static func count(_ count: Int, _ field: String, atMost limit: Int) throws(WireError) {
        guard count <= limit else {
            throw WireError(
                .invalidField, "\(field) has \(count) entries, at most \(limit) are taken")
        }
    }

    /// A run of tokens whose end must be a 32-bit offset too.
    static func span(offset: UInt32, count: Int) throws(WireError) {
        guard count <= tokenLimit, UInt64(offset) + UInt64(count) <= UInt64(UInt32.max) else {
            throw WireError(.invalidField, "\(count) tokens at offset \(offset) are out of range")
        }
    }

    static func part(_ part: UInt32) throws(WireError) {
        guard part < partLimit else {
            throw WireError(.invalidField, "part is \(part), there are at most \(partLimit)")
        }
    }

    static func name(_ name: String, _ field: String) throws(WireError) {
        guard (1...nameByteLimit).contains(name.utf8.count) else {
            throw WireError(.invalidField, "\(field) must have 1 to \(nameByteLimit) bytes")
        }
    }

    static func number(
        _ value: Float, _ field: String, in range: ClosedRange<Float>
    ) throws(WireError) {
        guard range.contains(value) else {
            throw WireError(
                .invalidField,
                "\(field) is \(value), allowed are \(range.lowerBound) to \(range.upperBound)")
        }
    }

    /// May be minus infinity: a probability of zero.
    static func logProbability(_ value: Float) throws(WireError) {
        guard value <= 0 else {
            throw WireError(.invalidField, "log_probability is \(value), at most 0 is possible")
        }
    }

    static func known<E: SwiftProtobuf.Enum & CaseIterable>(
        _ value: E, _ field: String
    ) throws(WireError) {
        guard E.allCases.contains(value) else {
            throw WireError(.invalidField, "\(field) has the unknown value \(value.rawValue)")
        }
    }
}
