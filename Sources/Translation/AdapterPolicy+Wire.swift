public import Routing
public import Wire

extension AdapterPolicy {
    /// The policy that a selection asks for; what it leaves out is as usual.
    ///
    /// - Throws: for a gain without sense.
    public init(_ weighting: WireWeighting, gain: Float) throws(RoutingError) {
        try self.init(
            weighting: Weighting(weighting), gain: gain == 0 ? 1 : Double(gain))
    }
}

extension AdapterPolicy.Weighting {
    init(_ weighting: WireWeighting) {
        switch weighting {
        case .sum: self = .sum
        case .mean: self = .mean
        case .top1: self = .top1
        case .paper: self = .paper
        case .renormalized, .unspecified, .UNRECOGNIZED: self = .renormalized
        }
    }
}
