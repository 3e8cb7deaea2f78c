internal import Adapters
internal import Models

extension FrozenBase {
    /// Where the factors of a module are.
    struct Place {
        let module: AdapterModule
        let site: LowRankSite
        let part: Int
    }

    /// What stands beside the projections, by layer and site, and where each module is among it.
    ///
    /// - Parameter make: the factors of a module by its shape; nil: it has none.
    func addends(
        _ trained: LowRankSite.Trained,
        make: (AdapterModule, (outputs: Int, inputs: Int)) throws(AdapterError) -> AdapterFactors?
    ) throws(AdapterError) -> (addends: [[LowRankSite?]], places: [Place]) {
        var places: [Place] = []
        var addends: [[LowRankSite?]] = []
        for layer in 0..<configuration.layerCount {
            var sites: [LowRankSite?] = []
            for site in LinearName.Site.allCases {
                let inputs = inputs(of: site)
                var found: [(module: AdapterModule, columns: Range<Int>, factors: AdapterFactors)] =
                    []
                for (module, columns) in modules(site, layer: layer) {
                    guard let factors = try make(module, (columns.count, inputs)) else { continue }
                    found.append((module, columns, factors))
                }
                guard !found.isEmpty else {
                    sites.append(nil)
                    continue
                }
                let addend = LowRankSite(
                    rank: found.reduce(0) { $0 + $1.factors.rank }, inputs: inputs,
                    trained: trained)
                for (module, columns, factors) in found {
                    places.append(Place(module: module, site: addend, part: addend.parts.count))
                    addend.append(factors, columns: columns, weight: factors.scale)
                }
                sites.append(addend)
            }
            addends.append(sites)
        }
        return (addends, places)
    }
}
