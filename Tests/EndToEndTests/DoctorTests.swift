import Foundation
import FuseboxClient
import Tensors
import TestSupport
import Testing

/// A thing that is wrong, how `doctor` names it, and that the command it prints mends it.
struct PlantedFault: Sendable, CustomTestStringConvertible {
    /// A part of what is said of it.
    let text: String
    let subject: String
    var grade = "fault"
    /// Shell commands that make it, in a folder with a copy of an adapter, `shelf/hotels`, and of the router.
    let plant: String
    let arguments: String
    /// What stands before the command, as in a shell that is set up wrongly.
    var before = ""

    var testDescription: String { text }

    static let all = [
        PlantedFault(
            text: "would wait for each other", subject: "processors", grade: "warning", plant: "",
            arguments: "--workers 64 --threads-per-worker 64"),
        PlantedFault(
            text: "nonsense", subject: "kernels", plant: "", arguments: "",
            before: "export FUSEBOX_KERNELS=nonsense; "),
        PlantedFault(
            text: "nowhere: cannot be listed", subject: "adapters", plant: "",
            arguments: "--adapters nowhere"),
        PlantedFault(
            text: "cut is refused", subject: "adapters",
            plant:
                "cp -r shelf/hotels shelf/cut; head -c 1000 shelf/hotels/adapter_model.safetensors > shelf/cut/adapter_model.safetensors",
            arguments: "--adapters shelf"),
        PlantedFault(
            text: "movies is chosen by nobody", subject: "router", grade: "warning", plant: "",
            arguments: "--adapters shelf --router router"),
        PlantedFault(
            text: "inn is unknown to it", subject: "router", grade: "warning",
            plant:
                "cp -r shelf/hotels shelf/inn; sed -i 's/\"lora_dropout\": *0[.0]*/\"lora_dropout\": 0.5/' shelf/inn/adapter_config.json; printf 'A' | dd of=shelf/inn/adapter_model.safetensors bs=1 seek=200000 conv=notrunc status=none",
            arguments: "--adapters shelf --router router"),
        PlantedFault(
            text: "built again", subject: "image", grade: "warning",
            plant: "fusebox image --image-folder images > path; truncate -s -100 \"$(cat path)\"",
            arguments: "--image-folder images"),
        PlantedFault(
            text: "others could replace files", subject: "image",
            plant: "mkdir -m 777 images; chmod 777 images",
            arguments: "--image-folder images"),
        PlantedFault(
            text: "is no socket", subject: "endpoint", plant: "touch taken",
            arguments: "--bind ipc://./taken"),
        PlantedFault(
            text: "not yours alone", subject: "endpoint", plant: "mkdir -m 755 run; chmod 755 run",
            arguments: "",
            before: "export XDG_RUNTIME_DIR=$PWD/run; "),
        PlantedFault(
            text: "there are none", subject: "keys", plant: "", arguments: "--http 0.0.0.0:0"),
        PlantedFault(
            text: "others may read or write", subject: "keys",
            plant: "fusebox keys new --file open.json me; chmod 644 open.json",
            arguments: "--http 127.0.0.1:0 --api-keys open.json"),
        PlantedFault(
            text: "missing.json: cannot be opened", subject: "keys", plant: "",
            arguments: "--http 127.0.0.1:0 --api-keys missing.json"),
    ]
}

@Suite("fusebox doctor")
struct DoctorTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        let root = BuiltProgram.root
        #expect(
            try shell(
                "mkdir shelf && cp -r \(root)/Demo/adapters/hotels shelf && cp -r \(root)/Router router"
            ).status == 0)
    }

    @Test("A fault is named, and its repair mends it", arguments: PlantedFault.all)
    func repairs(fault: PlantedFault) throws {
        _ = try shell(fault.plant)
        let finding = try #require(
            try self.finding(fault, by: "fusebox doctor --json \(fault.arguments)"))
        #expect(
            finding["grade"]?.string == fault.grade && finding["subject"]?.string == fault.subject)
        let repair = try #require(finding["repair"]?.string)
        // What starts a service is asked about instead.
        let mended = repair.replacing("fusebox serve", with: "fusebox doctor --json")
        let again =
            mended == repair
            ? "\(repair) > repaired && fusebox doctor --json \(fault.arguments)" : mended
        #expect(try self.finding(fault, by: again) == nil, "\(repair)")
    }

    @Test("A service that could start is told so, and one that runs is named")
    func sound() async throws {
        let outcome = try shell("fusebox doctor --workers 1 --threads-per-worker 1")
        #expect(outcome.status == 0, "\(outcome.output)")
        #expect(!outcome.output.contains("fault"))
        let service = try RunningService(workers: 1)
        defer { _ = service.stop() }
        let client = try FuseboxClient(endpoint: service.endpoint)
        _ = try await service.workers(client, count: 1)
        client.shutDown()
        let taken = try shell("fusebox doctor --bind \(service.endpoint)")
        #expect(taken.status == 1)
        #expect(
            taken.output.contains("a service answers there, with base"), "\(taken.output)")
    }

    @Test("Wrong models and settings are told as `serve` tells them")
    func wrongSettings() throws {
        let outcome = try shell("fusebox doctor --model nowhere")
        #expect(outcome.status == 1 && outcome.output.contains("\nfault    model"))
        let file = try shell("echo '{\"wrokers\": 1}' > c.json; fusebox doctor --config c.json")
        #expect(file.status == 1 && file.output.contains("\"wrokers\" is not known"))
    }

    private func finding(_ fault: PlantedFault, by command: String) throws -> JSONValue? {
        let outcome = try shell(fault.before + command)
        let lines = outcome.output.split(separator: "\n")
        let document = try JSONValue(parsing: Array((lines.last ?? "").utf8))
        return document["findings"]?.array?.first {
            $0["text"]?.string?.contains(fault.text) ?? false
        }
    }

    /// Runs a command line in the folder, where `fusebox` is the program under test.
    private func shell(_ command: String) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", command]
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        var environment = ProcessInfo.processInfo.environment
        let programs = BuiltProgram.url.deletingLastPathComponent().path
        environment["PATH"] = "\(programs):\(environment["PATH"] ?? "/usr/bin:/bin")"
        environment["XDG_RUNTIME_DIR"] = folder.path
        process.environment = environment
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: bytes, as: UTF8.self))
    }
}
