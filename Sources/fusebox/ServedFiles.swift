import FoundationEssentials

/// Which files a service uses: those given, or the embedded demo's.
struct ServedFiles {
    let model: String
    let adapters: String?
    let router: String?

    /// Without a model, everything that is left out comes from the demo.
    init(model: String?, adapters: String?, router: String?) throws {
        for case let path? in [model, adapters, router] { try PathGuess.check(path) }
        if let model {
            self.model = model
            self.adapters = adapters
            self.router = router
            return
        }
        let demo = try Self.demo()
        self.model = demo + "/Demo/base"
        self.adapters = adapters ?? demo + "/Demo/adapters"
        let trained = demo + "/Router"
        let hasRouter = FileManager.default.fileExists(atPath: trained + "/router.json")
        self.router = router ?? (hasRouter ? trained : nil)
    }

    /// A model with the adapters and the router that were made for SmolLM2-135M-Instruct.
    init(realDemo model: String) throws {
        try PathGuess.check(model)
        self.model = model
        let folder = try Self.demo() + "/Demo/real"
        adapters = folder + "/shelf"
        router = folder + "/router"
    }

    /// The table of meanings that comes with this program; nil if it is missing.
    static var meanings: String? {
        let path = (try? demo()).map { $0 + "/Router/meanings/table.safetensors" }
        return path.flatMap { FileManager.default.fileExists(atPath: $0) ? $0 : nil }
    }

    private static func holdsDemo(_ folder: String) -> Bool {
        FileManager.default.fileExists(atPath: folder + "/Demo/base/config.json")
    }

    /// The folder that holds `Demo` and `Router`: above this program's file, where `make install` puts it, or the current one.
    private static func demo() throws -> String {
        let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        var folder = program ?? ""
        while let slash = folder.lastIndex(of: "/") {
            folder = String(folder[..<slash])
            for folder in [folder, folder + "/share/fusebox"] where holdsDemo(folder) {
                return folder
            }
        }
        guard holdsDemo(".") else {
            throw CommandError("there is no demo beside this program; give --model")
        }
        return "."
    }
}
