internal import ArgumentParser
internal import FoundationEssentials
internal import Models

/// The options of every command that may take weights from a model image.
struct ImageOptions: ParsableArguments {
    @Option(help: "The folder of model images; else FUSEBOX_IMAGE_FOLDER, or the user's cache.")
    var imageFolder: String?

    @Flag(help: "Keep the weights in memory of the process, whatever images there are.")
    var noImage = false

    /// Where images are looked for.
    var folder: ImageFolder? { noImage ? nil : Self.folder(imageFolder) }

    /// The folder that was given, or that of the environment.
    static func folder(_ path: String?) -> ImageFolder? {
        path.map { ImageFolder(path: $0) }
            ?? ImageFolder(environment: ProcessInfo.processInfo.environment)
    }
}
