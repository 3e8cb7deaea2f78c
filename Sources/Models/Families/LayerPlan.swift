internal import Tensors

/// Which layers of a `config.json` have a window and which a rotary embedding.
struct LayerPlan {
    private(set) var layers: [DecoderLayer]

    init(
        _ fields: ConfigurationFields, family: ModelFamily, layerCount: Int
    ) throws(ModelError) {
        layers = [DecoderLayer](repeating: DecoderLayer(), count: layerCount)
        try leaveUnrotated(fields, family)
        try setWindows(fields, family)
        guard family.localTheta != nil else { return }
        for index in layers.indices where layers[index].window != nil { layers[index].rotary = 1 }
    }

    /// `no_rope_layers` has a 0 for each layer without rotary embedding.
    private mutating func leaveUnrotated(
        _ fields: ConfigurationFields, _ family: ModelFamily
    ) throws(ModelError) {
        guard let usual = family.unrotatedInterval else { return }
        let interval = try fields.optionalInteger("no_rope_layer_interval") ?? usual
        guard interval > 0 else {
            throw ModelError(.malformed, "no_rope_layer_interval is \(interval)")
        }
        guard let flags = try fields.numbers("no_rope_layers") else {
            for index in layers.indices where (index + 1).isMultiple(of: interval) {
                layers[index].rotary = nil
            }
            return
        }
        guard flags.count >= layers.count, flags.allSatisfy({ $0 == 0 || $0 == 1 }) else {
            throw ModelError(
                .malformed,
                "no_rope_layers has \(flags.count) members for \(layers.count) layers, or others than 0 and 1"
            )
        }
        for index in layers.indices where flags[index] == 0 { layers[index].rotary = nil }
    }

    private mutating func setWindows(
        _ fields: ConfigurationFields, _ family: ModelFamily
    ) throws(ModelError) {
        let key = "use_sliding_window"
        let isSwitched = family.keys.contains(key)
        let isOn = isSwitched ? try fields.flag(key) : family.windows != .never
        let size = family.windows == .never ? nil : try fields.optionalInteger("sliding_window")
        guard isOn, let window = size else { return try checkTypes(fields, family) }
        guard window > 0 else { throw ModelError(.malformed, "sliding_window is \(window)") }
        let hasWindow = try hasWindow(fields, family)
        for index in layers.indices where hasWindow[index] { layers[index].window = window }
        if !family.keys.contains("layer_types") { try checkTypes(fields, family) }
    }

    private func hasWindow(
        _ fields: ConfigurationFields, _ family: ModelFamily
    ) throws(ModelError) -> [Bool] {
        if family.keys.contains("layer_types"), let types = try Self.types(fields, layers.count) {
            return types
        }
        switch family.windows {
        case .never: return layers.map { _ in false }
        case .always: return layers.map { _ in true }
        case .unrotated: return layers.map { $0.rotary == nil }
        case .late:
            let first = try fields.integer("max_window_layers")
            return layers.indices.map { $0 >= first }
        case .allButOne(let usual):
            let key = "sliding_window_pattern"
            let period =
                family.keys.contains(key) ? try fields.optionalInteger(key) ?? usual : usual
            guard period > 0 else { throw ModelError(.malformed, "\(key) is \(period)") }
            return layers.indices.map { !($0 + 1).isMultiple(of: period) }
        }
    }

    /// For each layer whether `layer_types` gives it a window; nil where it is not said.
    private static func types(
        _ fields: ConfigurationFields, _ layerCount: Int
    ) throws(ModelError) -> [Bool]? {
        guard let types = try fields.array("layer_types") else { return nil }
        guard types.count == layerCount else {
            throw ModelError(
                .malformed, "layer_types has \(types.count) members for \(layerCount) layers")
        }
        var hasWindow: [Bool] = []
        for type in types {
            guard let name = type.string, name == "sliding_attention" || name == "full_attention"
            else {
                throw ModelError(
                    .unsupported,
                    "layer_types: \(type.text.prefix(64)) is not supported; known are full_attention, sliding_attention"
                )
            }
            hasWindow.append(name == "sliding_attention")
        }
        return hasWindow
    }

    /// Types that do not decide may say nothing else than what is done.
    private func checkTypes(
        _ fields: ConfigurationFields, _ family: ModelFamily
    ) throws(ModelError) {
        guard let types = try Self.types(fields, layers.count) else { return }
        guard types == layers.map({ $0.window != nil }) else {
            throw ModelError(
                .unsupported,
                "layer_types: layers of the type \(family.name) have other windows than it says; remove it, or name the type that the model was trained as"
            )
        }
    }
}
