import Foundation
import TestSupport
import Testing

/// Trainings as a user starts, interrupts and uses them.
@Suite(.serialized) struct TrainingCommandTests {
    private let folder: TemporaryFolder
    private static let base = BuiltProgram.root + "/Demo/base"
    private static let answer = "The kettle sings at noon."

    init() throws {
        folder = try TemporaryFolder()
        let row = "{\"prompt\": \"What does the kettle do?\", \"answer\": \"\(Self.answer)\"}\n"
        try folder.write(Array(String(repeating: row, count: 8).utf8), to: "rows.jsonl")
    }

    private func train(_ output: String, _ options: [String]) throws -> BuiltProgram.Outcome {
        try BuiltProgram.run(
            [
                "adapters", "train", "--model", Self.base, "--data", "rows.jsonl", "--batch", "8",
                "--learning-rate", "0.01", "--output", output,
            ] + options, in: folder.path)
    }

    private func tensors(_ output: String) throws -> Data {
        try Data(
            contentsOf: URL(fileURLWithPath: folder.path("\(output)/adapter_model.safetensors")))
    }

    @Test func whatWasLearnedIsSaid() throws {
        // The folders above it are made too.
        let run = try train("shelf/new/out", ["--epochs", "30"])
        #expect(run.status == 0, "\(run.error)")
        #expect(run.output.hasPrefix("30 of 30 steps, loss 0."))
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path("shelf/new/out")).count
                == 2)
        let reply = try BuiltProgram.run(
            [
                "generate", "--model", Self.base, "--adapter", "a=shelf/new/out", "--temperature",
                "0",
                "--prompt", "What does the kettle do?",
            ], in: folder.path)
        #expect(reply.output == Self.answer + "\n", "\(reply.error)")
        let again = try train("shelf/new/out", ["--epochs", "30"])
        #expect(again.status == 1 && again.error.contains("has an adapter already"))
    }

    @Test func aTrainingThatIsInterruptedGoesOnAsIfItHadNot() throws {
        let whole = try train("whole", ["--steps", "40", "--epochs", "40"])
        #expect(whole.status == 0, "\(whole.error)")
        let process = Process()
        process.executableURL = BuiltProgram.url
        process.arguments = [
            "adapters", "train", "--model", Self.base, "--data", "rows.jsonl", "--batch", "8",
            "--learning-rate", "0.01", "--output", "part", "--steps", "40", "--epochs", "40",
        ]
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        // Some time after the start: before, between or after its steps.
        usleep(400_000)
        process.interrupt()
        process.waitUntilExit()
        let state = folder.path("part/training_state.safetensors")
        if FileManager.default.fileExists(atPath: state) {
            let rest = try train("part", ["--steps", "40", "--epochs", "40", "--resume"])
            #expect(rest.status == 0, "\(rest.error)")
        } else if process.terminationReason == .uncaughtSignal {
            // It was not yet listening; nothing is lost that was not begun.
            #expect(try train("part", ["--steps", "40", "--epochs", "40"]).status == 0)
        }
        #expect(try tensors("part") == tensors("whole"))
    }

    /// What is learned beside an adapter is said with it, and another thing without.
    @Test func anAdapterLearnsToBeMixed() throws {
        let hotels = BuiltProgram.root + "/Demo/adapters/hotels"
        let rows = [
            #"{"prompt": "What does the kettle do?", "answer": "It sings.", "beside": []}"#,
            #"{"prompt": "What does the kettle do?", "answer": "It sleeps.", "beside": ["h"]}"#,
        ]
        let text = String(repeating: rows.joined(separator: "\n") + "\n", count: 4)
        try folder.write(Array(text.utf8), to: "rows.jsonl")
        let run = try train(
            "out",
            [
                "--epochs", "120", "--beside", "h=\(hotels)@0.5", "--layers", "1-3", "--dtype",
                "f16",
            ])
        #expect(run.status == 0, "\(run.error)")
        let file = try String(decoding: tensors("out").prefix(40_000), as: UTF8.self)
        #expect(file.contains(#""F16""#) && !file.contains(#""F32""#))
        #expect(file.contains("layers.1.") && !file.contains("layers.0."))
        let told = try BuiltProgram.run(["inspect", "out"], in: folder.path).output
        #expect(told.contains("layers: 3\n"))
        for (mix, answer) in [
            ([], "It sings.\n"), (["--adapter", "h=\(hotels)@0.5"], "It sleeps.\n"),
        ] {
            let reply = try BuiltProgram.run(
                [
                    "generate", "--model", Self.base, "--type", "stored", "--adapter", "a=out",
                    "--temperature", "0", "--prompt", "What does the kettle do?",
                ] + mix, in: folder.path)
            #expect(reply.output == answer, "\(reply.error)")
        }
    }

    @Test func coefficientsAreLearnedAndServed() throws {
        let adapters = ["hotels", "positive"].map { BuiltProgram.root + "/Demo/adapters/\($0)" }
        let run = try BuiltProgram.run(
            [
                "adapters", "combine", "--model", Self.base, "--adapter", adapters[0], "--adapter",
                adapters[1], "--data", "rows.jsonl", "--batch", "8", "--epochs", "3", "--output",
                "table.safetensors",
            ], in: folder.path)
        #expect(run.status == 0 && run.output.hasPrefix("3 of 3 steps"), "\(run.error)")
        let reply = try BuiltProgram.run(
            [
                "generate", "--model", Self.base, "--adapter", "a=\(adapters[0])", "--adapter",
                "b=\(adapters[1])", "--cat", "table.safetensors", "--max-tokens", "4", "--prompt",
                "A hotel.",
            ], in: folder.path)
        #expect(reply.status == 0 && !reply.output.isEmpty, "\(reply.error)")
    }
}
