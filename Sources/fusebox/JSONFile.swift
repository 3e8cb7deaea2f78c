internal import Tensors

/// Reads JSON files that a command is given; errors name the file.
enum JSONFile {
    static func read(_ path: String, byteLimit: Int) throws -> JSONValue {
        let bytes = try FileBytes(path: path, loading: .copied, limit: byteLimit)
        do {
            return try bytes.json()
        } catch {
            throw CommandError("\(path): \(error)")
        }
    }
}
