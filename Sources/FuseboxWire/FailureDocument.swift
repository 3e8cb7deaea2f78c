public import Tensors
public import Wire

/// A failure as JSON, for readers that react to it: `{"code", "message"}`.
public enum FailureDocument {
    public static func json(_ failure: WireFailed) -> JSONValue {
        json(code: failure.code.name, message: failure.message)
    }

    /// One that the service did not name itself.
    public static func json(code: String, message: String) -> JSONValue {
        .object(["code": .string(code), "message": .string(message)])
    }
}
