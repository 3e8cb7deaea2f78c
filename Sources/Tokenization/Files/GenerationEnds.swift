/// The tokens of a GGUF vocabulary that end a reply by their names, whatever type the file gives them.
///
/// GGUF has keys for few ends, and many files lack even those; the names are those that llama.cpp goes by
/// (`special_eog_ids` in `llama-vocab.cpp`), where a token of such a name counts as a control token.
struct GenerationEnds {
    private(set) var ids: Set<Int> = []

    private static let names: Set<String> = [
        "<|eot_id|>", "<|im_end|>", "<|end|>", "<|return|>", "<|call|>", "<|flush|>", "<|calls|>",
        "<end_of_turn>", "<|endoftext|>", "</s>", "<|eom_id|>", "<EOT>", "_<EOT>", "[EOT]", "[EOS]",
        "<|end_of_text|>", "<end_of_utterance>", "<eos>", "<turn|>", "<|tool_response>",
        // Padding and the ends of files and repositories, in models that fill gaps in code.
        "<|fim_pad|>", "<fim-pad>", "<fim_pad>", "<PAD>", "[PAD]", "<|fim_repo|>", "<|repo_name|>",
        "<fim-repo>", "<REPO>", "<reponame>", "<|file_sep|>",
    ]

    init(_ texts: [String]) {
        var places: [String: Int] = [:]
        for (id, text) in texts.enumerated() where Self.names.contains(text) {
            ids.insert(id)
            places[text] = id
        }
        func has(_ names: String...) -> Bool { names.contains { places[$0] != nil } }
        // There `<|end|>` ends a part of a reply, not the reply.
        if has("<|return|>") && has("<|call|>", "<|calls|>")
            || has("<|call|>", "<|calls|>") && has("<|flush|>"), let end = places["<|end|>"]
        {
            ids.remove(end)
        }
        // There `</s>` is a tag of HTML.
        if has("<|tool_response>"), let end = places["</s>"] { ids.remove(end) }
    }
}
