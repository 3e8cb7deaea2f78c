import Adapters
import Messaging
public import Registry
import Routing
import Subprocess
import SystemPackage
import Tensors
import Wire

/// What a shelf that changes needs beside the front's thread: copies of adapters, checks of them, and the registry's file.
public struct ShelfKeeper: Sendable {
    /// What a check may take: a base is mapped and a few tokens are made.
    private static let checkTime: Duration = .seconds(300)

    private let folder: RegistryFolder
    /// The folder that adapters are taken from at each start and at each SIGHUP.
    private let shelf: String?
    private let check: WorkerCommand
    private let teacher: RouterTeacher?

    /// - Parameters:
    ///   - shelf: a folder of adapters; nil: all come from clients.
    ///   - router: a folder that `fusebox router train` wrote.
    ///   - threshold: the scope below which the router abstains; nil leaves its own.
    ///   - check: what tries an adapter; its path is added.
    public init(
        folder: RegistryFolder, shelf: String?, router: String?, threshold: Float?,
        check: WorkerCommand
    ) {
        self.folder = folder
        self.shelf = shelf
        self.check = check
        teacher = router.map {
            RouterTeacher(path: folder.routers, given: $0, threshold: threshold)
        }
    }

    /// Reads the registry, and takes over what the shelf's folder has that is new since.
    ///
    /// Nothing is checked yet: what the workers cannot load they refuse, and the others are served.
    ///
    /// - Returns: what is to be served, and what went wrong in words.
    /// - Throws: `ServiceFailure` for a registry that cannot be read.
    func open() throws(ServiceFailure) -> (
        shelf: Shelf, refused: [WireRefusedAdapter], warnings: [String]
    ) {
        var registry = AdapterRegistry()
        var warnings: [String] = []
        do throws(RegistryError) {
            if let (known, warning) = try folder.read() {
                registry = known
                warnings += warning.map { [$0] } ?? []
            }
        } catch {
            throw ServiceFailure(error.message)
        }
        if let damaged = folder.damagedRegistry {
            warnings.append(
                "\(damaged) may name adapters that nothing else does: no adapter is removed from \(folder.path) "
                    + "while it is there; repair it or remove it")
        }
        var finding = copies(newSince: registry)
        finding.refused += registry.take(folder: finding.adapters, present: finding.present).map {
            WireRefusedAdapter(folder: $0.name, reason: $0.reason)
        }
        var router: TrainedRouter?
        do throws(RoutingError) {
            if let teacher {
                router = try teacher.serving(teacher.router(of: registry))
            }
        } catch {
            throw ServiceFailure(error.message)
        }
        return (
            Shelf(
                registry: registry, store: folder.store.path, routers: folder.routers,
                router: router, earlierRouters: teacher?.kept() ?? []), finding.refused, warnings
        )
    }

    /// Does an errand of the broker.
    func run(_ errand: ShelfErrand) async -> ShelfFinding {
        var finding = await Blocking.run {
            switch errand {
            case .adapter(let change, _): copy(change.name, change.path)
            case .folder(let registry): copies(newSince: registry)
            }
        }
        for (name, digest) in finding.adapters {
            guard let problem = await problem(of: digest) else { continue }
            finding.refuse(name, problem)
        }
        let checked = finding
        return await Blocking.run { taught(checked, errand) }
    }

    /// Lets what was checked join the router; an adapter whose examples are of no use is refused.
    private func taught(_ finding: ShelfFinding, _ errand: ShelfErrand) -> ShelfFinding {
        guard let teacher else { return finding }
        var finding = finding
        for (name, digest) in finding.adapters.sorted(by: { $0.key < $1.key }) {
            do throws(RoutingError) {
                switch errand {
                case .adapter(let change, let registry):
                    finding.lesson = try teacher.teach(
                        name, digest, from: change.path, examples: change.examples,
                        registry: registry)
                case .folder(var registry):
                    if let lesson = finding.lesson {
                        registry.route(by: lesson.digest, from: lesson.origin)
                    }
                    finding.lesson =
                        try teacher.teach(
                            name, digest, from: "\(shelf ?? "")/\(name)", examples: "",
                            registry: registry) ?? finding.lesson
                }
            } catch {
                finding.refuse(name, error.message)
            }
        }
        return finding
    }

    /// Writes a registry down; returns why that failed.
    func save(_ registry: AdapterRegistry) async -> String? {
        await Blocking.run {
            do throws(RegistryError) {
                try folder.write(registry)
                return nil
            } catch {
                return error.message
            }
        }
    }

    /// Removes what nobody needs any more, unless a damaged registry may name it.
    func prune(adapters: Set<Digest>, routers: Set<Digest>) async {
        await Blocking.run {
            guard folder.damagedRegistry == nil else { return }
            folder.store.prune(keeping: adapters)
            teacher?.prune(keeping: routers)
        }
    }

    private func copy(_ name: String, _ path: String) -> ShelfFinding {
        var finding = ShelfFinding()
        do throws(AdapterError) {
            finding.adapters[name] = try folder.store.keep(path)
        } catch {
            finding.refused = [WireRefusedAdapter(folder: name, reason: error.message)]
        }
        return finding
    }

    /// Copies the adapters of the shelf's folder whose bytes are not those that were there when it was looked at last.
    private func copies(newSince registry: AdapterRegistry) -> ShelfFinding {
        var finding = ShelfFinding()
        guard let shelf else { return finding }
        let places: [AdapterPlace]
        do throws(AdapterError) {
            places = try AdapterPlace.all(in: shelf)
        } catch {
            // A folder that cannot be read says nothing of what it holds.
            finding.present = Set(registry.records.keys)
            finding.refused = [WireRefusedAdapter(folder: shelf, reason: error.message)]
            return finding
        }
        let known = registry.records.values.count { $0.shelfDigest != nil && $0.serving != nil }
        if places.isEmpty, known > 1 {
            // Rather a disk that is not there than that somebody removed them all.
            finding.present = Set(registry.records.keys)
            finding.refused = [
                WireRefusedAdapter(
                    folder: shelf,
                    reason: "the folder is empty; the \(known) adapters that it had stay until "
                        + "they are removed by name (fusebox adapters remove)")
            ]
            return finding
        }
        let namesakes = Dictionary(grouping: places, by: \.name).filter { $0.value.count > 1 }
        for (name, places) in namesakes.sorted(by: { $0.key < $1.key }) {
            let paths = places.map(\.path).joined(separator: " and ")
            finding.refuse(name, "\(paths) have the same name; remove one of them")
        }
        for place in places {
            finding.present.insert(place.name)
            guard namesakes[place.name] == nil else { continue }
            do throws(AdapterError) {
                let digest = try Adapter.digest(path: place.path)
                guard registry.records[place.name]?.shelfDigest != digest else { continue }
                finding.adapters[place.name] = try folder.store.keep(place.path)
            } catch {
                finding.refused.append(
                    WireRefusedAdapter(folder: place.name, reason: error.message))
            }
        }
        return finding
    }

    /// Why an adapter must not be served; nil: it may be.
    private func problem(of digest: Digest) async -> String? {
        guard let path = folder.store.place(of: digest) else { return "its copy is gone" }
        return await withTaskGroup { group in
            group.addTask { await runCheck(path) }
            group.addTask {
                try? await Task.sleep(for: Self.checkTime)
                return "the check took more than \(Self.checkTime)"
            }
            let first = await group.next() ?? "the check did not run"
            group.cancelAll()
            return first
        }
    }

    private func runCheck(_ path: String) async -> String? {
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = [
            .send(signal: .terminate, allowedDurationToNextStep: WorkerPool.teardownTime)
        ]
        do {
            let result = try await Subprocess.run(
                .path(FilePath(check.executable)), arguments: Arguments(check.arguments + [path]),
                platformOptions: options, input: .none, output: .discarded, error: .sequence
            ) { execution in
                var last = ""
                for try await line in execution.standardError.strings(
                    bufferingPolicy: .maxLineLength(WorkerPool.lineLimit))
                {
                    last = line
                }
                return last
            }
            switch result.terminationStatus {
            case .exited(0): return nil
            case .exited:
                let name = "fusebox: "
                let last = result.closureResult
                return last.hasPrefix(name) ? String(last.dropFirst(name.count)) : last
            case .signaled(let signal): return "signal \(signal) ended the process that tried it"
            }
        } catch {
            return "it cannot be tried: \(error)"
        }
    }
}

/// Work that waits for files, which no task may do itself.
private enum Blocking {
    static func run<Result: Sendable>(_ work: @escaping @Sendable () -> Result) async -> Result {
        await withCheckedContinuation { done in
            do {
                _ = try OwnerThread("shelf") { done.resume(returning: work()) }
            } catch {
                // There is no room for a thread: late is better than not at all.
                done.resume(returning: work())
            }
        }
    }
}
