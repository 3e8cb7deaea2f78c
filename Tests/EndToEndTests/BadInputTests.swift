import Foundation
import FuseboxClient
import TestSupport
import Testing
import Wire

/// Whatever is wrong with an input, the user sees one clear line, and a service stays up: `BadInput.md` has them all.
@Suite(.serialized) struct BadInputTests {
    @Test(arguments: BadInputSection.all)
    func commandsSayWhatIsWrong(section: BadInputSection) throws {
        let rows = try section.inputs.map { input in
            let files = try BadFiles()
            try input.make(files)
            let run = try BuiltProgram.run(
                input.arguments, in: files.folder.path, input: input.input)
            return BadInputTable.Row(
                input: input.what, given: "`\(input.command)`",
                seen: seen(run, of: input, folder: files.folder.path))
        }
        try BadInputTable.check(rows, section: section.title)
    }

    /// The line on standard error that says what is wrong, and for wrong usage the first of those: a service says what it has done
    /// until then.
    private func seen(
        _ run: BuiltProgram.Outcome, of input: BadInput, folder: String
    ) -> String {
        #expect(run.status == input.status, "\(input.command): \(run.error)")
        #expect(run.output.isEmpty, "\(input.command): \(run.output)")
        let lines = run.error.split(separator: "\n").filter {
            !$0.contains(#/^ *\d+\.\d\d s  /#)
        }
        let message = BadInputTable.normalized(String(lines.first ?? ""), folder: folder)
        guard input.status == 1 else { return "exit status 2: \(message)" }
        #expect(lines.count == 1, "\(input.command): \(run.error)")
        #expect(message.hasPrefix("fusebox: "), "\(input.command)")
        return message
    }

    @Test func aServiceRefusesBadMessagesAndGoesOn() async throws {
        let service = try RunningService(workers: 1)
        defer { _ = service.stop() }
        let client = try FuseboxClient(endpoint: service.endpoint)
        _ = try await service.workers(client, count: 1)
        var rows: [BadInputTable.Row] = []
        let messages = try BadMessage.all()
        for (message, failure) in zip(messages, try Intruder.provoke(service.endpoint, messages)) {
            #expect((failure == nil) == (message.reaction != .refusal), "\(message.what)")
            rows.append(row(message, failure))
        }
        try Intruder.shout(
            "GET / HTTP/1.1\r\nHost: x\r\n\r\n", at: String(service.endpoint.dropFirst(6)))
        try await expectAnswer(from: client)
        rows.append(
            BadInputTable.Row(
                input: "another protocol on the socket", given: "bytes `GET / HTTP/1.1…`",
                seen: "the connection ends"))
        try BadInputTable.check(rows, section: "Messages to a running service")
    }

    @Test func aServiceStaysUpBesideBadCommands() async throws {
        let service = try RunningService(workers: 1)
        defer { _ = service.stop() }
        let client = try FuseboxClient(endpoint: service.endpoint)
        _ = try await service.workers(client, count: 1)
        var rows: [BadInputTable.Row] = []
        for input in BadInput.besideService {
            let files = try BadFiles()
            try input.make(files)
            try FileManager.default.createSymbolicLink(
                atPath: files.folder.path("front.sock"),
                withDestinationPath: String(service.endpoint.dropFirst(6)))
            let run = try BuiltProgram.run(
                input.arguments, in: files.folder.path, input: input.input)
            rows.append(
                BadInputTable.Row(
                    input: input.what, given: "`\(input.command)`",
                    seen: seen(run, of: input, folder: files.folder.path)))
            try await expectAnswer(from: client)
        }
        try BadInputTable.check(rows, section: "Commands beside a running service")
    }

    @Test func aServiceWithoutARouterTakesExplicitMixes() async throws {
        let service = try RunningService(workers: 1, hasRouter: false)
        defer { _ = service.stop() }
        let client = try FuseboxClient(endpoint: service.endpoint)
        _ = try await service.workers(client, count: 1)
        let submit = BadMessage.submit { $0.selection.auto = WireAutoSelection() }
        let auto = BadMessage(
            what: "nobody to route", given: "SUBMIT, `auto`",
            frames: try Frames.encode(ClientVerb.submit(submit)))
        let failures = try Intruder.provoke(service.endpoint, [auto])
        try BadInputTable.check(
            failures.map { row(auto, $0) }, section: "Messages to a service without a router")
        try await expectAnswer(
            from: client,
            to: BadMessage.submit { submit in
                submit.selection.fixed.shares = [
                    WireNamedWeight {
                        $0.name = "hotels"
                        $0.weight = 1
                    }
                ]
            })
    }

    @Test func aLengthThatNobodyChoseFitsTheContext() async throws {
        let service = try RunningService(workers: 1)
        defer { _ = service.stop() }
        let client = try FuseboxClient(endpoint: service.endpoint)
        _ = try await service.workers(client, count: 1)
        let submit = BadMessage.submit {
            $0.prompt.tokens.ids = Array(repeating: 300, count: 1000)
            $0.limits.maxTokens = 0
        }
        try await expectAnswer(from: client, to: submit)
    }

    private func row(_ message: BadMessage, _ failure: WireFailed?) -> BadInputTable.Row {
        let silence = message.reaction == .disconnection ? "the connection ends" : "no answer"
        let seen = failure.map { failure in
            // As the protocol names it.
            let code = "\(failure.code)".replacing(/[A-Z]/) { "_\($0.output)" }.uppercased()
            return "FAILED \(code): \(failure.message)"
        }
        return BadInputTable.Row(
            input: message.what, given: message.given, seen: seen ?? silence)
    }

    private func expectAnswer(
        from client: FuseboxClient, to submit: WireSubmit = BadMessage.submit { _ in }
    ) async throws {
        var isDone = false
        for try await event in client.submit(submit) {
            if case .failed(let failure) = event { Issue.record("\(failure.message)") }
            if case .done = event { isDone = true }
        }
        #expect(isDone)
    }
}
