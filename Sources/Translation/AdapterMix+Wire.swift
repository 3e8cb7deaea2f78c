public import Adapters
internal import FoundationEssentials
public import Tensors
public import Wire

extension WireMix {
    /// A mix for people and other processes: digests with names.
    ///
    /// - Parameter name: what the registry calls an adapter; nil: nothing.
    public init(_ mix: AdapterMix, name: (Digest) -> String?) {
        self.init()
        coefficients = Data(mix.coefficients?.bytes ?? [])
        shares = mix.shares.map { share in
            WireShare {
                $0.adapter = Data(share.adapter.bytes)
                $0.weight = share.weight
                $0.name = name(share.adapter) ?? ""
            }
        }
    }
}

extension AdapterMix {
    /// The mix that a message names.
    ///
    /// - Throws: `.invalidField` for a digest that has not 32 bytes.
    public init(_ mix: WireMix) throws(WireError) {
        var shares: [Share] = []
        for share in mix.shares {
            guard let digest = Digest(bytes: share.adapter) else {
                throw WireError(
                    .invalidField, "an adapter digest has \(share.adapter.count) bytes, not 32")
            }
            shares.append(Share(adapter: digest, weight: share.weight))
        }
        guard mix.coefficients.isEmpty || mix.coefficients.count == 32 else {
            throw WireError(
                .invalidField, "a coefficient digest has \(mix.coefficients.count) bytes, not 32")
        }
        self.init(shares: shares, coefficients: Digest(bytes: mix.coefficients))
    }
}
