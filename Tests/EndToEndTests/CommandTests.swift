import Foundation
import FuseboxClient
import TestSupport
import Testing
import Wire

/// What commands print of what is right, and of a shelf with one adapter that is not.
@Suite(.serialized) struct CommandTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// Two adapters of the demo, and one for another base.
    private func makeShelf() throws -> String {
        let shelf = folder.path("shelf")
        try FileManager.default.createDirectory(
            atPath: shelf + "/odd", withIntermediateDirectories: true)
        for name in ["hotels", "positive"] {
            try FileManager.default.createSymbolicLink(
                atPath: "\(shelf)/\(name)",
                withDestinationPath: "\(BuiltProgram.root)/Demo/adapters/\(name)")
        }
        for name in ["adapter_config.json", "adapter_model.safetensors"] {
            try FileManager.default.copyItem(
                atPath: GoldenFolder.path("models/llama/adapters/a/\(name)"),
                toPath: "\(shelf)/odd/\(name)")
        }
        return shelf
    }

    @Test func aShelfIsInspectedWhole() throws {
        let shelf = try makeShelf()
        try Data("{".utf8).write(to: URL(fileURLWithPath: shelf + "/odd/adapter_config.json"))
        let run = try BuiltProgram.run(["inspect", shelf], in: folder.path)
        let lines = run.output.split(separator: "\n")
        #expect(lines.map { $0.prefix { $0 != ":" } } == ["hotels", "odd", "positive"])
        #expect(lines[0].contains("rank ") && lines[1].hasPrefix("odd: refused: "))
        #expect(run.status == 1 && run.error.contains("1 of 3 adapters are refused"))
    }

    @Test(arguments: ["", "/", "/router.json", "/router.safetensors"])
    func aRouterIsInspectedByItsFolderOrAFile(suffix: String) throws {
        let run = try BuiltProgram.run(
            ["inspect", BuiltProgram.root + "/Router" + suffix], in: folder.path)
        #expect(run.status == 0 && run.output.contains("kind: router"), "\(run.error)")
    }

    @Test func aMergeIsAnAdapterOfItsBase() throws {
        let demo = BuiltProgram.root + "/Demo"
        func merge(_ method: [String], to output: String) throws {
            let run = try BuiltProgram.run(
                [
                    "merge", "--adapter", "hotels=\(demo)/adapters/hotels@0.5", "--adapter",
                    "positive=\(demo)/adapters/positive", "--model", "\(demo)/base", "--output",
                    output,
                ] + method, in: folder.path)
            #expect(run.status == 0 && run.error.isEmpty, "\(run.error)")
            #expect(run.output.hasPrefix("\(output): rank "))
        }
        func reply(_ adapters: [String]) throws -> String {
            let run = try BuiltProgram.run(
                ["generate", "--model", "\(demo)/base", "--type", "f32", "--prompt", "Say a word."]
                    + ["--max-tokens", "12", "--temperature", "0"]
                    + adapters.flatMap { ["--adapter", $0] }, in: folder.path)
            #expect(run.status == 0 && run.error.isEmpty, "\(run.error)")
            return run.output
        }
        try merge(["--method", "cat"], to: "merged")
        let mix = ["hotels=\(demo)/adapters/hotels@0.5", "positive=\(demo)/adapters/positive"]
        #expect(try reply(["merged=merged"]) == reply(mix))
        // In place of the first.
        try merge(["--method", "ties_svd", "--density", "0.3", "--rank", "2"], to: "merged")
        let run = try BuiltProgram.run(["inspect", "merged"], in: folder.path)
        #expect(run.status == 0, "\(run.error)")
    }

    @Test func aRefusedAdapterIsTold() async throws {
        let service = try RunningService(
            workers: 1, hasRouter: false, arguments: ["--adapters", try makeShelf()])
        defer { _ = service.stop() }
        let client = try FuseboxClient(endpoint: service.endpoint)
        _ = try await service.workers(client, count: 1)
        for command in [["adapters", "list"], ["status"]] {
            let run = try BuiltProgram.run(
                command + ["--connect", service.endpoint], in: folder.path)
            #expect(run.status == 0 && run.output.contains("refused: odd: "), "\(run.output)")
        }
        let list = try BuiltProgram.run(
            ["adapters", "list", "--connect", service.endpoint], in: folder.path)
        #expect(list.output.hasPrefix("hotels  "))
    }

    @Test func withoutAdaptersAutoIsTheBase() async throws {
        try FileManager.default.createDirectory(
            atPath: folder.path("empty"), withIntermediateDirectories: true)
        let service = try RunningService(
            workers: 1, hasRouter: false, arguments: ["--adapters", folder.path("empty")])
        defer { _ = service.stop() }
        let client = try FuseboxClient(endpoint: service.endpoint)
        _ = try await service.workers(client, count: 1)
        let options = ["--connect", service.endpoint, "--max-tokens", "4", "--json", "hi"]
        let auto = try BuiltProgram.run(["ask"] + options, in: folder.path)
        let base = try BuiltProgram.run(["ask", "--select", "base"] + options, in: folder.path)
        #expect(auto.status == 0 && auto.output.contains("\"no_router\""), "\(auto.error)")
        #expect(text(of: auto) == text(of: base))
    }

    private func text(of run: BuiltProgram.Outcome) -> Substring? {
        run.output.split(separator: "\"ids\"").first
    }

    /// `script` gives the program a terminal; what a person typed stands in the output too.
    @Test func aConversationKeepsItsTurns() async throws {
        let service = try RunningService(workers: 1)
        defer { _ = service.stop() }
        let client = try FuseboxClient(endpoint: service.endpoint)
        _ = try await service.workers(client, count: 1)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/script")
        process.arguments = [
            "-qec",
            "\(BuiltProgram.url.path) ask --connect \(service.endpoint) --select base --max-tokens 8",
            "/dev/null",
        ]
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["NO_COLOR": "1"]) { _, new in new }
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        input.fileHandleForWriting.write(
            Data("Write 12 in words.\nWrite 13 in words.\n/exit\n".utf8))
        let typed = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)

        var messages = [WireChatMessage]()
        for text in ["Write 12 in words.", "Write 13 in words."] {
            messages.append(WireChatMessage { ($0.role, $0.content) = ("user", text) })
            let submit = WireSubmit { [messages] in
                $0.prompt.chat.messages = messages
                $0.selection.base = WireBaseSelection()
                $0.limits.maxTokens = 8
            }
            var answer = ""
            for try await event in client.submit(submit) {
                if case .chunk(let chunk) = event { answer += chunk.text }
            }
            #expect(typed.contains(answer.replacingOccurrences(of: "\n", with: "\r\n")), "\(typed)")
            messages.append(WireChatMessage { ($0.role, $0.content) = ("assistant", answer) })
        }
    }
}
