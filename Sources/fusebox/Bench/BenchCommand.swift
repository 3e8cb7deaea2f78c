import ArgumentParser

/// `fusebox bench`: what the engine does on random tokens, in the manner of llama-bench.
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure the engine on random tokens.",
        subcommands: [ThroughputBench.self, PrefixBench.self, ArrivalBench.self],
        defaultSubcommand: ThroughputBench.self)
}
