import FuseboxWire
import Tensors

extension RequestID {
    /// The first half of the SHA-256 of a client's key, its owner and the number of a choice.
    init(key: String, owner: String, choice: Int) {
        let digest = Digest(of: Array("\(owner)\u{0}\(key)\u{0}\(choice)".utf8))
        // 16 zero bytes are no id, and no digest that anybody will meet.
        self = RequestID(bytes: digest.bytes.prefix(Self.byteCount)) ?? .random()
    }

    /// Reads the parameter of a path.
    init(parameter: String) throws(APIError) {
        guard let id = RequestID(parameter) else {
            throw .invalid("a request's id has 32 hexadecimal digits", param: "id")
        }
        self = id
    }
}
