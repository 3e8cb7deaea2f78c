import FuseboxClient
import FuseboxWire
import Wire

/// What a request may say beside its prompt, from the command line or from a line of a file.
struct RequestFields: Equatable {
    var select = "auto"
    var weighting: WireWeighting?
    var kvRule: WireKVRule?
    var split = false
    var form = PromptForm.chat
    /// A system message before the prompt.
    var system: String?
    var settings = SamplingSettings()
    var deadline: UInt32?
    var priority: WirePriority?
    /// The likeliest tokens told beside each, with their log probabilities; nil: no scores.
    var logprobs: UInt32?

    /// The message for a prompt.
    ///
    /// - Throws: `.invalidRequest`, saying which field and what is allowed.
    func submit(prompt text: String) throws(ClientError) -> WireSubmit {
        guard form == .chat || system == nil else {
            throw ClientError(
                .invalidRequest,
                "a prompt without the chat template has no system message beside it")
        }
        return try submit(form.prompt(text, system: system))
    }

    /// The message for a prompt of any form.
    ///
    /// - Throws: `.invalidRequest`, saying which field and what is allowed.
    func submit(_ prompt: WirePrompt) throws(ClientError) -> WireSubmit {
        var submit = WireSubmit()
        submit.requestID = .random()
        submit.prompt = prompt
        submit.selection = try selection()
        submit.sampling = settings.sampling
        submit.limits = settings.limits
        submit.limits.deadlineMs = deadline ?? 0
        submit.kvRule = kvRule ?? .unspecified
        submit.split = split
        submit.priority = priority ?? .unspecified
        if let logprobs {
            guard logprobs <= WireScoresWanted.topLimit else {
                throw ClientError(
                    .invalidRequest, "logprobs has to be from 0 to \(WireScoresWanted.topLimit)")
            }
            submit.scores.reply = true
            submit.scores.top = logprobs
        }
        do throws(WireError) {
            try submit.validate()
        } catch {
            throw ClientError(.invalidRequest, error.message)
        }
        return submit
    }

    private func selection() throws(ClientError) -> WireSelection {
        var selection: WireSelection
        do throws(WireError) {
            selection = try WireSelection(text: select)
        } catch {
            throw ClientError(.invalidRequest, error.message)
        }
        guard let weighting else { return selection }
        guard case .auto(var auto) = selection.kind else {
            throw ClientError(.invalidRequest, "a weighting goes with auto only")
        }
        auto.weighting = weighting
        selection.auto = auto
        return selection
    }
}
