import FoundationEssentials
import Frontend
import Glibc

/// The program that serves HTTP, built apart from this one.
struct GatewayProgram {
    private static let name = "fusebox-http"
    private static let buildFolder = "/Gateway/.build/release/"

    private let path: String

    /// Looks beside this program, in the build folders above it and below the current folder, and in PATH.
    ///
    /// - Throws: where it was not built, saying how to.
    init() throws(CommandError) {
        let manager = FileManager.default
        let program = (try? manager.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        var folders: [String] = []
        var folder = program[...]
        while let slash = folder.lastIndex(of: "/") {
            folder = folder[..<slash]
            if folders.isEmpty { folders.append(folder + "/") }
            folders.append(folder + Self.buildFolder)
        }
        folders.append("." + Self.buildFolder)
        let search = ProcessInfo.processInfo.environment["PATH"] ?? ""
        folders += search.split(separator: ":").map { $0 + "/" }
        guard let path = folders.map({ $0 + Self.name }).first(where: manager.isExecutableFile)
        else {
            throw CommandError(
                "\(Self.name) is not built; `make gateway` builds it, or leave --http out")
        }
        self.path = path
    }

    /// What keeps it running in front of a service.
    func companion(
        _ settings: ServeSettings, endpoint: String, log: @escaping @Sendable (String) -> Void
    ) -> Companion {
        var arguments = ["--connect", endpoint, "--parent", "\(getpid())"]
        for (flag, value) in [
            ("--address", settings.http), ("--api-keys", settings.apiKeys),
            ("--config", settings.httpConfig),
        ] {
            if let value { arguments += [flag, value] }
        }
        if settings.allowAdapterChanges == true { arguments.append("--allow-adapter-changes") }
        return Companion(name: "http", executable: path, arguments: arguments, log: log)
    }
}
