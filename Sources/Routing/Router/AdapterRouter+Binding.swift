public import Tensors

extension AdapterRouter {
    /// A router bound to a shelf of adapters, and what does not fit in words.
    public struct Binding: Sendable {
        public let router: AdapterRouter
        public let warnings: [String]
    }

    /// Binds each class to the adapter of its name, else to the adapter of its digest; classes without one are masked.
    ///
    /// An adapter of the same name with another digest is a replacement that keeps the skill: it takes the class over.
    ///
    /// - Parameter shelf: the adapters' digests by registry name.
    /// - Throws: when no class finds an adapter.
    public func bound(to shelf: [String: Digest]) throws(RoutingError) -> Binding {
        let known = Set(shelf.values)
        var warnings: [String] = []
        let adapters = classes.map { group -> Digest? in
            if let adapter = shelf[group.name] {
                if let trained = group.adapter, trained != adapter {
                    warnings.append(
                        "the adapter \"\(group.name)\" is not the one that the router was trained for; it takes over its class"
                    )
                }
                return adapter
            }
            if let adapter = group.adapter, known.contains(adapter) { return adapter }
            warnings.append("the router's class \"\(group.name)\" has no adapter and is masked")
            return nil
        }
        guard adapters.contains(where: { $0 != nil }) else {
            throw RoutingError(
                .binding,
                "none of the router's \(classes.count) classes has an adapter on the shelf of \(shelf.count); train a router for these adapters or name the adapters as its classes: \(classes.prefix(8).map(\.name).joined(separator: ", "))"
            )
        }
        let bound = Set(adapters.compactMap { $0 })
        for (name, adapter) in shelf.sorted(by: { $0.key < $1.key }) where !bound.contains(adapter)
        {
            warnings.append(
                "the adapter \"\(name)\" has no class in the router; it is never chosen by it")
        }
        return Binding(router: copy(adapters: adapters), warnings: warnings)
    }

    private func copy(adapters: [Digest?]) -> AdapterRouter {
        AdapterRouter(
            classes: classes, adapters: adapters, digest: digest, calibration: calibration,
            recipe: recipe, seed: seed, network: network, statistics: statistics)
    }

    /// The router that abstains below another threshold; nil keeps its own.
    ///
    /// - Throws: for a threshold that is no finite number.
    public func abstaining(below threshold: Float?) throws(RoutingError) -> AdapterRouter {
        guard let threshold else { return self }
        guard threshold.isFinite else {
            throw RoutingError(
                .setting,
                "a threshold of \(threshold); it is a number like the scopes that `fusebox router explain` shows"
            )
        }
        return AdapterRouter(
            classes: classes, adapters: adapters, digest: digest,
            calibration: RouterCalibration(
                temperature: calibration.temperature, threshold: threshold,
                coverage: calibration.coverage),
            recipe: recipe, seed: seed, network: network, statistics: statistics)
    }
}
