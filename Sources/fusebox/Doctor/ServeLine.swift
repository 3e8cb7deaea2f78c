/// The command line that starts what `fusebox doctor` was asked about.
enum ServeLine {
    /// It with other flags, which win over those before them.
    static func with(_ flags: String) -> String {
        let given = CommandLine.arguments.dropFirst(2).filter { $0 != "--json" }
        return (["fusebox", "serve"] + given.map(\.inShell) + [flags]).joined(separator: " ")
    }
}
