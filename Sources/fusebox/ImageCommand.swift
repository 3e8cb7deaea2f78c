internal import ArgumentParser
internal import Kernels
internal import Models
internal import Tensors

/// `fusebox image`: builds the file that all processes of a model share.
struct ImageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "image",
        abstract: "Pack a model's weights once into a file that all processes share.",
        discussion: """
            `fusebox serve` does this before it starts workers. An image that is there and sound is kept; one that is \
            damaged is built again.
            """)

    @Option(help: "The base model: a Hugging Face directory or a GGUF file; else the demo's.")
    var model: String?

    @Option(help: "The execution type.")
    var type: ExecutionType = .q8_0

    @Option(help: "The folder of model images; else FUSEBOX_IMAGE_FOLDER, or the user's cache.")
    var imageFolder: String?

    @Flag(
        help:
            "Then remove images of old layouts, of models that are gone, and of what this model was before."
    )
    var prune = false

    @Flag(help: "Where there is no place for an image, say so and succeed.")
    var bestEffort = false

    @Flag(help: "Print one JSON document.")
    var json = false

    func run() throws {
        let path = try ServedFiles(model: model, adapters: nil, router: nil).model
        guard let folder = ImageOptions.folder(imageFolder) else {
            return try noPlace(
                "there is no folder for model images; set HOME or give --image-folder")
        }
        let checkpoint = try Checkpoint(path: path, remembering: folder.memory)
        do {
            let image = try build(checkpoint, in: folder)
            let removed = prune ? try folder.prune(for: checkpoint) : []
            report(image.path, removed: removed)
        } catch let error as ModelError where error.code == .unwritable {
            try noPlace(error.message)
        }
    }

    private func build(_ checkpoint: Checkpoint, in folder: ImageFolder) throws -> ModelImage {
        let pool = try ThreadPool(threadCount: Processors.available.count)
        let bar = ProgressBar("packing")
        defer { bar.clear() }
        return try folder.build(
            checkpoint, type: type, pool: pool,
            rebuilding: { StandardError.write("\($0); it is built again") },
            progress: { bar.show($0) })
    }

    private func report(_ image: String, removed: [String]) {
        if json {
            let document = JSONValue.object([
                "image": .string(image), "removed": .array(removed.map { .string($0) }),
            ])
            Terminal.write(document.text + "\n")
        } else {
            Terminal.write(image + "\n")
            for path in removed { StandardError.write("removed \(path)") }
        }
    }

    /// Says that processes will not share; a failure unless that was allowed.
    private func noPlace(_ reason: String) throws {
        guard bestEffort else { throw CommandError(reason) }
        StandardError.write(
            "no model image: \(reason); every worker keeps the weights in memory of its own")
    }
}
