import Tensors
import Testing

/// The committed reference values.
enum Golden {
    static func path(_ file: String, source: String = #filePath) -> String {
        source.split(separator: "/", omittingEmptySubsequences: false).dropLast(2).joined(
            separator: "/")
            + "/Goldens/formats/\(file)"
    }

    static func file(_ name: String) throws -> SafetensorsFile {
        try SafetensorsFile(path: path(name))
    }
}

extension SafetensorsFile {
    func tensor(_ name: String) throws -> Tensor {
        try #require(self[name], "no tensor \(name)")
    }
}

extension Tensor {
    var bytes: [UInt8] {
        unsafe withUnsafeBytes { bytes in unsafe Array(bytes) }
    }
}

extension [Float] {
    /// What has to be equal when values are bit-identical.
    var bits: [UInt32] { map(\.bitPattern) }
}
