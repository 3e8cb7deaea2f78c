import ArgumentParser
import Frontend
import Tensors

/// `fusebox doctor`: what keeps a service from starting, or from serving all that it could.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look for what would keep `fusebox serve` from starting or serving well.",
        discussion: """
            Takes the flags of `serve`, starts nothing and changes nothing. Each thing that is wrong is said with a command that \
            mends it. The exit status is 1 where a service would not start, or not with all that it is told.
            """)

    @OptionGroup var options: ServeOptions

    @Flag(help: "Print one JSON document.")
    var json = false

    func run() async throws {
        let findings = try await findings()
        if json {
            let document = JSONValue.object(["findings": .array(findings.map(\.json))])
            Terminal.write(document.text + "\n")
        } else {
            Terminal.write(findings.map(\.lines).joined())
        }
        if findings.contains(where: { $0.grade == .fault }) { throw ExitCode.failure }
    }

    private func findings() async throws -> [Finding] {
        let settings: ServeSettings
        let files: ServedFiles
        do {
            settings = try options.settings()
            files = try ServedFiles(
                model: settings.model, adapters: settings.adapters, router: settings.router)
        } catch {
            return [.fault("settings", "\(error)", repair: nil)]
        }
        var findings = MachineCheck(settings: settings).findings
        let model = ModelCheck(settings: settings, files: files)
        findings += model.findings
        findings += ShelfCheck(files: files, base: model.checkpoint).findings
        findings += ImageCheck(settings: settings, checkpoint: model.checkpoint).findings
        findings += await EndpointCheck(bind: settings.bind).findings()
        findings += GatewayCheck(settings: settings).findings
        return findings
    }
}
