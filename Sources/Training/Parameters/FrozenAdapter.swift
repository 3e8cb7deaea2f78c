public import Adapters
internal import Models

/// An adapter that is on while another one is trained, as in a mix, and stays as it is.
public final class FrozenAdapter {
    /// By layer and site.
    let addends: [[LowRankSite?]]

    /// - Parameter weight: its weight in the mix.
    /// - Throws: for an adapter with factors of the head, which training does not compute.
    public init(_ base: FrozenBase, _ file: AdapterFile, weight: Float = 1) throws(TrainingError) {
        try file.refuseHead("an adapter beside the trained one")
        do {
            addends = try base.addends(.nothing) { module, _ throws(AdapterError) in
                guard let factors = file.modules[module] else { return nil }
                return try AdapterFactors(
                    a: factors.a, b: factors.b, rank: factors.rank, scale: weight * factors.scale)
            }.addends
        } catch {
            throw TrainingError(.setting, error.message)
        }
    }
}

extension AdapterFile {
    /// - Parameter what: who the adapter is.
    func refuseHead(_ what: String) throws(TrainingError) {
        guard modules.keys.contains(.head) else { return }
        throw TrainingError(.setting, "\(what) changes lm_head, which is not trained here")
    }
}
