import Testing

/// The rules that keep the layers apart and the code readable, checked by reading it.
@Suite struct LayeringTests {
    /// What each target may import, besides the standard library's own modules.
    static let table: [String: Set<String>] = [
        "CKernels": [], "CSystemShims": [], "CZeroMQ": [], "COpenBLAS": [],
        "Tensors": ["CSystemShims", "Crypto", "SystemPackage"],
        "Kernels": ["CKernels", "COpenBLAS", "Tensors"],
        "Adapters": ["Kernels", "Tensors", "SystemPackage"],
        "Models": ["Adapters", "Kernels", "Tensors", "SystemPackage"],
        "Tokenization": ["Tensors", "HeapModule"],
        "Routing": ["Adapters", "Kernels", "Tensors"],
        "Inference": ["Adapters", "Kernels", "Models", "Tensors", "DequeModule"],
        "Messaging": ["CSystemShims", "CZeroMQ"],
        "Wire": ["SwiftProtobuf"],
        "Frontend": [
            "Adapters", "Messaging", "Routing", "Tensors", "Wire", "DequeModule", "Logging",
            "Subprocess",
            "SystemPackage",
        ],
        "Worker": [
            "Adapters", "CSystemShims", "Inference", "Kernels", "Messaging", "Models", "Routing",
            "Tensors", "Tokenization", "Wire", "Logging",
        ],
        "FuseboxClient": ["Messaging", "Wire"],
        "fusebox": [
            "Adapters", "Frontend", "FuseboxClient", "Inference", "Kernels", "Messaging", "Models",
            "Routing",
            "Tensors", "Tokenization", "Wire", "Worker", "ArgumentParser", "Logging",
            "SystemPackage",
        ],
    ]

    /// Part of every toolchain; FoundationEssentials is small and loads no tables of Unicode.
    static let toolchain: Set<String> = [
        "Glibc", "Synchronization", "FoundationEssentials", "Dispatch",
    ]

    /// Where pointers may be used.
    static let unsafeTargets: Set<String> = ["Tensors", "Kernels", "Messaging"]

    /// Traps that are meant: file, the line without its indentation, and why.
    static let allowedTraps = [
        (
            "Sources/Tensors/Storage/AlignedBuffer.swift",
            "fatalError(\"out of memory: \\(count) elements\")",
            "sizes are the program's own, and nothing could go on without the memory"
        )
    ]

    private let tree: SourceTree

    init() throws {
        tree = try SourceTree()
    }

    @Test func everyTargetIsInTheTable() {
        #expect(tree.targets == Set(Self.table.keys))
        #expect(tree.files.count > 100)
    }

    @Test func targetsImportOnlyWhatTheirLineAllows() throws {
        let pattern =
            /^\s*(?:@\w+ )*(?:public |package |internal |fileprivate |private )?import (?:struct |class |enum |func )?(\w+)/
        for file in tree.files {
            let allowed = try #require(Self.table[file.target]).union(Self.toolchain)
            for line in file.code {
                guard let match = try pattern.firstMatch(in: line) else { continue }
                #expect(allowed.contains(String(match.1)), "\(file.path) imports \(match.1)")
            }
        }
    }

    @Test func theTableHasNoCycles() {
        var done: Set<String> = []
        while done.count < Self.table.count {
            let ready = Self.table.filter { name, needs in
                !done.contains(name) && needs.intersection(Self.table.keys).isSubset(of: done)
            }
            guard !ready.isEmpty else {
                Issue.record("a cycle among \(Set(Self.table.keys).subtracting(done))")
                return
            }
            done.formUnion(ready.keys)
        }
    }

    @Test func pointersStayAtTheEdge() throws {
        let pattern = /\bunsafe\b|\bUnsafe\w*Pointer\b|unsafeBitCast/
        for file in tree.files where !Self.unsafeTargets.contains(file.target) {
            for (number, line) in file.code.enumerated() where line.contains(pattern) {
                Issue.record("\(file.path):\(number + 1) is unsafe: \(file.lines[number])")
            }
        }
    }

    @Test func nothingTrapsUnlessItIsMeant() throws {
        let pattern =
            /\btry!|\bas!|\bfatalError\b|[\w)\]]!(?:[.,)\]\s]|$)/
        for file in tree.files {
            for (number, line) in file.code.enumerated() where line.contains(pattern) {
                let source = file.lines[number].trimmingPrefix { $0 == " " }
                let isMeant = Self.allowedTraps.contains { $0.0 == file.path && $0.1 == source }
                #expect(isMeant, "\(file.path):\(number + 1) may trap: \(source)")
            }
        }
    }

    @Test func allowancesAreUsed() {
        for (path, line, reason) in Self.allowedTraps {
            let file = tree.files.first { $0.path == path }
            #expect(
                file?.lines.contains { $0.hasSuffix(line) } == true,
                "\(path) has no longer: \(line)")
            #expect(!reason.isEmpty)
        }
    }

    /// `@unchecked` is a promise, so a comment in the same file says why it holds.
    @Test func uncheckedPromisesAreExplained() {
        for file in tree.files {
            let promises = file.code.count { $0.contains("@unchecked Sendable") }
            guard promises > 0 else { continue }
            let comments = file.lines.count {
                $0.contains("//") && $0.contains("Sendable unchecked")
            }
            #expect(
                comments >= 1
                    || file.lines.contains { $0.contains("//") && $0.contains("constant") },
                "\(file.path) does not say why it is Sendable")
        }
    }

    @Test func filesAreShort() {
        for file in tree.files {
            #expect(
                file.lines.count <= 401,
                "\(file.path) has \(file.lines.count - 1) lines, at most 400 are allowed")
        }
    }

    @Test func nothingIsLeftForLater() throws {
        let pattern = /\b(?:TODO|FIXME|XXX|HACK)\b/
        for file in tree.files {
            for (number, line) in file.lines.enumerated() where line.contains(pattern) {
                Issue.record("\(file.path):\(number + 1): \(line)")
            }
        }
    }

    @Test func commentsAndLiteralsAreNoCode() {
        let lines = [
            "let a = \"try! \\\" as!\" // fatalError", "let b = \"\"\"", "    try! now",
            "    \"\"\"", "try! now",
        ]
        #expect(SourceTree.code(of: lines) == ["let a =  ", "", "", "", "try! now"])
    }
}
