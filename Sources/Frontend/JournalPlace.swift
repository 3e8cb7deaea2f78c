public import Journal
import Messaging
import Tensors

/// Where a service keeps what it accepts.
public enum JournalPlace: Equatable, Sendable, CustomStringConvertible {
    case none
    case file(String)

    /// - Parameters:
    ///   - setting: a path, or `none`; nil: a file of the endpoint's own in the user's state folder.
    ///   - endpoint: where clients connect; nil: the usual place.
    ///   - environment: gives `XDG_STATE_HOME` and `HOME`.
    /// - Throws: `ServiceFailure` where there is no such folder.
    public init(
        _ setting: String?, endpoint: String?, environment: (String) -> String?
    ) throws(ServiceFailure) {
        if setting == "none" {
            self = .none
            return
        }
        if let setting {
            self = .file(setting)
            return
        }
        let state =
            environment("XDG_STATE_HOME").flatMap { $0.hasPrefix("/") ? $0 : nil }
            ?? environment("HOME").flatMap { $0.hasPrefix("/") ? $0 + "/.local/state" : nil }
        guard let state else {
            throw ServiceFailure(
                "there is no folder for the journal: HOME is not set; pass --journal FILE, or --journal none to keep nothing"
            )
        }
        // Services at different endpoints each have their own.
        let name = endpoint.map { "journal-\(Digest(of: Array($0.utf8)).description.prefix(12))" }
        self = .file("\(state)/fusebox/\(name ?? "journal").sqlite")
    }

    public var description: String {
        switch self {
        case .none: "none: what is accepted ends with the service"
        case .file(let path): path
        }
    }

    /// Opens the journal; its folder is made where it is missing.
    public func open() throws(EngineFailure) -> any DispatchEngine {
        guard case .file(let path) = self else { return VolatileEngine() }
        return try JournalEngine(path: path)
    }
}
