import FoundationEssentials
import Frontend
import Kernels
import Models
import Tensors

/// The image that all workers share: a folder of the user's own with room for it, or a sound one that is there.
struct ImageCheck {
    let settings: ServeSettings
    let checkpoint: Checkpoint?

    var findings: [Finding] {
        guard settings.noImage != true else {
            return [
                .warning(
                    "image", "none is wanted: every worker packs weights of its own", repair: nil)
            ]
        }
        guard let folder = ImageOptions.folder(settings.imageFolder) else {
            return [
                .fault(
                    "image", "there is no folder for it",
                    repair: "export FUSEBOX_IMAGE_FOLDER=/var/tmp/fusebox-images")
            ]
        }
        guard FileManager.default.fileExists(atPath: folder.path) else {
            return [.ok("image", "\(folder.path): made at the first start")]
        }
        do {
            try PrivateFolder(path: folder.path).check()
        } catch {
            return [.fault("image", "\(error)", repair: "chmod go-w \(folder.path.inShell)")]
        }
        guard FileManager.default.isWritableFile(atPath: folder.path) else {
            return [
                .fault(
                    "image", "\(folder.path): cannot be written to",
                    repair: "chmod u+w \(folder.path.inShell)")
            ]
        }
        return checkpoint.map { [image(of: $0, in: folder)] } ?? []
    }

    private func image(of checkpoint: Checkpoint, in folder: ImageFolder) -> Finding {
        let type = settings.type.flatMap { ExecutionType(rawValue: $0) } ?? .q8_0
        do {
            if let image = try folder.image(of: checkpoint, type: type) {
                return .ok("image", "\(image.path)")
            }
        } catch {
            return .warning("image", "\(error); it is built again", repair: command(type))
        }
        let bytes = (try? checkpoint.storage())?.reduce(0) { $0 + $1.byteCount } ?? 0
        let free = PrivateFolder(path: folder.path).freeByteCount
        guard let free, free < bytes else {
            return .ok("image", "\(folder.path): built at the first start")
        }
        return .fault(
            "image", "\(folder.path) has room for \(free) bytes, the weights have \(bytes)",
            repair: command(type) + " --prune")
    }

    private func command(_ type: ExecutionType) -> String {
        "fusebox image"
            + (settings.model.map { " --model \($0.inShell)" } ?? "") + " --type \(type.rawValue)"
            + (settings.imageFolder.map { " --image-folder \($0.inShell)" } ?? "")
    }
}
