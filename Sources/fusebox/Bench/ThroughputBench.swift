import Adapters
import ArgumentParser
import Inference
import Kernels
import Models
import Tensors

/// `fusebox bench throughput`: tokens per second of prefill and decode, beside what reading the weights takes.
struct ThroughputBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "throughput",
        abstract: "Tokens per second of prefill and decode (the default).",
        discussion: """
            Prefill is one sequence of -p tokens; decode is -n tokens of each of -b sequences. --mixes is how many \
            adapters a sequence mixes, --different how many different mixes there are in a batch: mixes take the \
            adapters in turn, with weights of their own. "bound" is one over the time of reading all weights once, \
            with the same threads: no decode of one sequence can be faster. All that is measured takes turns in \
            every run, and shares (of the bound, of no adapters, of fewer different mixes) are taken within runs: \
            where memory's speed comes and goes, many short runs say most (-n 8 --runs 30).
            """)

    @OptionGroup var options: ModelOptions

    @Option(name: .customShort("p"), help: "Tokens of the prompt; 0 leaves prefill out.")
    var promptTokens = 512

    @Option(name: .customShort("n"), help: "Tokens to decode; 0 leaves decode out.")
    var decodeTokens = 128

    @Option(name: .customShort("b"), help: "Sequences at once, several counts separated by commas.")
    var batches = "1,8,16"

    @Option(help: "Adapters a sequence, several counts separated by commas.")
    var mixes = "0"

    @Option(help: "Different mixes in a batch, several counts separated by commas.")
    var different = "1"

    @Option(help: "Runs, of which the median counts.")
    var runs = 5

    @Flag(help: "Print one JSON document.")
    var json = false

    func validate() throws {
        guard (0...1 << 20).contains(promptTokens), (0...1 << 20).contains(decodeTokens),
            (1...1000).contains(runs)
        else { throw ValidationError("-p and -n go from 0 to 1048576, --runs from 1 to 1000") }
        for (option, list, least) in [
            ("-b", batches, 1), ("--mixes", mixes, 0), ("--different", different, 1),
        ] {
            guard Self.counts(list).allSatisfy({ (least...1024).contains($0) }) else {
                throw ValidationError(
                    "\(option) \(list): has to be numbers from \(least) to 1024, separated by commas"
                )
            }
        }
    }

    private static func counts(_ list: String) -> [Int] {
        list.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) ?? -1 }
    }

    func run() throws {
        let (model, mix) = try options.load()
        let passes = max(decodeTokens, 1)
        var cases = [Case(test: "bound") { EngineBench.bound(model, passes: passes) }]
        for count in Self.counts(mixes) {
            guard count <= mix.shares.count else {
                throw CommandError("--mixes \(count): only \(mix.shares.count) adapters were given")
            }
            for different in count == 0 ? [1] : Self.counts(different) {
                cases += self.cases(
                    EngineBench(
                        model: model, shares: mix.shares, mixCount: count, different: different))
            }
        }
        if !json {
            Terminal.write(
                "\(model.pool.threadCount) threads on \(Processors.available.count) processors, "
                    + "idle ones \(model.pool.isSpinning ? "spin" : "sleep at once"), "
                    + "kernels \(model.kernels.name)\n")
        }
        // The first run warms up.
        for _ in 0...runs {
            for index in cases.indices { try cases[index].rates.append(cases[index].measure()) }
        }
        let results = cases.map { measured in
            report(measured, against: cases.first(where: measured.isMeasuredAgainst))
        }
        guard json else { return }
        let document = JSONValue.object([
            "model": .string(options.model), "type": .string(model.transformer.precision.name),
            "kernels": .string(model.kernels.name),
            "threads": .integer(Int64(model.pool.threadCount)),
            "processors": .integer(Int64(Processors.available.count)),
            "spinning": .bool(model.pool.isSpinning), "image": .bool(model.usesImage),
            "weight_bytes": .integer(Int64(model.transformer.byteCount)),
            "results": .array(results),
        ])
        Terminal.write(document.text + "\n")
    }

    /// Something to measure and what came out, in tokens per second.
    private struct Case {
        let test: String
        let batch: Int
        let bench: EngineBench?
        var rates: [Double] = []
        let measure: () throws -> Double

        var mixCount: Int { bench?.mixCount ?? 0 }
        var different: Int { bench?.different ?? 1 }

        init(
            test: String, batch: Int = 1, bench: EngineBench? = nil,
            measure: @escaping () throws -> Double
        ) {
            self.test = test
            self.batch = batch
            self.bench = bench
            self.measure = measure
        }

        /// Whether the other one is what this one can be at best: one sequence that decodes against the bound, adapters
        /// against none, different mixes against fewer.
        func isMeasuredAgainst(_ other: Case) -> Bool {
            if mixCount == 0 { return test == "decode" && batch == 1 && other.test == "bound" }
            guard test == other.test, batch == other.batch else { return false }
            return other.mixCount == 0
                || other.mixCount == mixCount && other.different < different
        }

        /// Its rate as a share of another's, the median of those within each run.
        func share(of other: Case) -> Double {
            let shares = zip(rates, other.rates).dropFirst().map { $0 / $1 }
            return shares.sorted()[shares.count / 2]
        }

        var name: String {
            let mix = mixCount == 0 ? "" : ", \(different) mixes of \(mixCount)"
            return "\(test), batch \(batch)\(mix)"
        }
    }

    private func cases(_ bench: EngineBench) -> [Case] {
        var cases: [Case] = []
        if promptTokens > 0 {
            cases.append(
                Case(test: "prefill", bench: bench) { try bench.prefill(promptTokens) })
        }
        for batch in Self.counts(batches) where batch > 0 && decodeTokens > 0 {
            cases.append(
                Case(test: "decode", batch: batch, bench: bench) {
                    try bench.decode(decodeTokens, batch: batch)
                })
        }
        return cases
    }

    private func report(_ measured: Case, against other: Case?) -> JSONValue {
        let rates = measured.rates.dropFirst().sorted()
        let (median, least, most) = (rates[runs / 2], rates[0], rates[runs - 1])
        var members: JSONObject = [
            "test": .string(measured.test), "batch": .integer(Int64(measured.batch)),
            "mixes": .integer(Int64(measured.mixCount)),
            "different": .integer(Int64(measured.different)),
            "tokens_per_second": .number(median), "least": .number(least), "most": .number(most),
        ]
        var line =
            "\(measured.name): \(Self.text(median)) tokens/s"
            + " (\(Self.text(least))...\(Self.text(most)))"
        if let other {
            let share = measured.share(of: other)
            members.append("share", .number(share))
            members.append("share_of", .string(other.name))
            line += ", \(Self.text(100 * share)) % of \(other.name)"
        }
        if !json { Terminal.write(line + "\n") }
        return .object(members)
    }

    private static func text(_ rate: Double) -> String {
        "\((rate * 10).rounded() / 10)"
    }
}
