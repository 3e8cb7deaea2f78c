public import Adapters
public import Kernels
public import Models
public import Tensors

/// A base with its adapters, ready to run: what every command that runs a model starts from.
public struct LoadedModel: Sendable {
    public let checkpointPath: String
    public let transformer: Transformer
    public let base: BaseShape
    public let kernels: KernelSet
    public let pool: ThreadPool
    /// Whether the weights are in an image that processes share, else in memory of this one.
    public let usesImage: Bool
    /// Bytes of memory that were left before the weights were loaded.
    public let availableByteCount: Int
    /// What the model's publisher asks for where a request says nothing.
    public let samplingDefaults: SamplingDefaults
    /// What of the checkpoint was left out, why an image that is there was not used, and which defaults make no sense.
    public let warnings: [String]
    public internal(set) var shelf = AdapterShelf()
    /// Where catalogs of adapters are kept; nil: nowhere.
    let catalogFolder: String?
    private let weights: ModelWeights

    /// Opens a checkpoint and takes its weights from an image, or packs them where there is none.
    ///
    /// - Parameters:
    ///   - placement: where the threads run.
    ///   - kernelSet: the name of a kernel set; nil: the best of this processor.
    ///   - images: where an image may be; nil: none is looked for.
    public init(
        path: String, precision: Precision, threadCount: Int,
        placement: ThreadPlacement = .anywhere, kernelSet: String? = nil,
        images: ImageFolder? = nil
    ) throws(LoadError) {
        availableByteCount = AvailableMemory.byteCount()
        do {
            kernels = try KernelSet.select(kernelSet)
            pool = try ThreadPool(threadCount: threadCount, placement: placement)
            let checkpoint = try Checkpoint(path: path, remembering: images?.memory)
            var image: ModelImage?
            var warnings = checkpoint.warnings
            do {
                image = try images?.image(of: checkpoint, type: precision.weights)
            } catch {
                warnings.append("\(error); the weights are packed into memory of this process")
            }
            transformer = try Transformer(
                checkpoint, precision: precision, pool: pool, image: image)
            usesImage = image != nil
            samplingDefaults = checkpoint.samplingDefaults
            self.warnings = warnings + checkpoint.samplingDefaults.warnings
            base = checkpoint.shape
            // Its own thread: what an adapter that comes later asks of the base must not stop the steps.
            weights = ModelWeights(
                checkpoint: checkpoint, model: transformer, kernels: kernels,
                pool: try ThreadPool(threadCount: 1))
            checkpointPath = path
            catalogFolder = images?.path
        } catch {
            throw LoadError("\(error)")
        }
    }

    /// An adapter as this model reads it, from a PEFT directory or a GGUF file.
    public func adapterSource(path: String) -> AdapterSource {
        AdapterSource(
            path: path, base: base, weights: weights,
            format: transformer.readsIntegers ? .bf16 : .f32)
    }

    /// Loads an adapter, a PEFT directory or a GGUF file, under a registry name and returns it.
    @discardableResult
    public mutating func addAdapter(
        path: String, name: String
    ) throws(LoadError) -> ShelvedAdapter {
        do {
            let adapter = try ShelvedAdapter(reading: adapterSource(path: path))
            try shelf.add(adapter, name: name)
            return adapter
        } catch {
            throw LoadError("\(error)")
        }
    }

    /// Loads a table of CAT coefficients and returns its digest.
    public mutating func addCoefficients(path: String) throws(LoadError) -> Digest {
        do {
            let table = try CoefficientTable(path: path, layerCount: base.layerCount)
            shelf.add(table)
            return table.digest
        } catch {
            throw LoadError("\(error)")
        }
    }
}

/// Why a model could not be made ready, in one line that says what, where and what to do.
public struct LoadError: Error, Sendable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) {
        self.description = description
    }
}
