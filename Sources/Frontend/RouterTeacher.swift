import FoundationEssentials
import Registry
import Routing
import Tensors
import Wire

/// Lets adapters join the router while the service runs, and keeps what comes of it by its digest.
struct RouterTeacher: Sendable {
    /// What an adapter's folder may hold: rows of requests that it fits.
    private static let examplesName = "examples.jsonl"
    private static let incomingPrefix = "incoming-"

    /// The folder of the routers that learned something.
    let path: String
    /// The router that the service was started with.
    let given: String
    /// The scope below which the router abstains; nil leaves its own.
    let threshold: Float?

    /// The router of a registry: the one that learned last, unless the service was started with another one since.
    func router(of registry: AdapterRegistry) throws(RoutingError) -> AdapterRouter {
        let original = try AdapterRouter(directory: given)
        guard let taught = registry.router, taught.origin == original.digest else {
            return original
        }
        return try AdapterRouter(directory: "\(path)/\(taught.digest)")
    }

    /// As the front asks it.
    func serving(_ router: AdapterRouter) throws(RoutingError) -> TrainedRouter {
        TrainedRouter(try router.abstaining(below: threshold))
    }

    /// Teaches the router an adapter that it has no class for.
    ///
    /// - Parameters:
    ///   - source: the adapter's folder, which may have examples.
    ///   - examples: a file of rows; empty: those of the folder.
    /// - Returns: nil where there is nothing to learn, or nothing to learn from.
    /// - Throws: for examples that are no rows, or of no use.
    func teach(
        _ name: String, _ digest: Digest, from source: String, examples: String,
        registry: AdapterRegistry
    ) throws(RoutingError) -> RouterLesson? {
        let file = examples.isEmpty ? "\(source)/\(Self.examplesName)" : examples
        guard !examples.isEmpty || FileManager.default.fileExists(atPath: file) else { return nil }
        let before = try router(of: registry)
        guard !before.labels.contains(name) else { return nil }
        let texts = try RouterExample.read(path: file).filter { $0.adapters.contains(name) }
            .map(\.text)
        guard !texts.isEmpty else {
            throw RoutingError(.data, "\(file): has no row for \(name)")
        }
        let taught = try keep(before.adding(name, adapter: digest, examples: texts))
        return RouterLesson(
            digest: taught.digest, origin: try AdapterRouter(directory: given).digest,
            router: try serving(taught))
    }

    private func keep(_ router: AdapterRouter) throws(RoutingError) -> AdapterRouter {
        let incoming = "\(path)/\(Self.incomingPrefix)\(UInt64.random(in: 0 ... .max))"
        defer { try? FileManager.default.removeItem(atPath: incoming) }
        let written = try router.write(
            to: incoming,
            card: "# Adapter router\n\nWritten by a service that learned of adapters.\n")
        let place = "\(path)/\(written.digest)"
        do {
            if !FileManager.default.fileExists(atPath: place) {
                try FileManager.default.moveItem(atPath: incoming, toPath: place)
                try AtomicFile.synchronizeFolder(of: place)
            }
        } catch {
            throw RoutingError(.file, "\(place): the router cannot be kept: \(error)")
        }
        return written
    }

    /// The routers that learned something, as far as they can be read.
    func kept() -> [any PromptRouter] {
        names.compactMap { Digest($0) }.sorted().compactMap { digest in
            let router = try? AdapterRouter(directory: "\(path)/\(digest)")
            return router?.digest == digest ? router.flatMap { try? serving($0) } : nil
        }
    }

    /// Removes every router but these.
    func prune(keeping digests: Set<Digest>) {
        for name in names {
            let isKept = Digest(name).map { digests.contains($0) }
            guard !(isKept ?? !name.hasPrefix(Self.incomingPrefix)) else { continue }
            try? FileManager.default.removeItem(atPath: "\(path)/\(name)")
        }
    }

    private var names: [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    }
}

/// A router that learned something.
public struct RouterLesson: Sendable {
    let digest: Digest
    /// The router that the service was started with.
    let origin: Digest
    let router: any PromptRouter
}
