import FuseboxWire

/// Which log probabilities a request asks for.
enum ScoreFields {
    /// Likeliest tokens beside each.
    static let topLimit: UInt32 = 20

    /// Reads a chat's `logprobs` and `top_logprobs`.
    static func chat(_ body: inout FieldReader) throws(APIError) -> WireScoresWanted {
        var wanted = WireScoresWanted()
        wanted.reply = try body.bool("logprobs") ?? false
        guard let top = try body.count("top_logprobs") else { return wanted }
        guard wanted.reply || top == 0 else {
            throw .invalid("top_logprobs goes with logprobs", param: "top_logprobs")
        }
        wanted.top = try limited(top, "top_logprobs")
        return wanted
    }

    /// Reads a completion's `logprobs`, a count; with `echo` they are of the prompt too.
    static func completion(
        _ body: inout FieldReader, echoes: Bool
    ) throws(APIError) -> WireScoresWanted {
        var wanted = WireScoresWanted()
        guard let top = try body.count("logprobs") else { return wanted }
        wanted.top = try limited(top, "logprobs")
        wanted.reply = true
        wanted.prompt = echoes
        return wanted
    }

    private static func limited(_ top: UInt32, _ field: String) throws(APIError) -> UInt32 {
        guard top <= topLimit else {
            throw .invalid("\(field) must be from 0 to \(topLimit)", param: field)
        }
        return top
    }
}
