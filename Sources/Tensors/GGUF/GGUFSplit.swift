/// Which part of a model in several GGUF files a file is.
///
/// As llama.cpp's `gguf-split` writes them: `NAME-00001-of-0000N.gguf` and so on, the metadata in the first part, and in each
/// `split.no` (from 0), `split.count` and `split.tensors.count` (of all parts together).
struct GGUFSplit: Equatable {
    let number: Int
    let count: Int
    let tensorCount: Int

    private static let largestCount = 1000

    /// - Returns: nil for a file that is whole.
    /// - Throws: when the keys contradict each other.
    init?(_ metadata: [String: GGUFValue]) throws(TensorError) {
        guard let value = metadata["split.count"], value.int != 0, value.int != 1 else {
            return nil
        }
        guard let count = value.int, (2...Self.largestCount).contains(count),
            let number = metadata["split.no"]?.int, (0..<count).contains(number),
            let tensorCount = metadata["split.tensors.count"]?.int, tensorCount >= 0
        else {
            throw TensorError(
                .malformed,
                "split.no, split.count and split.tensors.count do not say which part of a model this is, of 2 to \(Self.largestCount)"
            )
        }
        self.number = number
        self.count = count
        self.tensorCount = tensorCount
    }

    /// The paths of all parts, in order.
    ///
    /// - Parameter path: of this part.
    /// - Throws: when its name is not that of such a part.
    func paths(from path: String) throws(TensorError) -> [String] {
        let suffix = Self.suffix(number, count)
        guard path.hasSuffix(suffix) else {
            throw TensorError(
                .mismatch,
                "\(path): is part \(number + 1) of \(count) of a model; its name has to end in \"\(suffix)\", beside the other parts"
            )
        }
        let stem = path.dropLast(suffix.count)
        return (0..<count).map { stem + Self.suffix($0, count) }
    }

    private static func suffix(_ number: Int, _ count: Int) -> String {
        "-\(fiveDigits(number + 1))-of-\(fiveDigits(count)).gguf"
    }

    private static func fiveDigits(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(5 - digits.count, 0)) + digits
    }

    /// Refuses a file that is not this part's neighbour `number`.
    func check(_ file: GGUFFile, number: Int, path: String) throws(TensorError) {
        let split: GGUFSplit?
        do {
            split = try GGUFSplit(file.metadata)
        } catch {
            throw error.at(path)
        }
        guard let split else {
            throw TensorError(
                .mismatch, "\(path): is a whole model, not part \(number + 1) of \(count)")
        }
        guard split.number == number, split.count == count else {
            throw TensorError(
                .mismatch,
                "\(path): is part \(split.number + 1) of \(split.count), where part \(number + 1) of \(count) was expected"
            )
        }
        guard split.tensorCount == tensorCount else {
            throw TensorError(
                .mismatch,
                "\(path): belongs to a model of \(split.tensorCount) tensors, the other parts to one of \(tensorCount)"
            )
        }
    }
}
