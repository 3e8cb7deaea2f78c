internal import ArgumentParser
internal import Glibc
internal import SystemPackage

/// One quantized base model, many LoRA adapters, and nobody has to name an adapter.
@main
struct Fusebox: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fusebox",
        abstract: "Serve one base model with many LoRA adapters, chosen per sentence.",
        version: "0.1.0",
        subcommands: [
            DemoCommand.self, ServeCommand.self, RunWorkerCommand.self, AskCommand.self,
            CollectCommand.self, RequestsCommand.self, StatusCommand.self, TopCommand.self,
            DoctorCommand.self,
            KeysCommand.self, AdaptersCommand.self,
            GenerateCommand.self, ReplayCommand.self,
            ScoreCommand.self, MergeCommand.self,
            TokenizeCommand.self, QuantizeCommand.self, ImageCommand.self, InspectCommand.self,
            RouterCommand.self, EvaluateCommand.self, BenchCommand.self,
        ]
    )

    /// Runs the command that the arguments name.
    ///
    /// The exit status is 0: done, 1: failed, 2: usage.
    static func main() async {
        // A file that may not grow further is an error of its writer, not the end of the process.
        signal(SIGXFSZ, SIG_IGN)
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let code as ExitCode {
            exit(withError: code)
        } catch {
            switch exitCode(for: error) {
            case .success:
                exit(withError: error)
            case .validationFailure:
                _ = try? FileDescriptor.standardError.writeAll(
                    (fullMessage(for: error) + "\n").utf8)
                exit(withError: ExitCode(2))
            default:
                StandardError.write("fusebox: \(error)")
                exit(withError: ExitCode.failure)
            }
        }
    }
}
