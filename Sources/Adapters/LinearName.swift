/// The seven linear layers of a block that adapters may target, as PEFT names them.
public enum LinearName: String, Sendable, CaseIterable, Hashable {
    case query = "q_proj"
    case key = "k_proj"
    case value = "v_proj"
    case output = "o_proj"
    case gate = "gate_proj"
    case up = "up_proj"
    case down = "down_proj"

    /// The projections of a block, in the order in which it runs them.
    public enum Site: Int, Sendable, CaseIterable {
        case queryKeyValue, output, gateUp, down

        public var parts: [LinearName] {
            switch self {
            case .queryKeyValue: [.query, .key, .value]
            case .output: [.output]
            case .gateUp: [.gate, .up]
            case .down: [.down]
            }
        }

        /// The name of one matrix that holds all of the site's, row after row, where a checkpoint has such a one.
        public var fusedName: String? {
            switch self {
            case .queryKeyValue: "qkv_proj"
            case .gateUp: "gate_up_proj"
            case .output, .down: nil
            }
        }
    }

    /// The number of a layer's projection among all of a model's.
    public static func site(_ site: Site, layer: Int) -> Int {
        layer * Site.allCases.count + site.rawValue
    }

    /// The number of the head, which runs after all layers.
    public static func headSite(layerCount: Int) -> Int {
        layerCount * Site.allCases.count
    }
}
