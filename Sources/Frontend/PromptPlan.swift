import Adapters
import Routing
import Tensors
import Wire

/// What a submission comes to: its parts, each with the mix that its prompt gets.
struct PromptPlan: Sendable {
    struct Part: Sendable {
        let prompt: WirePrompt
        let routedText: String
        let segment: WireSegment
        let sentences: [WireSentenceRoute]
        let warnings: [String]
        /// Bytes of a long message's middle that the router did not read.
        var unreadByteCount = 0

        /// Estimated tokens of prompt and reply.
        func cost(tokenLimit: Int) -> Int {
            PromptText.tokenEstimate(prompt) + tokenLimit
        }

        /// The same for one that is only encoded, which takes a hundredth of the time.
        var encodingCost: Int { 1 + PromptText.tokenEstimate(prompt) / 100 }
    }

    let parts: [Part]
    let auto: AutoChoice?
}

/// From a prompt and a selection to a plan.
extension Broker {
    /// Checks the prompt, cuts it where that was asked for, and routes each part.
    func plan(
        _ prompt: WirePrompt, selection: WireSelection, split: Bool, under edition: Edition
    ) throws(Refusal) -> PromptPlan {
        try SubmissionCheck(configuration: configuration).check(prompt)
        let choice = try choose(selection, edition: edition)
        var parts: [PromptPlan.Part] = []
        for piece in split ? try pieces(prompt) : [prompt] {
            parts.append(try route(piece, by: choice, edition: edition))
        }
        guard case .auto(let auto) = choice else { return PromptPlan(parts: parts, auto: nil) }
        return PromptPlan(parts: parts, auto: auto)
    }

    var noPool: Refusal {
        Refusal(.unavailable, "no worker has come up yet; try again", retryAfter: .seconds(1))
    }

    /// What a request of this id is to be accepted under.
    func edition(for request: RequestID) throws(Refusal) -> Edition {
        guard let edition = editions.edition(for: request) else { throw noPool }
        return edition
    }

    private enum Choice {
        case fixed(AdapterMix)
        /// There is no adapter, and no router that could choose one.
        case onlyBase
        case auto(AutoChoice)
    }

    private func choose(
        _ selection: WireSelection, edition: Edition
    ) throws(Refusal) -> Choice {
        switch selection.kind {
        case .base: return .fixed(.base)
        case .fixed(let fixed): return .fixed(try mix(fixed, edition: edition))
        case .auto(let auto): return try allow(auto, edition: edition)
        case nil: return try allow(WireAutoSelection(), edition: edition)
        }
    }

    /// The bounds of `auto`, with defaults for what was left out.
    private func allow(
        _ auto: WireAutoSelection, edition: Edition
    ) throws(Refusal) -> Choice {
        for name in auto.allowed { _ = try adapter(named: name, edition: edition) }
        guard edition.router != nil || !edition.adapters.isEmpty else { return .onlyBase }
        var allowed = auto.allowed
        if allowed.isEmpty, !blame.quarantined.isEmpty {
            // Without any name all would be allowed.
            allowed = edition.adapters.filter { !blame.quarantined.contains($0.digest) }.map(\.name)
            guard !allowed.isEmpty else { return .onlyBase }
        }
        return .auto(
            AutoChoice(
                allowed: allowed,
                weighting: auto.weighting == .unspecified ? .renormalized : auto.weighting,
                gain: auto.gain == 0 ? 1 : auto.gain))
    }

    /// The mix that the caller wrote, as written.
    private func mix(
        _ selection: WireFixedSelection, edition: Edition
    ) throws(Refusal) -> AdapterMix {
        var shares: [AdapterMix.Share] = []
        var sums: [String: Int64] = [:]
        for share in selection.shares {
            let adapter = try adapter(named: share.name, edition: edition)
            guard let weight = AdapterMix.weight(Double(share.weight)) else {
                throw weightRefusal(adapter.name, "\(share.weight)")
            }
            sums[adapter.name, default: 0] += Int64(weight)
            shares.append(AdapterMix.Share(adapter: adapter.digest, weight: weight))
        }
        for share in selection.shares {
            guard let sum = sums[share.name], abs(sum) > Int64(AdapterMix.weightLimit) else {
                continue
            }
            throw weightRefusal(share.name, "\(Double(sum) / Double(AdapterMix.unit)) in all")
        }
        return AdapterMix(shares: shares)
    }

    private func weightRefusal(_ name: String, _ weight: String) -> Refusal {
        Refusal(
            .invalidArgument,
            "the weight of \(name) is \(weight); weights are finite and at most "
                + "\(AdapterMix.weightLimit / AdapterMix.unit) in magnitude")
    }

    private func adapter(
        named name: String, edition: Edition
    ) throws(Refusal) -> RegisteredAdapter {
        guard let adapter = edition.adapter(named: name) else {
            let words = ["auto", "base"]
            let guess = name.nearest(in: edition.adapters.map(\.name) + words)
            throw Refusal(
                .notFound,
                "no adapter is called \"\(name.prefix(128))\"; "
                    + (guess.map { "did you mean \($0)? " } ?? "") + "known: \(edition.names)")
        }
        guard !blame.quarantined.contains(adapter.digest) else {
            throw Refusal(
                .notFound,
                "the adapter \(name) is set aside, because workers died of requests that had it; "
                    + "replace it, or start the service anew")
        }
        return adapter
    }

    /// One prompt for each sentence of the last user message.
    private func pieces(_ prompt: WirePrompt) throws(Refusal) -> [WirePrompt] {
        guard let text = PromptText.lastUserMessage(prompt),
            PromptText.replacingLastUserMessage(prompt, with: text) != nil
        else {
            throw Refusal(
                .invalidArgument,
                "split needs a user message: give the prompt as text or chat")
        }
        guard text.utf8.count <= configuration.splitByteLimit else {
            throw Refusal(
                .invalidArgument,
                "the last user message has \(text.utf8.count) bytes, split takes at most "
                    + "\(configuration.splitByteLimit); shorten it or leave split out")
        }
        let sentences = SentenceSplitter.sentences(of: text)
        guard !sentences.isEmpty else {
            throw Refusal(.invalidArgument, "the last user message has no sentence to split")
        }
        guard sentences.count <= configuration.splitLimit else {
            throw Refusal(
                .invalidArgument,
                "the last user message has \(sentences.count) sentences, split takes at most "
                    + "\(configuration.splitLimit); shorten it or leave split out")
        }
        return sentences.compactMap {
            PromptText.replacingLastUserMessage(prompt, with: $0)
        }
    }

    private func route(
        _ prompt: WirePrompt, by choice: Choice, edition: Edition
    ) throws(Refusal) -> PromptPlan.Part {
        switch choice {
        case .fixed(let mix):
            return unrouted(prompt, mix: mix, reason: .requested, edition: edition)
        case .onlyBase:
            return unrouted(prompt, mix: .base, reason: .noRouter, edition: edition)
        case .auto(let auto):
            guard let router = edition.router else {
                throw Refusal(
                    .invalidArgument,
                    "this service has no router; pass an explicit mix or base, or serve with "
                        + "--router")
            }
            guard let text = PromptText.lastUserMessage(prompt) else {
                throw Refusal(
                    .invalidArgument,
                    "auto needs text to read, and this prompt has token ids or no user message; "
                        + "pass an explicit mix or base")
            }
            let route = try router.route(text, choice: auto)
            let segment = Reply.segment(route.mix, reason: route.reason, edition: edition)
            return PromptPlan.Part(
                prompt: prompt, routedText: text, segment: segment, sentences: route.sentences,
                warnings: route.warnings, unreadByteCount: route.unreadByteCount)
        }
    }

    private func unrouted(
        _ prompt: WirePrompt, mix: AdapterMix, reason: WireReason, edition: Edition
    ) -> PromptPlan.Part {
        PromptPlan.Part(
            prompt: prompt, routedText: PromptText.lastUserMessage(prompt) ?? "",
            segment: Reply.segment(mix, reason: reason, edition: edition), sentences: [],
            warnings: [])
    }
}
