/// A metric of `/metrics`: its name, what it is and its labels.
///
/// Names are OpenTelemetry's semantic conventions for GenAI and HTTP servers where they have one, ours else.
struct Metric: Sendable {
    enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    let name: String
    let kind: Kind
    let help: String
    var labels: [String] = []

    static let requestDuration = Metric(
        name: "gen_ai_server_request_duration_seconds", kind: .histogram,
        help: "From a request's arrival to the end of its reply.",
        labels: ["gen_ai_operation_name"])
    static let firstToken = Metric(
        name: "gen_ai_server_time_to_first_token_seconds", kind: .histogram,
        help: "From a request's arrival to its reply's first token.",
        labels: ["gen_ai_operation_name"])
    static let outputToken = Metric(
        name: "gen_ai_server_time_per_output_token_seconds", kind: .histogram,
        help: "Between a reply's tokens after the first.", labels: ["gen_ai_operation_name"])
    static let tokenUsage = Metric(
        name: "gen_ai_client_token_usage", kind: .histogram,
        help: "Tokens of a prompt and of a reply.",
        labels: ["gen_ai_operation_name", "gen_ai_token_type"])
    static let httpDuration = Metric(
        name: "http_server_request_duration_seconds", kind: .histogram,
        help: "From a request's head to its response's head.",
        labels: ["http_request_method", "http_route", "http_response_status_code"])
    static let up = Metric(
        name: "fusebox_up", kind: .gauge, help: "1 where the service answers and has a worker.")
    static let running = Metric(
        name: "fusebox_requests_running", kind: .gauge, help: "Parts that workers decode.")
    static let queued = Metric(
        name: "fusebox_requests_queued", kind: .gauge, help: "Parts that wait for a worker.")
    static let accepted = Metric(
        name: "fusebox_requests_accepted_total", kind: .counter,
        help: "Requests that the service took, of all clients.")
    static let failed = Metric(
        name: "fusebox_requests_failed_total", kind: .counter,
        help: "Requests that the service took and failed.")
    static let resumed = Metric(
        name: "fusebox_requests_resumed_total", kind: .counter,
        help: "Parts that went on at another worker.")
    static let mixes = Metric(
        name: "fusebox_mixes_running", kind: .gauge,
        help: "Different mixes among the replies of this gateway that are being made.")
    static let decisions = Metric(
        name: "fusebox_routing_decisions_total", kind: .counter,
        help:
            "Mixes that replies began with or changed to, by why: abstained is the router's doubt.",
        labels: ["reason"])
    static let adapterTokens = Metric(
        name: "fusebox_adapter_tokens_total", kind: .counter,
        help: "Tokens made under a mix with the adapter; base: under none.", labels: ["adapter"])
    static let adapterSelections = Metric(
        name: "fusebox_adapter_selections_total", kind: .counter,
        help: "Mixes that the adapter was part of.", labels: ["adapter"])
    static let promptTokens = Metric(
        name: "fusebox_worker_prompt_tokens_total", kind: .counter,
        help: "Prompt tokens that a worker read.", labels: ["worker"])
    static let cachedTokens = Metric(
        name: "fusebox_worker_cached_tokens_total", kind: .counter,
        help: "Of those, found in its prefix cache.", labels: ["worker"])
    static let steps = Metric(
        name: "fusebox_worker_steps_total", kind: .counter, help: "Steps of a worker's engine.",
        labels: ["worker"])
    static let workerTokens = Metric(
        name: "fusebox_worker_tokens_total", kind: .counter, help: "Tokens that a worker made.",
        labels: ["worker"])
    static let slots = Metric(
        name: "fusebox_worker_slots", kind: .gauge,
        help: "Replies that a worker can make at once.", labels: ["worker"])
    static let busySlots = Metric(
        name: "fusebox_worker_slots_running", kind: .gauge,
        help: "Replies that a worker makes now.", labels: ["worker"])
    static let restarts = Metric(
        name: "fusebox_worker_restarts_total", kind: .counter,
        help: "Times that a worker's place was filled again.", labels: ["worker"])
    static let refusals = Metric(
        name: "fusebox_refusals_total", kind: .counter,
        help: "Requests to this gateway that ended in an error, by code.", labels: ["code"])

    /// All, in the order in which they are shown.
    static let all: [Metric] = [
        requestDuration, firstToken, outputToken, tokenUsage, httpDuration, up, running, queued,
        accepted, failed, resumed, mixes, decisions, adapterTokens, adapterSelections,
        promptTokens, cachedTokens, steps, workerTokens, slots, busySlots, restarts, refusals,
    ]
}
