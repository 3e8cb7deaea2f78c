import ArgumentParser
import FuseboxClient
import Wire

/// What a request may say beside its prompt, from the command line or from a line of a file.
struct RequestFields: Equatable {
    var select = "auto"
    var weighting: WeightingName?
    var kvRule: KVRuleName?
    var split = false
    var raw = false
    var maxTokens: UInt32?
    var temperature: Float?
    var topP: Float?
    var stop: [String] = []
    var seed: UInt64?
    var deadline: UInt32?

    /// The message for a prompt.
    ///
    /// - Throws: `.invalidRequest`, saying which field and what is allowed.
    func submit(prompt: String) throws(ClientError) -> WireSubmit {
        var submit = WireSubmit()
        submit.requestID = .random()
        if raw { submit.prompt.raw = prompt } else { submit.prompt.text = prompt }
        submit.selection = try selection()
        submit.sampling.temperature = temperature ?? 0
        submit.sampling.topP = topP ?? 0
        if let seed { submit.sampling.seed = seed }
        submit.limits.maxTokens = maxTokens ?? 0
        submit.limits.stop = stop
        submit.limits.deadlineMs = deadline ?? 0
        submit.kvRule = kvRule?.wire ?? .unspecified
        submit.split = split
        do throws(WireError) {
            try submit.validate()
        } catch {
            throw ClientError(.invalidRequest, error.message)
        }
        return submit
    }

    private func selection() throws(ClientError) -> WireSelection {
        var selection = try WireSelection(text: select)
        guard let weighting else { return selection }
        guard case .auto(var auto) = selection.kind else {
            throw ClientError(.invalidRequest, "a weighting goes with auto only")
        }
        auto.weighting = weighting.wire
        selection.auto = auto
        return selection
    }
}

enum WeightingName: String, CaseIterable, ExpressibleByArgument {
    case renormalized, sum, mean, top1, paper

    var wire: WireWeighting {
        switch self {
        case .renormalized: .renormalized
        case .sum: .sum
        case .mean: .mean
        case .top1: .top1
        case .paper: .paper
        }
    }
}

enum KVRuleName: String, CaseIterable, ExpressibleByArgument {
    case keep, recompute, pin

    var wire: WireKVRule {
        switch self {
        case .keep: .keep
        case .recompute: .recompute
        case .pin: .pin
        }
    }
}

extension WireSelection {
    /// Reads `auto`, `auto:NAME,NAME`, `base` or `NAME=WEIGHT,NAME=WEIGHT`.
    init(text: String) throws(ClientError) {
        self.init()
        if text == "auto" {
            auto = WireAutoSelection()
        } else if text == "base" {
            base = WireBaseSelection()
        } else if text.hasPrefix("auto:") {
            auto.allowed = text.dropFirst(5).split(separator: ",", omittingEmptySubsequences: false)
                .map(String.init)
            guard !auto.allowed.contains("") else { throw Self.unreadable(text) }
        } else {
            for share in text.split(separator: ",", omittingEmptySubsequences: false) {
                guard let equals = share.lastIndex(of: "="), equals > share.startIndex,
                    let weight = Float(share[share.index(after: equals)...]), weight.isFinite
                else { throw Self.unreadable(text) }
                fixed.shares.append(
                    WireNamedWeight {
                        $0.name = String(share[..<equals])
                        $0.weight = weight
                    })
            }
        }
    }

    private static func unreadable(_ text: String) -> ClientError {
        ClientError(
            .invalidRequest,
            "cannot select \"\(text)\"; write auto, auto:NAME,NAME, base or NAME=WEIGHT,NAME=WEIGHT"
        )
    }
}
