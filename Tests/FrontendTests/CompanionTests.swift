import Frontend
import Testing

@Suite(.timeLimit(.minutes(1))) struct CompanionTests {
    @Test("A program that ends is started again, and what it says is told")
    func restarts() async {
        let (lines, told) = AsyncStream.makeStream(of: String.self)
        let companion = Companion(
            name: "http", executable: "/bin/sh", arguments: ["-c", "echo here >&2; exit 3"]
        ) { told.yield($0) }
        let running = Task { await companion.run() }
        var seen: [String] = []
        for await line in lines {
            seen.append(line)
            if seen.count == 4 { break }
        }
        running.cancel()
        await running.value
        #expect(seen.filter { $0 == "http: here" }.count == 3)
        // Trouble that lasts is told now and then.
        #expect(seen.filter { $0.hasSuffix("it is started again") }.count == 1)
    }

    @Test("It ends with its task")
    func ends() async {
        let (lines, told) = AsyncStream.makeStream(of: String.self)
        let companion = Companion(
            name: "http", executable: "/bin/sh",
            arguments: [
                "-c", "trap 'echo bye >&2; exit' TERM; echo here >&2; while :; do sleep 0.05; done",
            ]
        ) { told.yield($0) }
        let running = Task { await companion.run() }
        for await line in lines where line == "http: here" { break }
        running.cancel()
        await running.value
    }

    @Test("A program that is not there is said to be")
    func missing() async {
        let (lines, told) = AsyncStream.makeStream(of: String.self)
        let companion = Companion(name: "http", executable: "/nowhere/http", arguments: []) {
            told.yield($0)
        }
        let running = Task { await companion.run() }
        for await line in lines {
            #expect(line.contains("cannot be run"))
            break
        }
        running.cancel()
        await running.value
    }
}
