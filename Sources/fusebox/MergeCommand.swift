internal import Adapters
public import ArgumentParser
internal import FoundationEssentials
internal import Kernels
public import Merging
internal import Models
internal import Tensors

extension MergeMethod: ExpressibleByArgument {}
extension MergeSettings.Election: ExpressibleByArgument {}

/// `fusebox merge`: makes one adapter of several.
struct MergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Merge adapters into one, which PEFT reads too.",
        discussion: """
            A mix needs no merge to be exact; a merge costs one adapter at every token, whatever it was made of.

            cat is the exact sum, with the ranks of all, svd the best approximation of it of a rank. linear, ties, dare_linear, \
            dare_ties and magnitude_prune take A and B each by itself and need equal ranks; those that end in _svd do the same \
            on B A and approximate what comes out. knots_ties and knots_dare_ties do it in a basis that the adapters share. lego \
            puts like ranks together.

            ties and its kin take means, so a weight of 1 each keeps the size of what was learned; the others add.
            """)

    @Option(help: "How to merge.")
    var method: MergeMethod

    @Option(
        name: .customLong("adapter"), help: AdapterOption.form,
        transform: AdapterOption.init(argument:))
    var adapters: [AdapterOption] = []

    @Option(help: "The base model of the adapters: a Hugging Face directory or a GGUF file.")
    var model: String

    @Option(help: "The part of the values that methods which prune keep, in (0, 1].")
    var density: Double?

    @Option(
        help: """
            The rank of what comes out, for methods that approximate; else the largest of the adapters', with KnOTS all that \
            there is.
            """)
    var rank: Int?

    @Option(help: "What dare and lego draw by; the same seed gives the same adapter.")
    var seed: UInt64 = 0

    @Option(help: "How ties elects a sign: by the sum of the values or by their number.")
    var election = MergeSettings.Election.total

    @Option(help: "The folder to write; an adapter that is there is replaced.")
    var output: String

    private var settings: MergeSettings {
        MergeSettings(
            method: method, density: density, rank: rank, seed: seed, election: election)
    }

    func validate() throws {
        guard !adapters.isEmpty else { throw ValidationError("give at least one --adapter") }
        let names = adapters.map(\.name)
        if let name = names.first(where: { name in names.filter { $0 == name }.count > 1 }) {
            throw ValidationError("two adapters are named \"\(name)\"")
        }
        do {
            try settings.check()
        } catch {
            throw ValidationError(error.message)
        }
    }

    func run() throws {
        DenseAlgebra.restartForProcessor()
        for path in [model] + adapters.map(\.path) { try PathGuess.check(path) }
        try checkOutput()
        let checkpoint = try Checkpoint(
            path: model, remembering: ImageOptions.folder(nil)?.memory)
        let parts = try adapters.map { option in
            Merge.Part(
                name: option.name,
                adapter: try AdapterFile(path: option.path, base: checkpoint.shape),
                weight: option.number)
        }
        let merge = try Merge(parts, settings: settings)
        let warnings =
            checkpoint.warnings
            + parts.flatMap { part in part.adapter.warnings.map { "\(part.name): \($0)" } }
        for warning in warnings { StandardError.write("warning: \(warning)") }
        let bar = ProgressBar("merging")
        let merged = try merge.merged { bar.show($0) }
        bar.finish()
        try merged.write(to: output)
        let rank = merged.modules.values.reduce(0) { max($0, $1.rank) }
        Terminal.write("\(output): rank \(rank), \(merged.modules.count) modules\n")
    }

    /// Refuses to write over anything but another adapter.
    private func checkOutput() throws {
        let manager = FileManager.default
        if let source = adapters.first(where: { $0.path.resolvedPath == output.resolvedPath }) {
            throw CommandError("\(output): is the adapter \(source.name); choose another place")
        }
        guard manager.fileExists(atPath: output) else {
            let folder = PathGuess.split(output).folder
            guard manager.fileExists(atPath: folder) else {
                throw CommandError("\(output): there is no folder \(folder) to make it in")
            }
            return
        }
        let names = try? manager.contentsOfDirectory(atPath: output)
        guard let names, names.isEmpty || names.contains("adapter_config.json") else {
            throw CommandError(
                "\(output): is there and is no adapter; choose a new folder, or one of an adapter to replace"
            )
        }
    }
}
