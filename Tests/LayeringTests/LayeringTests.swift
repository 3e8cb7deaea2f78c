import Testing

/// The rules that keep the layers apart and the code readable, checked by reading it.
@Suite struct LayeringTests {
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
    private let manifest: Manifest

    init() throws {
        tree = try SourceTree(folder: "Sources")
        manifest = try Self.read.get()
    }

    /// Read once: the package manager takes a second.
    private static let read = Result { try Manifest.read(root: SourceTree.root()) }

    @Test func everyFolderIsATarget() throws {
        let names = Set(manifest.targets.map(\.name))
        #expect(tree.targets.isSubset(of: names))
        #expect(try SourceTree(folder: "Tests").targets.isSubset(of: names))
        #expect(tree.files.count > 100)
    }

    @Test(arguments: ["Sources", "Tests"])
    func targetsImportOnlyWhatTheManifestSays(folder: String) throws {
        let pattern =
            /^\s*(?:@\w+ )*(?:public |package |internal |fileprivate |private )?import (?:struct |class |enum |func )?(\w+)/
        let common =
            folder == "Tests" ? Self.toolchain.union(["Foundation", "Testing"]) : Self.toolchain
        for file in try SourceTree(folder: folder).files {
            let target = try #require(manifest.targets.first { $0.name == file.target })
            for line in file.code {
                guard let match = try pattern.firstMatch(in: line) else { continue }
                let module = String(match.1)
                #expect(
                    common.contains(module) || target.imports.contains(module),
                    "\(file.path) imports \(module), which \(target.name) does not depend on")
            }
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
