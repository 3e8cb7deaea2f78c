import FuseboxClient
import FuseboxWire
import Tensors
import Wire

/// A line of a file of requests: an object with a "prompt", and what else a request may say.
struct RequestLine {
    /// Given back with the reply; the line's number where it is left out.
    let id: JSONValue
    let submit: WireSubmit

    /// A line that makes no request.
    struct Failure: Error {
        let id: JSONValue
        let message: String
    }

    /// - Parameter defaults: for what the line leaves out.
    init(_ text: Substring, number: Int, defaults: RequestFields) throws(Failure) {
        let line = JSONValue.integer(Int64(number))
        let members: JSONObject
        do throws(TensorError) {
            let limits = JSONLimits(depth: 8, byteCount: Frames.clientLimit)
            guard let object = try JSONValue(parsing: String(text), limits: limits).object else {
                throw TensorError(.malformed, "a line must hold an object")
            }
            members = object
        } catch {
            throw Failure(id: line, message: "line \(number): \(error.message)")
        }
        id = members["id"] ?? line
        do throws(ClientError) {
            submit = try Self.submit(members, defaults)
        } catch {
            throw Failure(id: id, message: "line \(number): \(error.message)")
        }
    }

    private static func submit(
        _ members: JSONObject, _ defaults: RequestFields
    ) throws(ClientError) -> WireSubmit {
        var fields = defaults
        var prompt: String?
        for (key, value) in members {
            switch key {
            case "id": break
            case "prompt": prompt = try read(value.string, key, "a string")
            case "select": fields.select = try read(value.string, key, "a string")
            case "weighting":
                fields.weighting = try read(
                    value.string.flatMap { WireWeighting(name: $0) }, key,
                    oneOf(WireWeighting.names))
            case "kv_rule":
                fields.kvRule = try read(
                    value.string.flatMap { WireKVRule(name: $0) }, key, oneOf(WireKVRule.names))
            case "system": fields.system = try read(value.string, key, "a string")
            case "split": fields.split = try read(value.bool, key, "true or false")
            case "raw": try set(.raw, value, key, in: &fields)
            case "text": try set(.text, value, key, in: &fields)
            case "deadline_ms":
                fields.deadline = try read(
                    value.int.flatMap { UInt32(exactly: $0) }, key, "a count of milliseconds")
            case "priority":
                fields.priority = try read(
                    value.string.flatMap { WirePriority(name: $0) }, key,
                    oneOf(WirePriority.names))
            case "logprobs":
                fields.logprobs = try read(
                    value.int.flatMap { UInt32(exactly: $0) }, key, "a count")
            default: try set(key, value, in: &fields.settings)
            }
        }
        do throws(SettingError) {
            try fields.settings.check { "\"\($0)\"" }
        } catch {
            throw ClientError(.invalidRequest, error.message)
        }
        guard let prompt else { throw ClientError(.invalidRequest, "\"prompt\" is missing") }
        guard members["raw"]?.bool != true || members["text"]?.bool != true else {
            throw ClientError(.invalidRequest, "\"raw\" and \"text\" exclude each other")
        }
        return try fields.submit(prompt: prompt)
    }

    /// Takes a form that is asked for or, where the options asked for it, is not.
    private static func set(
        _ form: PromptForm, _ value: JSONValue, _ key: String, in fields: inout RequestFields
    ) throws(ClientError) {
        if try read(value.bool, key, "true or false") {
            fields.form = form
        } else if fields.form == form {
            fields.form = .chat
        }
    }

    /// Takes a field of how the reply is drawn.
    private static func set(
        _ key: String, _ value: JSONValue, in settings: inout SamplingSettings
    ) throws(ClientError) {
        func number() throws(ClientError) -> Float {
            try read(value.double.map { Float($0) }, key, "a number")
        }
        func count() throws(ClientError) -> UInt32 {
            try read(value.int.flatMap { UInt32(exactly: $0) }, key, "a count")
        }
        switch key {
        case "max_tokens": settings.maxTokens = try count()
        case "temperature": settings.temperature = try number()
        case "top_k": settings.topK = try count()
        case "top_p": settings.topP = try number()
        case "min_p": settings.minP = try number()
        case "repetition_penalty": settings.repetitionPenalty = try number()
        case "presence_penalty": settings.presencePenalty = try number()
        case "frequency_penalty": settings.frequencyPenalty = try number()
        case "stop":
            let one = value.string.map { [$0] }
            let many = value.array.map { $0.compactMap(\.string) }
            settings.stop = try read(one ?? many, key, "a string or an array of strings")
            if let array = value.array, array.count != settings.stop.count {
                throw ClientError(.invalidRequest, "\"stop\" must hold strings only")
            }
        case "ignore_eos": settings.ignoresEOS = try read(value.bool, key, "true or false")
        case "seed":
            settings.seed = try read(UInt64(seed: value), key, "a whole number from 0 to 2^64 - 1")
        default:
            throw ClientError(.invalidRequest, "the field \"\(key.prefix(64))\" is unknown")
        }
    }

    private static func read<Value>(
        _ value: Value?, _ key: String, _ wanted: String
    ) throws(ClientError) -> Value {
        guard let value else { throw ClientError(.invalidRequest, "\"\(key)\" must be \(wanted)") }
        return value
    }

    private static func oneOf(_ names: [String]) -> String {
        "one of " + names.joined(separator: ", ")
    }
}
