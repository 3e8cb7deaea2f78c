import Adapters
import ArgumentParser
import Inference

/// `fusebox bench prefix`: how much sooner a prompt's first token comes when its beginning is in the cache.
struct PrefixBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prefix",
        abstract: "First token of a prompt whose beginning was computed before.",
        discussion: "The prompt comes first, again under the same mix, and again under another.")

    @OptionGroup var options: ModelOptions

    @Option(name: .customShort("p"), help: "Tokens that the prompts share.")
    var promptTokens = 1000

    @Option(help: "Runs, of which the median counts.")
    var runs = 5

    func validate() throws {
        guard (1...1 << 20).contains(promptTokens), (1...1000).contains(runs) else {
            throw ValidationError("-p and --runs have to be positive")
        }
    }

    func run() throws {
        let (model, mix) = try options.load()
        guard mix.shares.count >= 2 else { throw CommandError("give at least two adapters") }
        let bench = EngineBench(model: model, shares: mix.shares, mixCount: 1, different: 2)
        var times: [[Double]] = [[], [], []]
        for _ in 0..<runs {
            let engine = try bench.engine(slots: 1, context: promptTokens + 10, keepsPrefixes: true)
            for (index, mix) in [0, 0, 1].enumerated() {
                var request = bench.request(mix, promptCount: promptTokens, maxTokens: 1)
                request.prompt = bench.request(0, promptCount: promptTokens, maxTokens: 1).prompt
                request.prompt += (0..<8).map { Int32($0 + index) }
                _ = try engine.submit(request)
                let time = ContinuousClock().measure {
                    while engine.hasWork { _ = engine.runStep() }
                }
                times[index].append(time / .milliseconds(1))
            }
        }
        let medians = times.map { $0.sorted()[runs / 2] }
        let names = ["first", "again, same mix", "again, other mix"]
        for (name, time) in zip(names, medians) {
            Terminal.write("\(name): first token after \((time * 100).rounded() / 100) ms\n")
        }
        Terminal.write("the same mix is \((medians[0] / medians[1]).rounded()) times sooner\n")
    }
}
