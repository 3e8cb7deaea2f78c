public import Adapters
internal import Glibc
internal import Kernels
internal import Models

/// The coefficients of several adapters, one an adapter, layer and projection, under training; the adapters stay.
///
/// Source: LoRA Soups, CAT (arXiv 2410.13025), whose coefficients are a softmax over the adapters.
public final class CoefficientParameters: TrainableParameters {
    /// What a coefficient may be.
    public enum Form: String, Sendable, CaseIterable {
        /// Shares of one at each projection.
        case softmax
        /// Any numbers, so that an adapter can count whole beside another, or against it.
        case free
    }

    /// One projection of a layer, with the adapters that change it.
    private struct Place {
        let site: LowRankSite
        /// Parts of the site, their adapters' numbers, and the scales of their factors.
        let parts: [(part: Int, adapter: Int, scale: Float)]
        /// Columns of the table.
        let columns: [Int]
    }

    let addends: [[LowRankSite?]]
    private let form: Form
    private let places: [Place]
    private let adapterCount: Int
    private let layerCount: Int
    private var stored: [Float]

    /// Starts at the mean of the adapters.
    ///
    /// - Throws: for fewer than two adapters, and for adapters that change the head, for which tables have no coefficients.
    public init(
        _ base: FrozenBase, adapters: [AdapterFile], form: Form = .softmax
    ) throws(TrainingError) {
        guard adapters.count >= 2 else {
            throw TrainingError(
                .setting, "\(adapters.count) adapters; two or more can be combined")
        }
        guard !adapters.contains(where: { $0.modules.keys.contains(.head) }) else {
            throw TrainingError(
                .setting,
                "an adapter changes lm_head, for which a table has no coefficients; leave it out")
        }
        var places: [Place] = []
        var addends: [[LowRankSite?]] = []
        for layer in 0..<base.configuration.layerCount {
            var sites: [LowRankSite?] = []
            for site in LinearName.Site.allCases {
                let (addend, found) = Self.site(base, site, layer: layer, adapters)
                places += found
                sites.append(addend)
            }
            addends.append(sites)
        }
        self.places = places
        self.addends = addends
        self.form = form
        adapterCount = adapters.count
        layerCount = base.configuration.layerCount
        stored = places.flatMap { place in
            [Float](
                repeating: form == .softmax ? 0 : 1 / Float(place.parts.count),
                count: place.parts.count)
        }
        place()
    }

    private static func site(
        _ base: FrozenBase, _ site: LinearName.Site, layer: Int, _ adapters: [AdapterFile]
    ) -> (LowRankSite?, [Place]) {
        var found: [(columns: Range<Int>, table: [Int], adapter: Int, factors: AdapterFactors)] = []
        let modules = base.modules(site, layer: layer)
        for (number, module) in modules.enumerated() {
            let linears = modules.count == 1 ? site.parts : [site.parts[number]]
            let table = linears.compactMap { linear in
                LinearName.allCases.firstIndex(of: linear).map {
                    layer * LinearName.allCases.count + $0
                }
            }
            for (adapter, file) in adapters.enumerated() {
                guard let factors = file.modules[module.module] else { continue }
                found.append((module.columns, table, adapter, factors))
            }
        }
        guard !found.isEmpty else { return (nil, []) }
        let addend = LowRankSite(
            rank: found.reduce(0) { $0 + $1.factors.rank }, inputs: base.inputs(of: site),
            trained: .weights)
        var places: [Place] = []
        for module in modules {
            var parts: [(part: Int, adapter: Int, scale: Float)] = []
            var columns: [Int] = []
            for item in found where item.columns == module.columns {
                parts.append((addend.parts.count, item.adapter, item.factors.scale))
                columns = item.table
                addend.append(item.factors, columns: item.columns, weight: item.factors.scale)
            }
            if !parts.isEmpty { places.append(Place(site: addend, parts: parts, columns: columns)) }
        }
        return (addend, places)
    }

    /// Logits of shares, or the coefficients themselves.
    var values: [Float] {
        get { stored }
        set {
            stored = newValue
            place()
        }
    }

    /// Multiplies the factors of the addends.
    private func place() {
        forEachPlace(stored) { place, coefficients in
            for (item, coefficient) in zip(place.parts, coefficients) {
                place.site.set(weight: item.scale * coefficient, ofPart: item.part)
            }
        }
    }

    var gradient: [Float] {
        var gradient: [Float] = []
        forEachPlace(stored) { place, coefficients in
            let slopes = place.parts.map {
                Float(place.site.parts[$0.part].weightGradient) * $0.scale
            }
            switch form {
            case .free: gradient += slopes
            case .softmax:
                let mean = zip(coefficients, slopes).reduce(0) { $0 + $1.0 * $1.1 }
                gradient += zip(coefficients, slopes).map { $0 * ($1 - mean) }
            }
        }
        return gradient
    }

    /// For each adapter its coefficients, (layers, 7); nothing where it changes nothing.
    public func table(_ values: [Float]) -> [[Float]] {
        var table = [[Float]](
            repeating: [Float](repeating: 0, count: layerCount * LinearName.allCases.count),
            count: adapterCount)
        forEachPlace(values) { place, coefficients in
            for (item, coefficient) in zip(place.parts, coefficients) {
                for column in place.columns { table[item.adapter][column] = coefficient }
            }
        }
        return table
    }

    private func forEachPlace(_ values: [Float], _ body: (Place, [Float]) -> Void) {
        var first = 0
        for place in places {
            let own = Array(values[first..<first + place.parts.count])
            first += place.parts.count
            body(place, form == .free ? own : Self.softmax(own))
        }
    }

    private static func softmax(_ logits: [Float]) -> [Float] {
        let largest = logits.max() ?? 0
        let powers = logits.map { expf($0 - largest) }
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum }
    }
}
