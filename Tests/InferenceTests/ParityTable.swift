import Foundation
import Inference
import Kernels
import Models
import TestSupport
import Testing

/// Writes `Parity.md`: how close the tests found each family and each form of adapter to transformers and peft.
///
/// Runs when it is asked for: `FUSEBOX_RECORD=1 swift test ... --filter ParityTable`.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["FUSEBOX_RECORD"] != nil))
struct ParityTable {
    @Test func write() throws {
        let text = """
            # Parity

            The worst error of a logit in `f32`, relative to the largest logit: the reference values of `Tests/Goldens` are \
            transformers' and peft's. Written by `ParityTable`; the tests beside it hold 2e-4 for families and 2e-5 for adapters.

            ## Families

            Six mixes of three adapters, seven sequences. The twin is the same model in a GGUF file.

            | checkpoint | Hugging Face | twin |
            |---|---|---|
            \(try families().joined(separator: "\n"))

            ## Forms of adapters

            `Tests/Goldens/adapter_forms.py` says what each one is.

            | form | base | error |
            |---|---|---|
            \(try forms().joined(separator: "\n"))

            """
        let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Parity.md")
        try text.write(to: path, atomically: true, encoding: .utf8)
    }

    private func families() throws -> [String] {
        let tests = ModelParityTests()
        let older = ["llama", "llama3", "llama_linear", "mistral", "qwen2", "qwen3", "llama_nf4"]
        let twins = Set(ModelGolden.twins + ["llama", "llama3", "qwen2", "qwen3"])
        return try (older + ModelGolden.families).map { name in
            func error(_ file: String) throws -> String {
                let golden = try ModelGolden(name)
                return Self.figure(
                    try tests.compare(
                        golden, path: golden.folder + file, type: .f32,
                        bound: ModelParityTests.bound))
            }
            let twin = twins.contains(name) ? try error("/model.gguf") : ""
            return "| `\(name)` | \(try error("")) | \(twin) |"
        }
    }

    private func forms() throws -> [String] {
        let tests = AdapterFormTests()
        let golden = try AdapterFormTests.Golden()
        return try golden.names("forms").map { name, base in
            var model = try tests.model(base)
            let mix = try tests.add(name, to: &model)
            let error = try golden.error(of: model, base: base, mix, tensor: "form.\(name)")
            return "| `\(name)` | `\(base)` | \(Self.figure(error)) |"
        }
    }

    private static func figure(_ error: Double) -> String {
        String(format: "%.1e", error)
    }
}
