import ArgumentParser

/// What the front costs: routing, queueing and streaming, with workers that answer at once.
@main
struct FrontBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "FrontBench",
        abstract: "Measure the front with stub workers and a client on the same cores.",
        subcommands: [MeasureCommand.self, StubWorkerCommand.self, LoadClientCommand.self],
        defaultSubcommand: MeasureCommand.self)
}
