import ArgumentParser
import FoundationEssentials
import FuseboxWire
import Tensors

/// `fusebox keys`: who may use a service over HTTP.
struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Make, list and revoke the keys of an HTTP gateway.",
        discussion: """
            The file, for `fusebox serve --http --api-keys FILE`, holds digests alone. A gateway that runs takes a change within \
            a second.
            """,
        subcommands: [NewCommand.self, ListCommand.self, RevokeCommand.self])

    struct NewCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "new", abstract: "Make a key, which is printed once.")

        @Option(help: "The file of keys; it is made where it is missing.")
        var file: String

        @Argument(help: "Whose key it is.")
        var name: String

        func run() throws {
            let isThere = FileManager.default.fileExists(atPath: file)
            var keys = try isThere ? KeyFile(path: file) : KeyFile()
            let key = try keys.add(name: name, created: String(Date.now.ISO8601Format().prefix(10)))
            try keys.write(path: file)
            Terminal.write(key + "\n")
        }
    }

    struct ListCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Print the names of keys and when they were made.")

        @Option(help: "The file of keys.")
        var file: String

        func run() throws {
            for entry in try KeyFile(path: file).entries {
                Terminal.write("\(entry.created)  \(entry.name)\n")
            }
        }
    }

    struct RevokeCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "revoke", abstract: "Take a key away.")

        @Option(help: "The file of keys.")
        var file: String

        @Argument(help: "Whose key it is.")
        var name: String

        func run() throws {
            var keys = try KeyFile(path: file)
            guard keys.revoke(name: name) else {
                throw CommandError(
                    "\(file) has no key \"\(name)\"; `fusebox keys list --file \(file)` names those it has"
                )
            }
            try keys.write(path: file)
        }
    }
}
