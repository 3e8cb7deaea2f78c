internal import Tensors

/// Sequences of token ids in a JSON file, `{"input_ids": [[int]]}`.
struct TokenFile {
    let sequences: [[Int32]]

    init(path: String) throws {
        let json = try JSONFile.read(path, byteLimit: 256 << 20)
        guard let lists = json["input_ids"]?.array, !lists.isEmpty else {
            throw CommandError("\(path): has no sequences; it has to be {\"input_ids\": [[int]]}")
        }
        sequences = try lists.enumerated().map { number, list in
            guard let list = list.array, !list.isEmpty else {
                throw CommandError("\(path): sequence \(number) is no list of ids, or is empty")
            }
            return try list.enumerated().map { position, id in
                guard let id = id.int.flatMap(Int32.init(exactly:)) else {
                    throw CommandError(
                        "\(path): sequence \(number), position \(position): no 32-bit whole number")
                }
                return id
            }
        }
    }
}
