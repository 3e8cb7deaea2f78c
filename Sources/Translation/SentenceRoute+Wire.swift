public import Routing
public import Wire

extension WireSentenceRoute {
    /// Candidates that are shown of a sentence's distribution, the base besides.
    static let candidateLimit = 8

    /// A sentence's distribution, best first: what has a probability, and the base in any case.
    public init(_ sentence: SentenceRoute, router: AdapterRouter) {
        self.init()
        let scores = sentence.scores
        let best = scores.ranking.filter { scores.probabilities[$0] > 0 }
        var shown = Array(best.prefix(Self.candidateLimit))
        if !shown.contains(router.base) { shown.append(router.base) }
        let labels = router.labels
        text = sentence.text
        abstained = scores.abstains
        candidates = shown.map { place in
            WireCandidate {
                $0.name = labels[place]
                $0.probability = scores.probabilities[place]
            }
        }
    }
}
