import FuseboxClient
import Messaging
import Wire

/// Whether the service could listen where it is told to, or serves there already.
struct EndpointCheck {
    let bind: String?

    func findings() async -> [Finding] {
        let text = bind ?? FuseboxClient.defaultEndpoint
        do throws(MessagingError) {
            try Endpoint(text).checkFree()
            return [.ok("endpoint", "\(text) is free")]
        } catch {
            return [await finding(error, at: text)]
        }
    }

    private func finding(_ error: MessagingError, at text: String) async -> Finding {
        switch error.code {
        case .addressInUse:
            if let model = await model(at: text) {
                return .fault(
                    "endpoint", "\(text): a service answers there, with \(model)",
                    repair: ServeLine.with("--bind \(Self.other(than: text))"))
            }
            return .fault(
                "endpoint", error.message,
                repair: ServeLine.with("--bind \(Self.other(than: text))"))
        case .untrusted, .refusedBind:
            return .fault(
                "endpoint", error.message,
                repair: Self.folder(of: text).map { "chmod 700 \($0.inShell)" })
        default:
            return .fault(
                "endpoint", error.message,
                repair: ServeLine.with("--bind \(Self.other(than: text))"))
        }
    }

    /// What the service there serves; nil where none answers within two seconds.
    private func model(at text: String) async -> String? {
        var configuration = ClientConfiguration()
        configuration.reconnectTimeout = .seconds(2)
        configuration.answerTimeout = .seconds(2)
        guard let client = try? FuseboxClient(endpoint: text, configuration: configuration) else {
            return nil
        }
        defer { client.shutDown() }
        return (try? await client.status())?.model
    }

    private static func folder(of text: String) -> String? {
        guard case .ipc(let path) = try? Endpoint(text) else { return nil }
        return path.lastIndex(of: "/").map { String(path[..<$0]) }
    }

    private static func other(than text: String) -> String {
        text.hasPrefix("tcp://") ? "tcp://127.0.0.1:0" : "ipc:///tmp/fusebox-2/fusebox.sock"
    }
}
