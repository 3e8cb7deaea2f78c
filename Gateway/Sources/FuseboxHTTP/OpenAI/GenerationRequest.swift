import FuseboxWire

/// A request for text, as read from the body of `/v1/chat/completions` or `/v1/completions`.
struct GenerationRequest {
    let format: ReplyFormat
    /// What the client called the model; given back as it is.
    let model: String
    /// One for each choice: all choices of the first prompt, then those of the next.
    private(set) var submissions: [WireSubmit]
    /// `n`.
    let choicesPerPrompt: Int
    let streams: Bool
    let includesUsage: Bool
    /// Whether each chunk tells the tokens until then, as vLLM does where it is asked to.
    let includesUsageInChunks: Bool
    /// Whether routes and provenance go with the reply.
    let explains: Bool
    /// Whether the reply stays at the service, and is made to its end, when its reader is gone.
    let keeps: Bool
    /// The prompts' texts where they begin the reply.
    let echoes: Bool
    let scores: WireScoresWanted
    /// Fields that nothing here reads.
    let ignored: [String]

    /// - Throws: 400 that names the field, 404 for a model that there is not.
    init(_ body: JSONValue, format: ReplyFormat, catalog: Catalog) throws(APIError) {
        self.format = format
        var body = try FieldReader(body, at: "")
        var options = try body.object("fusebox") ?? FieldReader([:], prefix: "fusebox.")
        try UnsupportedFields.check(&body)
        let selection = try SelectionFields.selection(&body, &options, catalog)
        model = try body.string("model") ?? Catalog.auto
        let prompts: [WirePrompt]
        switch format {
        case .chat:
            prompts = [try PromptFields.chat(&body)]
            echoes = false
            scores = try ScoreFields.chat(&body)
        case .completion:
            prompts = try PromptFields.completions(&body)
            echoes = try body.bool("echo") ?? false
            scores = try ScoreFields.completion(&body, echoes: echoes)
        }
        let fields = try SamplingFields(&body, &options, mayBeSilent: format == .completion)
        streams = try body.bool("stream") ?? false
        var streamOptions = try body.object("stream_options") ?? FieldReader([:])
        includesUsage = try streamOptions.bool("include_usage") ?? false
        includesUsageInChunks = try streamOptions.bool("continuous_usage_stats") ?? false
        explains = try options.bool("explain") ?? true
        keeps = try options.bool("keep") ?? false
        let rule = try options.word("kv_rule", of: WireKVRule.self)
        let priority = try PriorityFields.priority(&body, &options)
        let splits = try options.bool("split") ?? false

        choicesPerPrompt = Int(fields.choiceCount)
        if let unknown = options.rest.first {
            throw .invalid("\(unknown) is unknown", param: unknown)
        }
        ignored = body.rest
        submissions = []
        for prompt in prompts {
            for choice in 0..<fields.choiceCount {
                var submit = WireSubmit()
                submit.requestID = .random()
                submit.prompt = prompt
                submit.selection = selection
                submit.sampling = fields.sampling(choice: choice)
                submit.limits = fields.limits
                submit.kvRule = rule ?? .unspecified
                submit.split = splits
                submit.keep = keeps
                submit.priority = priority
                if scores.reply { submit.scores = scores }
                do throws(WireError) {
                    try submit.validate()
                } catch {
                    throw APIError(error)
                }
                submissions.append(submit)
            }
        }
        guard submissions.count <= PromptFields.promptLimit else {
            throw .invalid(
                "\(submissions.count) choices are asked for, at most \(PromptFields.promptLimit) are made",
                param: "n")
        }
    }

    /// A reply that is read again, of which nothing but its name is known.
    init(attaching id: RequestID) {
        format = .chat
        model = Catalog.auto
        submissions = [WireSubmit { $0.requestID = id }]
        choicesPerPrompt = 1
        streams = true
        includesUsage = false
        includesUsageInChunks = false
        explains = true
        keeps = true
        echoes = false
        scores = WireScoresWanted()
        ignored = []
    }

    /// Names the choices after a key of the client's, so that the same request again finds them.
    ///
    /// - Parameter owner: whose key it is; two owners' equal keys are different.
    mutating func identify(by key: String, owner: String) {
        for index in submissions.indices {
            if submissions.count == 1, owner.isEmpty, let id = RequestID(key) {
                submissions[index].requestID = id
            } else {
                submissions[index].requestID = RequestID(key: key, owner: owner, choice: index)
            }
        }
    }
}
