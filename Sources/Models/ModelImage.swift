internal import Kernels
internal import Tensors

/// The matrices of a checkpoint, packed once into a file that all processes map and share.
public struct ModelImage: Sendable {
    public let path: String
    private let matrices: [String: PackedWeights]

    /// Opens the image of a checkpoint.
    ///
    /// The seal, the directory and every place are checked each time. The payload is read and compared with its digest once
    /// in every run of the machine, and whenever the file's inode, size or times are others: a start takes no time, and
    /// neither a write nor a bad disk goes unnoticed for long.
    ///
    /// - Throws: when it cannot be read, is of another checkpoint, type or layout, or is damaged.
    init(
        path: String, of checkpoint: Checkpoint, type: ExecutionType,
        remembering memory: DigestMemory
    ) throws(ModelError) {
        do {
            let file = try SealedFile(path: path)
            let directory = try ImageDirectory(file)
            guard directory.layout == WeightFormat.layoutVersion, directory.type == type,
                directory.base == checkpoint.digest
            else {
                throw ModelError(
                    .mismatch, "is the image of another checkpoint, type or version")
            }
            guard file.payloadDigest(remembering: memory) == directory.payload else {
                throw ModelError(.malformed, "the weights do not have their recorded digest")
            }
            matrices = try Self.matrices(directory, in: file, of: checkpoint)
        } catch let error as TensorError {
            throw ModelError(error.code == .unreadable ? .notFound : .malformed, "\(error)")
        } catch {
            throw ModelError(.malformed, "\(path): \(error)")
        }
        self.path = path
    }

    /// Binds the entries; every matrix of the checkpoint has to be there in its shape.
    private static func matrices(
        _ directory: ImageDirectory, in file: SealedFile, of checkpoint: Checkpoint
    ) throws -> [String: PackedWeights] {
        var matrices: [String: PackedWeights] = [:]
        for entry in directory.entries {
            matrices[entry.name] = try PackedWeights(
                name: entry.name, format: entry.format, outputs: entry.outputs,
                inputs: entry.inputs, place: entry.place, in: file)
        }
        for (slot, layer) in checkpoint.matrixSlots {
            let name = checkpoint.map.name(slot, layer: layer)
            guard let matrix = matrices[name],
                [matrix.outputs, matrix.inputs] == checkpoint.configuration.shape(of: slot)
            else {
                throw ModelError(.malformed, "has no matrix \"\(name)\" of the model's shape")
            }
        }
        return matrices
    }

    /// Packs a checkpoint and writes its image.
    ///
    /// - Parameter progress: told the part that is done.
    /// - Throws: what packing throws; `unwritable` when there is no place for the file.
    static func write(
        _ checkpoint: Checkpoint, type: ExecutionType, to path: String, pool: ThreadPool,
        progress: (Double) -> Void
    ) throws(ModelError) {
        let loader = WeightLoader(checkpoint: checkpoint, type: type, pool: pool)
        let slots = checkpoint.matrixSlots
        do {
            var writer = try SealedFileWriter(path: path)
            var entries: [ImageDirectory.Entry] = []
            for (index, (slot, layer)) in slots.enumerated() {
                let matrix = try loader.matrix(slot, layer: layer)
                entries.append(
                    ImageDirectory.Entry(
                        name: checkpoint.map.name(slot, layer: layer), format: matrix.format,
                        outputs: matrix.outputs, inputs: matrix.inputs,
                        place: try matrix.append(to: &writer)))
                progress(Double(index + 1) / Double(slots.count))
            }
            try writer.seal { payload in
                ImageDirectory(
                    type: type, base: checkpoint.digest, source: checkpoint.path.resolvedPath,
                    payload: payload,
                    entries: entries
                ).json
            }
        } catch {
            throw checkpoint.exportError(error)
        }
    }

    /// The matrix of a tensor's name.
    func matrix(_ name: String) throws(ModelError) -> PackedWeights {
        guard let matrix = matrices[name] else {
            throw ModelError(.malformed, "\(path): has no matrix \"\(name)\"")
        }
        return matrix
    }
}
