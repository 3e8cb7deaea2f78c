import FuseboxWire

/// Fields that would change the answer and that this service does not have.
///
/// Passing over them would give an answer to another question, so they are refused by name, but for the value under which
/// they change nothing.
enum UnsupportedFields {
    private enum Neutral {
        /// Empty: `""`, `[]`, `{}`.
        case empty
        case value(JSONValue)
        /// Any of these.
        case oneOf([JSONValue])
    }

    private static let neutral: [String: Neutral] = [
        "tools": .empty,
        "tool_choice": .oneOf([.string("none"), .string("auto")]),
        "functions": .empty,
        "function_call": .oneOf([.string("none"), .string("auto")]),
        "response_format": .value(.object(["type": .string("text")])),
        "logit_bias": .empty,
        "modalities": .value(.array([.string("text")])),
        "audio": .empty,
        "web_search_options": .empty,
        "suffix": .empty,
        "best_of": .value(.integer(1)),
        "use_beam_search": .value(.bool(false)),
        "length_penalty": .value(.integer(1)),
        "stop_token_ids": .empty,
        "bad_words": .empty,
        "allowed_token_ids": .empty,
        "min_tokens": .value(.integer(0)),
        "include_stop_str_in_output": .value(.bool(false)),
        "skip_special_tokens": .value(.bool(true)),
        "spaces_between_special_tokens": .value(.bool(true)),
        "truncate_prompt_tokens": .empty,
        "add_generation_prompt": .value(.bool(true)),
        "continue_final_message": .value(.bool(false)),
        "chat_template": .empty,
        "chat_template_kwargs": .empty,
        "documents": .empty,
        "guided_json": .empty,
        "guided_regex": .empty,
        "guided_choice": .empty,
        "guided_grammar": .empty,
        "structured_outputs": .empty,
        "logits_processors": .empty,
        "prompt_embeds": .empty,
        "prompt_logprobs": .empty,
        "grammar": .empty,
        "json_schema": .empty,
        "mirostat": .value(.integer(0)),
        "typical_p": .value(.integer(1)),
        "repeat_penalty": .value(.integer(1)),
        "adapter_source": .empty,
    ]

    /// Refuses the first that is there and would change something.
    static func check(_ reader: inout FieldReader) throws(APIError) {
        for name in neutral.keys.sorted() {
            guard let rule = neutral[name], let value = reader.value(name) else { continue }
            guard changesNothing(value, rule) else {
                throw .invalid(
                    "\(reader.path(name)) is not supported; leave it out", param: reader.path(name))
            }
        }
    }

    private static func changesNothing(_ value: JSONValue, _ rule: Neutral) -> Bool {
        switch rule {
        case .empty:
            value.string?.isEmpty ?? value.array?.isEmpty ?? value.object?.isEmpty ?? false
        case .value(let neutral): isEqual(value, neutral)
        case .oneOf(let values): values.contains { isEqual(value, $0) }
        }
    }

    private static func isEqual(_ left: JSONValue, _ right: JSONValue) -> Bool {
        // 1 and 1.0 are the same.
        if let left = left.double, let right = right.double { return left == right }
        return left == right
    }
}
