import FuseboxWire
import HTTPTypes
import Synchronization
import Tensors

/// The keys that open this gateway, read again when their file changes.
final class KeyRing: Sendable {
    private let path: String
    private let state: Mutex<(keys: KeyFile, read: ContinuousClock.Instant)>
    /// A key that was revoked opens nothing after so long.
    private static let interval: Duration = .seconds(1)

    /// - Throws: `GatewayFailure` for a file that is missing, wrong or open to others.
    init(path: String) throws(GatewayFailure) {
        self.path = path
        do throws(TensorError) {
            state = Mutex((try KeyFile(path: path), .now))
        } catch {
            throw GatewayFailure("\(error)")
        }
    }

    /// The name of the key that a request carries.
    func owner(_ head: HTTPRequest) throws(APIError) -> String {
        let header = head.headerFields[.authorization] ?? ""
        let scheme = "bearer "
        guard header.lowercased().hasPrefix(scheme) else {
            throw Self.refusal("give a key: Authorization: Bearer KEY")
        }
        let digest = Digest(of: Array(header.dropFirst(scheme.count).utf8))
        guard let owner = current()[digest] else {
            throw Self.refusal("the key is unknown or was revoked")
        }
        return owner
    }

    private static func refusal(_ message: String) -> APIError {
        var error = APIError(.unauthorized, "unauthorized", message)
        error.isFinal = true
        return error
    }

    private func current() -> KeyFile {
        state.withLock { state in
            guard ContinuousClock.now - state.read >= Self.interval else { return state.keys }
            // A file that is being replaced leaves the keys as they were.
            state = ((try? KeyFile(path: path)) ?? state.keys, .now)
            return state.keys
        }
    }
}
