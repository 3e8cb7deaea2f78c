import Frontend
import Inference
import Models
import Tokenization

/// The base, its tokenizer, and whether the memory holds it.
struct ModelCheck {
    let checkpoint: Checkpoint?
    let findings: [Finding]

    init(settings: ServeSettings, files: ServedFiles) {
        let checkpoint: Checkpoint
        do {
            checkpoint = try Checkpoint(path: files.model)
        } catch {
            self.checkpoint = nil
            findings = [
                .fault(
                    "model", "\(error)",
                    repair: settings.model == nil
                        ? nil : "fusebox inspect \(files.model.inShell)")
            ]
            return
        }
        self.checkpoint = checkpoint
        let name = checkpoint.configuration.family.name
        var findings: [Finding] = [.ok("model", "\(files.model): \(name)")]
        findings += checkpoint.warnings.map { .warning("model", $0, repair: nil) }
        do {
            let tokenizer = try Tokenizer(path: files.model)
            findings.append(
                tokenizer.chatTemplate == nil
                    ? .warning(
                        "tokenizer", "no chat template: prompts go in as they are", repair: nil)
                    : .ok("tokenizer", "\(tokenizer.vocabularySize) tokens, with a chat template"))
        } catch {
            findings.append(
                .fault("tokenizer", "\(error)", repair: "fusebox inspect \(files.model.inShell)"))
        }
        findings.append(Self.memory(of: checkpoint, files.model))
        self.findings = findings
    }

    private static func memory(of checkpoint: Checkpoint, _ path: String) -> Finding {
        let available = AvailableMemory.byteCount()
        let bytes = (try? checkpoint.storage())?.reduce(0) { $0 + $1.byteCount } ?? 0
        let text = "\(megabytes(available)) left, the weights have \(megabytes(bytes))"
        guard available > 0, bytes > available else { return .ok("memory", text) }
        return .fault(
            "memory", text,
            repair: "fusebox quantize \(path.inShell) --type q4_0 --output model-q4_0.gguf")
    }

    private static func megabytes(_ bytes: Int) -> String { "\(bytes / 1_000_000) MB" }
}
