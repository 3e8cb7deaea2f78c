import Foundation
import FuseboxClient
import TestSupport
import Testing

/// `fusebox image` and `fusebox serve` where there is room for an image, and where there is none.
@Suite struct ImageTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// Runs `fusebox image` on the demo's base; `limit` are the blocks of 512 bytes that a file may have.
    private func build(_ arguments: [String], limit: String = "unlimited") throws -> (
        status: Int32, output: String, errors: [String]
    ) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments =
            ["-c", "ulimit -f \(limit); exec \"$0\" image \"$@\"", BuiltProgram.url.path]
            + ["--model", BuiltProgram.root + "/Demo/base"] + arguments
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let text = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let lines = String(
            decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text, lines.split(separator: "\n").map(String.init))
    }

    @Test func anImageIsBuiltOnceAndRemovedWhenItIsOld() throws {
        let images = folder.path("images")
        let first = try build(["--image-folder", images])
        #expect(first.status == 0 && first.errors.isEmpty)
        let path = first.output.trimmingCharacters(in: .newlines)
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        let old = try folder.write([1], to: "images/old-q8_0-0.image")
        let second = try build(["--image-folder", images, "--prune"])
        #expect(second.output == first.output && second.errors == ["removed \(old)"])
        let again = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.systemFileNumber] as? Int == again[.systemFileNumber] as? Int)
    }

    /// The limit on file sizes ends the writing as a full disk does.
    @Test func aFullDiskIsOneLine() throws {
        let images = folder.path("images")
        let strict = try build(["--image-folder", images], limit: "100")
        #expect(strict.status == 1 && strict.errors.count == 1 && strict.output.isEmpty)
        #expect(strict.errors.first?.contains(images) == true)
        let lenient = try build(["--image-folder", images, "--best-effort"], limit: "100")
        #expect(lenient.status == 0 && lenient.errors.count == 1)
        #expect(lenient.errors.first?.contains("no model image") == true)
        let left = try FileManager.default.contentsOfDirectory(atPath: images)
        #expect(left.filter { $0.contains(".image") } == [])
    }

    @Test func aServiceWithoutRoomForAnImageServes() async throws {
        let images = try folder.write([1], to: "file") + "/images"
        let service = try RunningService(arguments: ["--image-folder", images])
        let client = try FuseboxClient(endpoint: service.endpoint)
        #expect(try await service.workers(client).count == 2)
        client.shutDown()
        #expect(service.stop() == 0)
    }

    @Test func aServiceWithoutAModelSaysSoOnce() throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: BuiltProgram.url.path)
        process.arguments = [
            "serve", "--model", "/nowhere", "--bind", "ipc://\(folder.path)/front.sock",
            "--image-folder", folder.path("images"), "--journal", "none",
        ]
        let errors = Pipe()
        process.standardError = errors
        try process.run()
        let lines = String(
            decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 1)
        let faults = lines.split(separator: "\n").filter { $0.contains("/nowhere/config.json") }
        #expect(faults.count == 1 && lines.hasSuffix("\(faults.first ?? "")\n"), "\(lines)")
    }
}
