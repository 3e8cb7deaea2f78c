internal import Glibc
internal import SystemPackage
internal import Tensors

/// Results as they come, a JSON line each, found again by the key of their run.
///
/// A run's key covers everything that its result depends on, so a journal is never wrong: what a changed suite or model no
/// longer asks for is not looked at, and what it asks for anew is run. A line that was being written when its process died is
/// cut off.
public final class Journal {
    private let path: String
    private let descriptor: FileDescriptor
    private var replies: [Digest: Reply] = [:]
    private var likelihoods: [Digest: Likelihood] = [:]
    /// Lines that are no results; their runs are done again.
    public private(set) var damagedLineCount = 0

    private static let header = "{\"format\":\"fusebox-evaluation-journal\",\"version\":1}"
    private static let byteLimit = 4 << 30
    private static let lineFeed = UInt8(ascii: "\n")

    /// Opens a journal, or begins one, for this process alone.
    ///
    /// - Throws: when another process writes it, and for a file that is no journal.
    public init(path: String) throws(EvaluationError) {
        self.path = path
        do {
            descriptor = try FileDescriptor.open(
                FilePath(path), .readWrite, options: [.create, .append, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
        } catch {
            throw EvaluationError(.output, "\(path): cannot be opened: \(error)")
        }
        guard flock(descriptor.rawValue, LOCK_EX | LOCK_NB) == 0 else {
            throw EvaluationError(
                .output,
                "\(path): another evaluation writes it; wait for it, or give another --output")
        }
        try read()
    }

    deinit {
        try? descriptor.close()
    }

    /// How many results it holds.
    public var count: Int { replies.count + likelihoods.count }

    func reply(_ key: Digest) -> Reply? { replies[key] }

    func likelihood(_ key: Digest) -> Likelihood? { likelihoods[key] }

    func keep(_ reply: Reply, for key: Digest) throws(EvaluationError) {
        replies[key] = reply
        try append([
            "key": .string(key.description), "text": .string(reply.text),
            "ids": .array(reply.ids.map { .integer(Int64($0)) }),
        ])
    }

    func keep(_ likelihood: Likelihood, for key: Digest) throws(EvaluationError) {
        likelihoods[key] = likelihood
        try append([
            "key": .string(key.description), "logprob": .number(likelihood.logProbability),
            "tokens": .integer(Int64(likelihood.tokenCount)),
        ])
    }

    private func append(_ line: JSONObject) throws(EvaluationError) {
        try write(JSONValue.object(line).text)
    }

    private func write(_ line: String) throws(EvaluationError) {
        do {
            _ = try descriptor.writeAll((line + "\n").utf8)
        } catch {
            throw EvaluationError(
                .output,
                "\(path): cannot be written: \(error); what is in it stays, run the same command again to go on"
            )
        }
    }

    private func read() throws(EvaluationError) {
        let bytes: [UInt8]
        do {
            bytes = try FileBytes.array(path: path, limit: Self.byteLimit)
        } catch {
            throw EvaluationError(.output, error.message)
        }
        let end = bytes.lastIndex(of: Self.lineFeed).map { $0 + 1 } ?? 0
        var lines = bytes[..<end].split(separator: Self.lineFeed)[...]
        if let first = lines.popFirst() {
            guard first.elementsEqual(Self.header.utf8) else { throw foreign }
        } else if !Self.header.utf8.starts(with: bytes) {
            throw foreign
        }
        for line in lines where !read(line) { damagedLineCount += 1 }
        guard ftruncate(descriptor.rawValue, end) == 0 else {
            throw EvaluationError(
                .output, "\(path): cannot be cut to its last whole line: \(Errno(rawValue: errno))")
        }
        if end == 0 { try write(Self.header) }
    }

    private var foreign: EvaluationError {
        EvaluationError(
            .output, "\(path): is no journal of an evaluation; give another folder as --output")
    }

    /// Takes a line's result; false where it is none.
    private func read(_ line: ArraySlice<UInt8>) -> Bool {
        guard let json = try? JSONValue(parsing: Array(line)),
            let key = json["key"]?.string.flatMap({ Digest($0) })
        else { return false }
        if let text = json["text"]?.string, let list = json["ids"]?.array {
            let ids = list.compactMap { $0.int.flatMap { Int32(exactly: $0) } }
            guard ids.count == list.count else { return false }
            replies[key] = Reply(text: text, ids: ids)
            return true
        }
        guard let logProbability = json["logprob"]?.double, let count = json["tokens"]?.int,
            count >= 0
        else { return false }
        likelihoods[key] = Likelihood(logProbability: logProbability, tokenCount: count)
        return true
    }
}
