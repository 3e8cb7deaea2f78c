/// What sort of configuration it is, as reports colour it.
enum ConfigurationKind: String, CaseIterable {
    case base, single, mix, oracle, router

    init(_ configuration: SuiteConfiguration) {
        switch configuration.choice {
        case .mix(let weights):
            self = weights.isEmpty ? .base : weights.count == 1 ? .single : .mix
        case .oracle: self = configuration.isSingle ? .single : .oracle
        case .router: self = .router
        }
    }

    /// For legends.
    var title: String {
        switch self {
        case .base: "base alone"
        case .single: "one adapter"
        case .mix: "one mix for all rows"
        case .oracle: "a mix of the adapters that a row names"
        case .router: "the router's choice"
        }
    }
}
