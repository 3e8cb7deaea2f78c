"""A byte-level BPE vocabulary of any size, for models with random weights.

    python vocabulary.py 128256 vocabulary.gguf

Give it to the maker of the model (`--vocab`). Needs gguf (PyPI).
"""
import sys

import gguf


def byte_alphabet():
    """GPT-2's printable characters for the 256 bytes."""
    kept = [*range(33, 127), *range(161, 173), *range(174, 256)]
    return [chr(b) for b in kept] + [chr(256 + i) for i in range(256 - len(kept))]


def main(count, path):
    letters = byte_alphabet()
    tokens, merges = list(letters), []
    known = set(tokens)
    for first in tokens:
        for second in letters:
            if len(tokens) == count - 1:
                break
            if first + second not in known:
                known.add(first + second)
                tokens.append(first + second)
                merges.append(f"{first} {second}")
    tokens.append("<|end|>")
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types([gguf.TokenType.NORMAL] * (count - 1) + [gguf.TokenType.CONTROL])
    writer.add_token_merges(merges)
    writer.add_bos_token_id(count - 1)
    writer.add_eos_token_id(count - 1)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


main(int(sys.argv[1]), sys.argv[2])
