import Adapters
import Models
import Routing
import Tensors

/// The adapters, and whether the router knows them.
struct ShelfCheck {
    let files: ServedFiles
    let base: Checkpoint?

    var findings: [Finding] {
        guard let folder = files.adapters else { return router(on: nil, of: []) }
        let places: [AdapterPlace]
        do {
            places = try AdapterPlace.all(in: folder)
        } catch {
            return [
                .fault("adapters", "\(error)", repair: "mkdir -p \(folder.inShell)")
            ]
        }
        var findings: [Finding] = []
        var taken: [String: Digest] = [:]
        for place in places {
            do {
                guard AdapterShelf.isValid(name: place.name) else {
                    throw CommandError("its name is not allowed; \(AdapterShelf.nameRule)")
                }
                if let base { _ = try Adapter(path: place.path, base: base.shape) }
                taken[place.name] = try Adapter.digest(path: place.path)
            } catch {
                findings.append(refusal(of: place, in: folder, error))
            }
        }
        findings.append(
            taken.isEmpty
                ? .warning("adapters", "\(folder) holds none: only the base answers", repair: nil)
                : .ok("adapters", "\(folder): \(taken.count)"))
        return findings + router(on: taken, of: places)
    }

    private func refusal(of place: AdapterPlace, in folder: String, _ error: any Error) -> Finding {
        let aside = folder.resolvedPath + ".refused"
        return .fault(
            "adapters", "\(place.name) is refused: \(error)",
            repair: "mkdir -p \(aside.inShell) && mv \(place.path.inShell) \(aside.inShell)/")
    }

    private func router(on taken: [String: Digest]?, of places: [AdapterPlace]) -> [Finding] {
        guard let path = files.router else {
            return [
                .warning(
                    "router", "none: adapters have to be named",
                    repair: training)
            ]
        }
        let router: AdapterRouter
        do {
            router = try AdapterRouter(directory: path)
        } catch {
            return [.fault("router", "\(error)", repair: training)]
        }
        var findings: [Finding] = []
        // A router that fits none of them is refused by the binding; here every class shows.
        let shelf = taken ?? [:]
        let bound =
            (try? router.bound(to: shelf))?.router.adapters ?? router.classes.map { _ in nil }
        for (group, adapter) in zip(router.classes, bound) where adapter == nil {
            findings.append(
                .warning(
                    "router",
                    "\(group.name) is chosen by nobody: no adapter on the shelf is the one it learned",
                    repair: "fusebox router remove --router \(path.inShell) \(group.name.inShell)"))
        }
        for place in places {
            guard let digest = shelf[place.name], !bound.contains(digest) else { continue }
            findings.append(
                .warning(
                    "router", "\(place.name) is unknown to it, and chosen only by name",
                    repair: "fusebox router add --router \(path.inShell) \(place.name.inShell)"
                        + " --from-adapter \(place.path.inShell)"))
        }
        return findings + [.ok("router", "\(path): \(router.classes.count) classes")]
    }

    /// Rows are lines of {"text", "adapter"}.
    private var training: String {
        "fusebox router train --data PROMPTS.jsonl"
            + (files.adapters.map { " --adapters \($0.inShell)" } ?? "")
            + " --output \((files.router ?? "router").inShell)"
    }
}
