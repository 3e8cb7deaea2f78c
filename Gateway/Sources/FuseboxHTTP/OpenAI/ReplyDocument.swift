import FuseboxWire
import Tensors

/// What all chunks of a reply, or the whole of it, have in common.
struct ReplyDocument {
    let request: GenerationRequest
    let id: RequestID
    /// The id as clients of the format expect it.
    private let name: JSONValue
    /// Seconds since 1970.
    let created: Int64
    /// Changes where the same request may give another reply: of base, router and mix.
    let fingerprint: String

    init(
        _ request: GenerationRequest, catalog: Catalog, mix: WireMix?, created: Int64
    ) {
        self.request = request
        id = request.submissions.first?.requestID ?? .none
        name = .string(request.format.id(id))
        self.created = created
        fingerprint = Self.fingerprint(catalog, mix ?? WireMix())
    }

    private static func fingerprint(_ catalog: Catalog, _ mix: WireMix) -> String {
        var bytes = catalog.baseDigest + catalog.routerDigest + mix.coefficients
        for share in mix.shares {
            bytes += share.adapter
            bytes += Array("\(share.weight);".utf8)
        }
        return "fp_" + Digest(of: bytes).description.prefix(12)
    }

    private func document(
        _ object: String, choices: [JSONValue], usage: JSONValue?, fusebox: JSONObject
    ) -> JSONValue {
        var document: JSONObject = [
            "id": name, "object": .string(object),
            "created": .integer(created), "model": .string(request.model),
            "system_fingerprint": .string(fingerprint), "choices": .array(choices),
        ]
        if let usage { document.append("usage", usage) }
        if !fusebox.isEmpty { document.append("fusebox", .object(fusebox)) }
        return .object(document)
    }

    /// A piece of one choice.
    ///
    /// `fusebox` has the request and the fields that were ignored in the first chunk, routes where the mix changes, and
    /// the provenance in the last.
    func chunk(_ choice: Int, _ delta: ChoiceProgress.Delta, _ progress: inout ChoiceProgress)
        -> JSONValue
    {
        let isFirst = progress.speak()
        var fusebox = JSONObject()
        if isFirst { introduce(choice, &fusebox) }
        if request.explains, !delta.routes.isEmpty {
            fusebox.append("routes", .array(delta.routes))
        }
        if request.keeps { fusebox.append("tokens", JSONValue(progress.tokenCount)) }
        if delta.finish != nil { conclude(progress, &fusebox) }
        let logprobs = logprobs(
            delta.scores, finish: delta.finish, offset: &progress.scoredLength)
        let usage: JSONValue? =
            request.includesUsageInChunks
            ? usage(of: progress).json : request.includesUsage ? .null : nil
        return document(
            request.format.chunkObject,
            choices: [
                request.format.chunkChoice(
                    choice, text: delta.text, logprobs: logprobs, isFirst: isFirst,
                    finish: delta.finish)
            ],
            usage: usage, fusebox: fusebox)
    }

    /// The last chunk where usage was asked for: the only one without choices.
    func usageChunk(_ choices: [ChoiceProgress]) -> JSONValue {
        document(
            request.format.chunkObject, choices: [], usage: usage(choices).json, fusebox: [:])
    }

    /// The whole reply.
    func whole(_ choices: [ChoiceProgress]) -> JSONValue {
        var fusebox = JSONObject()
        if !request.ignored.isEmpty { fusebox.append("ignored", ignored) }
        fusebox.append(
            "choices",
            .array(
                choices.enumerated().map { index, progress in
                    var object = JSONObject()
                    object.append("request", .string("\(request.submissions[index].requestID)"))
                    if request.explains { object.append("routes", .array(progress.routes)) }
                    conclude(progress, &object)
                    return .object(object)
                }))
        return document(
            request.format.object,
            choices: choices.enumerated().map { index, progress in
                var offset = 0
                let logprobs = logprobs(
                    progress.scores, finish: progress.finish, offset: &offset)
                return request.format.choice(
                    index, text: progress.text, logprobs: logprobs,
                    finish: progress.finish ?? .unspecified)
            }, usage: usage(choices).json, fusebox: fusebox)
    }

    /// Null where none are wanted or none came.
    private func logprobs(
        _ scores: [WireTokenScore], finish: WireFinishReason?, offset: inout Int
    ) -> JSONValue {
        var scores = scores
        // Other servers list the token that ends a reply, and who scores a prompt leaves out the last of the list. Ours does not tell
        // its score.
        if request.echoes, finish == .end { scores.append(WireTokenScore()) }
        guard request.scores.reply, !scores.isEmpty else { return .null }
        return request.format.logprobs(scores, offset: &offset)
    }

    private var ignored: JSONValue { .array(request.ignored.map { .string($0) }) }

    private func introduce(_ choice: Int, _ fusebox: inout JSONObject) {
        fusebox.append("request", .string("\(request.submissions[choice].requestID)"))
        if !request.ignored.isEmpty { fusebox.append("ignored", ignored) }
    }

    /// How it ended, and what repeats it: one provenance a part.
    private func conclude(_ progress: ChoiceProgress, _ fusebox: inout JSONObject) {
        fusebox.append("finish_reason", .string((progress.finish ?? .unspecified).name))
        guard request.explains else { return }
        fusebox.append(
            "provenance",
            .array(progress.dones.map { ProvenanceDocument.json($0.provenance) }))
    }

    /// What one choice took until now; its prompt is known at the end.
    private func usage(of progress: ChoiceProgress) -> TokenUsage {
        guard progress.finish == nil else { return progress.usage }
        var usage = TokenUsage()
        usage.completion = progress.tokenCount
        return usage
    }

    /// The choices of a prompt have it in common.
    private func usage(_ choices: [ChoiceProgress]) -> TokenUsage {
        var total = TokenUsage()
        for (index, progress) in choices.enumerated() {
            var usage = progress.usage
            if index % request.choicesPerPrompt != 0 { (usage.prompt, usage.cached) = (0, 0) }
            total += usage
        }
        return total
    }
}
