import ArgumentParser
import Inference

/// `fusebox bench arrival`: what a long prompt does to streams that decode, and they to it.
struct ArrivalBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "arrival",
        abstract: "A long prompt that arrives among sequences that decode.",
        discussion: """
            Prints the 99th percentile of the time between the tokens of -b sequences with and without the prompt of \
            -p tokens, and the time to the prompt's first token beside them and alone.
            """)

    @OptionGroup var options: ModelOptions

    @Option(name: .customShort("p"), help: "Tokens of the prompt that arrives.")
    var promptTokens = 4096

    @Option(name: .customShort("b"), help: "Sequences that decode.")
    var batch = 8

    /// Steps that are timed before the prompt arrives.
    private static let quietSteps = 200

    func validate() throws {
        guard (1...1 << 20).contains(promptTokens), (1...1024).contains(batch) else {
            throw ValidationError("-p and -b have to be positive")
        }
    }

    func run() throws {
        let (model, _) = try options.load()
        let bench = EngineBench(model: model, shares: [], mixCount: 0, different: 1)
        let alone = try bench.engine(slots: 1, context: promptTokens + 1)
        let arriving = bench.request(batch, promptCount: promptTokens, maxTokens: 1)
        _ = try alone.submit(arriving)
        let quick = ContinuousClock().measure { while alone.hasWork { _ = alone.runStep() } }

        // Long enough that none ends before the prompt has its first token.
        let length = Self.quietSteps + promptTokens / 2
        let engine = try bench.engine(
            slots: batch + 1, context: max(promptTokens + 1, length + 16))
        for index in 0..<batch {
            _ = try engine.submit(bench.request(index, promptCount: 16, maxTokens: length))
        }
        while engine.tokenCount < batch { _ = engine.runStep() }
        var (before, during): ([Double], [Double]) = ([], [])
        for _ in 0..<Self.quietSteps { before.append(Self.step(engine)) }
        let id = try engine.submit(arriving)
        var isWaiting = true
        while isWaiting {
            let clock = ContinuousClock()
            let start = clock.now
            for case .token(id, _, _, _) in engine.runStep() { isWaiting = false }
            during.append((clock.now - start) / .milliseconds(1))
        }
        let slow = during.reduce(0, +)
        Terminal.write(
            """
            between tokens, 99th percentile: \(Self.text(Self.p99(before))) ms before, \
            \(Self.text(Self.p99(during))) ms beside the prompt: \
            \(Self.text(Self.p99(during) / Self.p99(before))) times
            first token of the prompt: \(Self.text(quick / .milliseconds(1))) ms alone, \
            \(Self.text(slow)) ms beside them: \(Self.text(slow / (quick / .milliseconds(1)))) times

            """)
    }

    private static func step(_ engine: Engine) -> Double {
        ContinuousClock().measure { _ = engine.runStep() } / .milliseconds(1)
    }

    private static func p99(_ times: [Double]) -> Double {
        times.sorted()[times.count * 99 / 100]
    }

    private static func text(_ value: Double) -> String {
        "\((value * 100).rounded() / 100)"
    }
}
