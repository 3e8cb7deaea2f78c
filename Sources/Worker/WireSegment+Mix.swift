public import Adapters
internal import FoundationEssentials
public import Inference
public import Routing
internal import Tensors
public import Wire

extension WireSegment {
    /// A segment for people and other processes: digests with the names that the shelf has for them.
    public init(_ segment: MixSegment, shelf: AdapterShelf, reason: WireReason) {
        self.init()
        fromToken = UInt32(clamping: segment.fromToken)
        self.reason = reason
        mix = WireMix { mix in
            mix.coefficients = Data(segment.mix.coefficients?.bytes ?? [])
            mix.shares = segment.mix.shares.map { share in
                WireShare {
                    $0.adapter = Data(share.adapter.bytes)
                    $0.weight = share.weight
                    $0.name = shelf.named.first { $0.value.digest == share.adapter }?.key ?? ""
                }
            }
        }
    }
}

extension WireSentenceRoute {
    /// Candidates that are shown of a sentence's distribution.
    static let shownCandidates = 8

    /// A sentence's distribution, best first.
    public init(_ route: SentenceRoute, labels: [String]) {
        self.init()
        text = route.text
        abstained = route.scores.abstains
        candidates = route.scores.ranking.prefix(Self.shownCandidates).map { place in
            WireCandidate {
                $0.name = labels[place]
                $0.probability = route.scores.probabilities[place]
            }
        }
    }
}
