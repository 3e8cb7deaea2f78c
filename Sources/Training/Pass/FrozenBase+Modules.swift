internal import Adapters
internal import Models

extension FrozenBase {
    /// Last parts of the names of the modules that can be trained, as checkpoints of the family have them.
    public var moduleNames: [String] {
        LinearName.Site.allCases.flatMap { site in modules(site, layer: 0).map(\.module.lastName) }
    }

    /// The modules of a site with the outputs that each has among the site's: one where a checkpoint holds one matrix for all.
    func modules(
        _ site: LinearName.Site, layer: Int
    ) -> [(module: AdapterModule, columns: Range<Int>)] {
        let parts = site.parts.map { linear in
            (
                AdapterModule.linear(layer: layer, linear),
                configuration.columns(of: linear, in: site)
            )
        }
        guard shape.fused.contains(site) else { return parts }
        return [(.fused(layer: layer, site), 0..<(parts.last?.1.upperBound ?? 0))]
    }

    /// The inputs that the parts of a site share.
    func inputs(of site: LinearName.Site) -> Int {
        configuration.linearShapes[site.parts[0]]?.inputs ?? 0
    }
}

extension AdapterModule {
    /// The last part of the name, by which PEFT targets it.
    var lastName: String { name.split(separator: ".").last.map(String.init) ?? name }
}
