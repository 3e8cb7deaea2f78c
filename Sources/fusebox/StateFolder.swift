import FoundationEssentials
import Frontend
import Registry
import Tensors

/// Where a service keeps what outlives it.
enum StateFolder {
    /// Takes the folder of a service's registry; nil: none was asked for.
    ///
    /// - Throws: for one that cannot be had: what is served would not be what was promised.
    static func registry(_ settings: ServeSettings) throws -> RegistryFolder? {
        guard let state = settings.state else { return nil }
        do throws(RegistryError) {
            return try RegistryFolder(path: state.isEmpty ? defaultPath(settings) : state)
        } catch {
            throw CommandError(error.message)
        }
    }

    /// A folder for each pair of a model and a shelf: other services of this user have others.
    private static func defaultPath(_ settings: ServeSettings) throws(RegistryError) -> String {
        let environment = ProcessInfo.processInfo.environment
        let home = environment["HOME"].map { $0 + "/.local/state" }
        let own = environment["XDG_STATE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        guard let folder = own ?? home else {
            throw RegistryError(
                .file,
                "there is no folder for the service's state: set HOME or name one after --state")
        }
        let paths = [settings.model, settings.adapters].map { ($0 ?? "").resolvedPath }
        let key = Digest(of: Array(paths.joined(separator: "\n").utf8)).description.prefix(16)
        return "\(folder)/fusebox/\(key)"
    }
}
