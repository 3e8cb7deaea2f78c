import Adapters
import ArgumentParser
import Inference
import Kernels
import Models
import Tensors

/// `fusebox bench`: tokens per second of the engine, in the manner of llama-bench.
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure prefill and decode of the engine on random tokens.",
        discussion: """
            Prefill is one sequence of -p tokens; decode is -n tokens of each of -b sequences. --mixes gives how many \
            of the adapters each sequence mixes; sequence i takes adapters i, i+1, ... so that sequences differ.
            """)

    @OptionGroup var options: ModelOptions

    @Option(name: .customShort("p"), help: "Tokens of the prompt.")
    var promptTokens = 512

    @Option(name: .customShort("n"), help: "Tokens to decode.")
    var decodeTokens = 128

    @Option(name: .customShort("b"), help: "Sequences at once, several counts separated by commas.")
    var batches = "1,8,16"

    @Option(help: "Adapters a sequence, several counts separated by commas.")
    var mixes = "0"

    @Option(help: "Runs, of which the median counts.")
    var runs = 5

    @Flag(help: "Print one JSON document.")
    var json = false

    func validate() throws {
        guard (1...1 << 20).contains(promptTokens), (1...1 << 20).contains(decodeTokens),
            (1...1000).contains(runs)
        else { throw ValidationError("-p, -n and --runs have to be positive") }
        let counts = Self.counts(batches) + Self.counts(mixes)
        guard !counts.isEmpty, counts.allSatisfy({ (0...1024).contains($0) }) else {
            throw ValidationError("-b and --mixes take numbers up to 1024, separated by commas")
        }
    }

    private static func counts(_ list: String) -> [Int] {
        list.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) ?? -1 }
    }

    func run() throws {
        let (model, mix) = try options.load()
        var results: [JSONValue] = []
        for mixCount in Self.counts(mixes) {
            guard mixCount <= mix.shares.count else {
                throw CommandError(
                    "--mixes \(mixCount): only \(mix.shares.count) adapters were given")
            }
            let bench = EngineBench(model: model, shares: mix.shares, mixCount: mixCount)
            results.append(
                try report("prefill", batch: 1, mixes: mixCount) { try bench.prefill(promptTokens) }
            )
            for batch in Self.counts(batches) where batch > 0 {
                results.append(
                    try report("decode", batch: batch, mixes: mixCount) {
                        try bench.decode(decodeTokens, batch: batch)
                    })
            }
        }
        guard json else { return }
        let document = JSONValue.object([
            "model": .string(options.model), "type": .string(model.transformer.type.rawValue),
            "kernels": .string(model.kernels.name),
            "threads": .integer(Int64(model.pool.threadCount)),
            "image": .bool(model.usesImage),
            "weight_bytes": .integer(Int64(model.transformer.byteCount)),
            "results": .array(results),
        ])
        Terminal.write(document.text + "\n")
    }

    private func report(
        _ test: String, batch: Int, mixes: Int, measure: () throws -> Double
    ) throws -> JSONValue {
        _ = try measure()
        let rates = try (0..<runs).map { _ in try measure() }.sorted()
        let median = rates[rates.count / 2]
        if !json {
            Terminal.write(
                "\(test)  batch \(batch)  mixes of \(mixes): \(Int(median)) tokens/s (\(Int(rates[0]))...\(Int(rates[rates.count - 1])))\n"
            )
        }
        return .object([
            "test": .string(test), "batch": .integer(Int64(batch)), "mixes": .integer(Int64(mixes)),
            "tokens_per_second": .number(median), "least": .number(rates[0]),
            "most": .number(rates[rates.count - 1]),
        ])
    }
}

/// Runs an engine on random tokens and takes the time.
private struct EngineBench {
    let model: LoadedModel
    let shares: [AdapterMix.Share]
    let mixCount: Int

    /// Tokens per second of one prompt.
    func prefill(_ count: Int) throws -> Double {
        let engine = try engine(slots: 1, context: count + 1)
        _ = try engine.submit(request(0, promptCount: count, maxTokens: 1))
        let start = ContinuousClock.now
        while engine.hasWork { _ = engine.runStep() }
        return Double(count) / ((ContinuousClock.now - start) / .seconds(1))
    }

    /// Tokens per second of all sequences together, their prompts not counted.
    func decode(_ count: Int, batch: Int) throws -> Double {
        let promptCount = 16
        let engine = try engine(slots: batch, context: promptCount + count + 1)
        for index in 0..<batch {
            _ = try engine.submit(request(index, promptCount: promptCount, maxTokens: count + 1))
        }
        while engine.tokenCount < batch { _ = engine.runStep() }
        let first = engine.tokenCount
        let start = ContinuousClock.now
        while engine.hasWork { _ = engine.runStep() }
        return Double(engine.tokenCount - first) / ((ContinuousClock.now - start) / .seconds(1))
    }

    private func engine(slots: Int, context: Int) throws -> Engine {
        guard context <= model.transformer.configuration.contextLength else {
            throw CommandError(
                "the model's context is \(model.transformer.configuration.contextLength)")
        }
        var settings = EngineSettings()
        settings.slotCount = slots
        settings.contextLength = context
        settings.keepsPrefixes = false
        return Engine(
            model: model.transformer, shelf: model.shelf, kernels: model.kernels, pool: model.pool,
            settings: settings)
    }

    private func request(_ index: Int, promptCount: Int, maxTokens: Int) -> GenerationRequest {
        let vocabulary = UInt64(model.transformer.configuration.vocabularySize)
        let prompt = (0..<promptCount).map { position in
            Int32(
                CounterGenerator.bits(seed: UInt64(index), counter: UInt64(position)) % vocabulary)
        }
        let mine = (0..<mixCount).map { shares[(index + $0) % shares.count] }
        let mix = AdapterMix(shares: mine)
        return GenerationRequest(
            prompt: prompt, segments: [MixSegment(fromToken: 0, mix: mix)], maxTokens: maxTokens)
    }
}
