/// An enumerator of the wire that has a word of its own in JSON and on the command line.
public protocol WireName: CaseIterable, Equatable {
    /// The word; `unknown` for what a newer service says.
    var name: String { get }
}

extension WireName {
    /// The enumerator that a word stands for; nil when it is none.
    public init?(name: String) {
        guard let known = Self.named.first(where: { $0.name == name }) else { return nil }
        self = known
    }

    /// All words.
    public static var names: [String] { named.map(\.name) }

    /// All but the first, which says nothing.
    private static var named: some Sequence<Self> & Collection<Self> { allCases.dropFirst() }
}

extension WireFinishReason: WireName {
    public var name: String {
        switch self {
        case .end: "end"
        case .stop: "stop"
        case .length: "length"
        case .cancelled: "cancelled"
        case .deadline: "deadline"
        case .unspecified, .UNRECOGNIZED: "unknown"
        }
    }
}

extension WireCode: WireName {
    public var name: String {
        switch self {
        case .invalidArgument: "invalid_argument"
        case .notFound: "not_found"
        case .alreadyExists: "already_exists"
        case .resourceExhausted: "resource_exhausted"
        case .contextOverflow: "context_overflow"
        case .deadlineExceeded: "deadline_exceeded"
        case .unavailable: "unavailable"
        case .unsupportedVersion: "unsupported_version"
        case .internal: "internal"
        case .slowConsumer: "slow_consumer"
        case .unspecified, .UNRECOGNIZED: "unknown"
        }
    }
}

extension WireReason: WireName {
    public var name: String {
        switch self {
        case .requested: "requested"
        case .routed: "routed"
        case .abstained: "abstained"
        case .noRouter: "no_router"
        case .unspecified, .UNRECOGNIZED: "unknown"
        }
    }
}

extension WireKVRule: WireName {
    public var name: String {
        switch self {
        case .recompute: "recompute"
        case .pin: "pin"
        case .keep, .unspecified, .UNRECOGNIZED: "keep"
        }
    }
}

extension WirePriority: WireName {
    public var name: String {
        switch self {
        case .high: "high"
        case .low: "low"
        case .normal, .unspecified, .UNRECOGNIZED: "normal"
        }
    }
}

extension WireWeighting: WireName {
    public var name: String {
        switch self {
        case .sum: "sum"
        case .mean: "mean"
        case .top1: "top1"
        case .paper: "paper"
        case .renormalized, .unspecified, .UNRECOGNIZED: "renormalized"
        }
    }
}
