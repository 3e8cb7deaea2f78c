internal import ArgumentParser
internal import Tensors

/// What a command is told about memory: a number of bytes, or `auto`, its own choice.
enum MemoryLimit: ExpressibleByArgument, Equatable {
    case auto
    case bytes(Int)

    init?(argument: String) {
        if argument == "auto" {
            self = .auto
        } else if let count = ByteCount(argument) {
            self = .bytes(count.bytes)
        } else {
            return nil
        }
    }

    /// nil: auto.
    var byteCount: Int? {
        if case .bytes(let count) = self { count } else { nil }
    }

    var defaultValueDescription: String { "\(byteCount.map(String.init) ?? "auto")" }
}
