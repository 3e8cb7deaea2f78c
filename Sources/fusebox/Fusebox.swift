import ArgumentParser

/// One quantized base model, many LoRA adapters, and nobody has to name an adapter.
@main
struct Fusebox: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fusebox",
        abstract: "Serve one base model with many LoRA adapters, chosen per sentence.",
        version: "0.1.0",
        subcommands: []
    )
}
