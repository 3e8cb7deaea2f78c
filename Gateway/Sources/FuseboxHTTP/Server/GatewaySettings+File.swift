import FuseboxWire
import Tensors

extension GatewaySettings {
    private static let fileByteLimit = 1 << 20

    /// Takes `{"aliases": {NAME: SELECTION}, "hosts": [NAME]}` from a file.
    ///
    /// - Throws: `GatewayFailure` that says what is wrong in it.
    package mutating func read(path: String) throws(GatewayFailure) {
        do throws(TensorError) {
            try read(JSONValue(parsing: FileBytes.array(path: path, limit: Self.fileByteLimit)))
        } catch {
            throw GatewayFailure("\(path): \(error.message)")
        }
    }

    mutating func read(_ document: JSONValue) throws(TensorError) {
        guard let members = document.object else {
            throw TensorError(.malformed, "the configuration must be an object")
        }
        for (key, value) in members {
            switch key {
            case "aliases":
                guard let object = value.object else {
                    throw TensorError(.malformed, "\"aliases\" must be an object")
                }
                for (name, selection) in object {
                    guard let text = selection.string else {
                        throw TensorError(.malformed, "the alias \"\(name)\" must be a text")
                    }
                    aliases[name] = text
                }
            case "hosts":
                guard let names = value.array?.map(\.string), !names.contains(nil) else {
                    throw TensorError(.malformed, "\"hosts\" must be an array of texts")
                }
                hosts = names.compactMap { $0?.lowercased() }
            default:
                throw TensorError(.malformed, "\"\(key)\" is unknown; known are aliases and hosts")
            }
        }
    }
}
