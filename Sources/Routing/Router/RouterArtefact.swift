internal import Tensors

/// The files of a trained router in a folder.
///
/// | file | holds |
/// |---|---|
/// | `router.json` | labels with the adapters' digests, calibration, feature recipe, seed, format version |
/// | `router.safetensors` | `table` F16 [buckets, width], `importances` F16 [buckets], `hidden.biases` F32 [width], `output.weights` F16 [width, classes + 1], `output.biases` F32 [classes + 1], `statistics.mean` F32 [width], `statistics.covariance` F32 [width, width]; of version 2 also `meanings` F16 [pieces, meaning width] with the pieces in the metadata, and `meanings.weights` F16 [meaning width, width] |
/// | `README.md` | the model card; no part of the digest |
enum RouterArtefact {
    static let format = "fusebox.router"
    /// 2 has meanings; routers without are written as 1, which older versions read.
    static let versions = 1...2
    static let settingsName = "router.json"
    static let weightsName = "router.safetensors"
    static let cardName = "README.md"

    static let classLimit = 4096
    static let widths = 16...1024
    static let settingsByteLimit = 4 << 20
    static let weightsByteLimit = 1 << 30
}

extension AdapterRouter {
    /// Reads an artefact and checks all of it: format, counts, shapes, and that every number is finite.
    public init(directory: String) throws(RoutingError) {
        let settings: [UInt8]
        let weights: [UInt8]
        do {
            settings = try FileBytes.array(
                path: "\(directory)/\(RouterArtefact.settingsName)",
                limit: RouterArtefact.settingsByteLimit)
            weights = try FileBytes.array(
                path: "\(directory)/\(RouterArtefact.weightsName)",
                limit: RouterArtefact.weightsByteLimit)
        } catch {
            throw RoutingError(
                .file, "\(error.message); a router is a folder that `fusebox router train` wrote")
        }
        try self.init(settings: settings, weights: weights, from: directory)
    }

    /// Reads what the files of an artefact hold.
    init(
        settings settingsBytes: [UInt8], weights weightsBytes: [UInt8], from directory: String
    ) throws(RoutingError) {
        let settings: RouterSettings
        do throws(RoutingError) {
            settings = try RouterSettings(parsing: settingsBytes)
        } catch {
            throw error.at("\(directory)/\(RouterArtefact.settingsName)")
        }
        let weights: RouterWeights
        do throws(RoutingError) {
            weights = try RouterWeights(
                parsing: weightsBytes, recipe: settings.recipe, width: settings.width,
                classCount: settings.classes.count + 1, hasMeanings: settings.hasMeanings)
        } catch {
            throw error.at("\(directory)/\(RouterArtefact.weightsName)")
        }
        self.init(
            classes: settings.classes, digest: Digest(of: settingsBytes + weightsBytes),
            calibration: settings.calibration, recipe: settings.recipe, seed: settings.seed,
            network: weights.network,
            statistics: ClassStatistics(
                mean: weights.mean, covariance: weights.covariance, logits: settings.logits,
                sample: weights.sample))
    }

    /// Writes the artefact and reads it back, with its digest; the folder is made if it is missing.
    public func write(to directory: String, card: String) throws(RoutingError) -> AdapterRouter {
        do {
            try FileBytes.makeFolder(path: directory)
            try RouterWeights.writer(of: self).write(
                to: "\(directory)/\(RouterArtefact.weightsName)")
            for (name, content) in [
                (RouterArtefact.settingsName, RouterSettings(of: self).encoded),
                (RouterArtefact.cardName, Array(card.utf8)),
            ] {
                let file = try AtomicFile(path: "\(directory)/\(name)")
                try file.write(content)
                try file.commit()
            }
        } catch {
            throw RoutingError(.file, error.message)
        }
        return try AdapterRouter(directory: directory)
    }
}
