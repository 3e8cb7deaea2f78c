#!/usr/bin/env python3
"""Trains small tokenizers on generated text and records what the `tokenizers` package makes of more.

    make_tokenizers.py OUTPUT                              the files of Tests/Goldens/tokenizers
    make_tokenizers.py --llama-cpp MODELS FUSEBOX          compares `fusebox tokenize` with llama.cpp's pairs of
                                                           vocabularies, inputs and ids (its folder `models`)
"""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from transformers import PreTrainedTokenizerFast

from tokenizer_lines import SplitMix64, line, lines

MASK = (1 << 64) - 1
BLOCKS, BLOCK_LINES, LINE_SEED, TRAINING_SEED = 100, 100, 20_26, 7
LLAMA3 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
QWEN2 = LLAMA3.replace("{1,3}", "")
DEMO = r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"


def training_text() -> list[str]:
    return lines(TRAINING_SEED, 4000)


def byte_level(pre: list, specials: list[str], normalizer=None, size: int = 1400) -> dict:
    tokenizer = Tokenizer(models.BPE())
    if normalizer:
        tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(pre) if len(pre) > 1 else pre[0]
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size, special_tokens=specials, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    tokenizer.train_from_iterator(training_text(), trainer)
    return json.loads(tokenizer.to_str())


def sentence_piece() -> dict:
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=True)
    specials = ["<unk>", "<s>", "</s>"]
    trainer = trainers.BpeTrainer(
        vocab_size=1500, special_tokens=specials + [f"<0x{b:02X}>" for b in range(256)], show_progress=False
    )
    text = training_text()
    counts = Counter("".join(text))
    # Some characters stay without a token; the trainer's own limit breaks ties at random.
    kept = set(sorted(counts, key=lambda c: (-counts[c], c))[:300])
    tokenizer.train_from_iterator(["".join(c for c in row if c in kept) for row in text], trainer)
    data = json.loads(tokenizer.to_str())
    data["added_tokens"] = [t for t in data["added_tokens"] if t["content"] in specials]
    return data


def bos(token: str, identity: int) -> dict:
    return {
        "type": "TemplateProcessing",
        "single": [{"SpecialToken": {"id": token, "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
        "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
        "special_tokens": {token: {"id": token, "ids": [identity], "tokens": [token]}},
    }


def added(data: dict, content: str, **flags: bool) -> None:
    identity = max([*data["model"]["vocab"].values(), *(t["id"] for t in data["added_tokens"])]) + 1
    base = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": False}
    data["added_tokens"].append({"id": identity, "content": content, **base, **flags})


def styles() -> dict[str, dict]:
    plain = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    gpt2 = byte_level([pre_tokenizers.ByteLevel(add_prefix_space=False)], ["<|endoftext|>"])
    # Older files write a merge as one string.
    gpt2["model"]["merges"] = [" ".join(pair) for pair in gpt2["model"]["merges"]]
    llama3 = byte_level(
        [pre_tokenizers.Split(Regex(LLAMA3), "isolated"), plain], ["<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"]
    )
    llama3["model"]["ignore_merges"] = True
    # Words that no merge leads to.
    for word in ["Ġthing", "Ġsnake_case", "Ġmaison", "could", "ĠÃ©tÃ©"]:
        llama3["model"]["vocab"].setdefault(word, len(llama3["model"]["vocab"]))
    llama3["post_processor"] = {"type": "Sequence", "processors": [
        {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": False, "use_regex": True}, bos("<|begin_of_text|>", 0)]}
    qwen2 = byte_level([pre_tokenizers.Split(Regex(QWEN2), "isolated"), plain], [], normalizers.NFC())
    for content in ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]:
        added(qwen2, content, special=True)
    added(qwen2, "<tool_call>")
    added(qwen2, "caf\u00e9!", normalized=True)
    added(qwen2, "whole", single_word=True)
    added(qwen2, "<left>", lstrip=True)
    added(qwen2, "<right>", rstrip=True)
    added(qwen2, "<leftmost>")
    demo = byte_level([pre_tokenizers.Split(Regex(DEMO), "isolated"), plain], ["<|endoftext|>", "<|user|>", "<|assistant|>", "<|pad|>"], size=1000)
    smollm = byte_level(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)], ["<|endoftext|>", "<|im_start|>", "<|im_end|>"], size=1000
    )
    prefixed = byte_level([pre_tokenizers.ByteLevel(add_prefix_space=True)], ["<s>"], size=600)
    llama2 = sentence_piece()
    llama2["pre_tokenizer"] = None
    llama2["normalizer"] = {"type": "Sequence", "normalizers": [
        {"type": "Prepend", "prepend": "\u2581"}, {"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"}]}
    llama2["decoder"] = {"type": "Sequence", "decoders": [
        {"type": "Replace", "pattern": {"String": "\u2581"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"},
        {"type": "Strip", "content": " ", "start": 1, "stop": 0}]}
    llama2["post_processor"] = bos("<s>", 1)
    mistral = json.loads(json.dumps(llama2))
    mistral["normalizer"] = None
    mistral["pre_tokenizer"] = {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "first", "split": False}
    for content in ["[INST]", "[/INST]"]:
        added(mistral, content, special=True)
    metaspace = json.loads(json.dumps(mistral))
    metaspace["pre_tokenizer"] = {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always", "split": True}
    metaspace["decoder"] = {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always", "split": True}
    metaspace["model"]["byte_fallback"] = False
    return {
        "gpt2": gpt2, "llama3": llama3, "qwen2": qwen2, "demo": demo, "smollm": smollm, "prefixed": prefixed, "llama2": llama2, "mistral": mistral, "metaspace": metaspace,
    }


ALTERNATION = "{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}"
CHATML = "{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
MISTRAL = (
    "{{ bos_token }}{% for message in messages %}" + ALTERNATION + "{% if message['role'] == 'user' %}{{ '[INST] ' + message['content'] + ' [/INST]' }}"
    "{% elif message['role'] == 'assistant' %}{{ message['content'] + eos_tokenEND}}{% else %}{{ raise_exception('Only user and assistant roles are supported!') }}{% endif %}{% endfor %}"
)
# Templates in a line, as models bring them.
SHORT_TEMPLATES = {
    "chatml": ("qwen2", "{% for message in messages %}" + CHATML),
    "chatml-default": ("qwen2", "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system\\nAnswer in verse.<|im_end|>\\n' }}{% endif %}" + CHATML),
    "llama3": ("llama3", "{% set loop_messages = messages %}{% for message in loop_messages %}{% set content = '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n'+ message['content'] | trim + '<|eot_id|>' %}{% if loop.index0 == 0 %}{% set content = bos_token + content %}{% endif %}{{ content }}{% endfor %}{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}"),
    "llama2": ("llama2", "{% if messages[0]['role'] == 'system' %}{% set loop_messages = messages[1:] %}{% set system_message = messages[0]['content'] %}{% else %}{% set loop_messages = messages %}{% set system_message = false %}{% endif %}{% for message in loop_messages %}" + ALTERNATION + "{% if loop.index0 == 0 and system_message != false %}{% set content = '<<SYS>>\\n' + system_message + '\\n<</SYS>>\\n\\n' + message['content'] %}{% else %}{% set content = message['content'] %}{% endif %}{% if message['role'] == 'user' %}{{ bos_token + '[INST] ' + content.strip() + ' [/INST]' }}{% elif message['role'] == 'assistant' %}{{ ' '  + content.strip() + ' ' + eos_token }}{% endif %}{% endfor %}"),
    "mistral-0.1": ("mistral", MISTRAL.replace("END", " + ' '")),
    "mistral-0.2": ("llama2", MISTRAL.replace("END", "")),
    "mistral-blocks": ("mistral", "{{ bos_token }}{% for message in messages %}{% if message['role'] == 'user' %}{{ '[INST] ' + message['content'] + '[/INST]' }}{% elif message['role'] == 'system' %}{{ '[SYSTEM_PROMPT] ' + message['content'] + '[/SYSTEM_PROMPT]' }}{% elif message['role'] == 'assistant' %}{{ ' ' + message['content'] + eos_token }}{% else %}{{ raise_exception('Only user, system and assistant roles are supported!') }}{% endif %}{% endfor %}"),
    "zephyr": ("llama2", "{% for message in messages %}\n{% if message['role'] == 'user' %}\n{{ '<|user|>\n' + message['content'] + eos_token }}\n{% elif message['role'] == 'system' %}\n{{ '<|system|>\n' + message['content'] + eos_token }}\n{% elif message['role'] == 'assistant' %}\n{{ '<|assistant|>\n'  + message['content'] + eos_token }}\n{% endif %}\n{% if loop.last and add_generation_prompt %}\n{{ '<|assistant|>' }}\n{% endif %}\n{% endfor %}"),
    "demo": ("demo", "{% for m in messages %}{{ '<|user|>' if m['role'] == 'user' else '<|assistant|>' }}{{ m['content'] }}{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}"),
}
LEADING_SYSTEM = "{% if messages[0].role == 'system' %}{% set system = messages[0].content %}{% set rest = messages[1:] %}{% else %}{% set rest = messages %}{% endif %}"
# What the long templates of these models come to without tools, in words of our own.
LONG_TEMPLATES = {
    "qwen3": ("qwen2", (
        "{% set ns = namespace(query=messages|length - 1) %}{% for m in messages %}{% if m.role == 'user' and not (m.content.startswith('<tool_response>') and m.content.endswith('</tool_response>')) %}{% set ns.query = loop.index0 %}{% endif %}{% endfor %}"
        "{% for m in messages %}{% set content = m.content %}{% set thought = '' %}{% if m.role == 'assistant' and '</think>' in content %}{% set thought = content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}{% set content = content.split('</think>')[-1].lstrip('\\n') %}{% endif %}"
        "{{ '<|im_start|>' + m.role + '\\n' }}{% if m.role == 'assistant' and loop.index0 > ns.query and (loop.last or thought) %}{{ '<think>\\n' + thought.strip('\\n') + '\\n</think>\\n\\n' + content.lstrip('\\n') }}{% else %}{{ content }}{% endif %}{{ '<|im_end|>\\n' }}{% endfor %}"
        "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}")),
    "llama3-dated": ("llama3", LEADING_SYSTEM + (
        "{{ bos_token + '<|start_header_id|>system<|end_header_id|>\\n\\nCutting Knowledge Date: December 2023\\nToday Date: 26 Jul 2024\\n\\n' + (system or '')|trim + '<|eot_id|>' }}"
        "{% for m in rest %}{{ '<|start_header_id|>' + m.role + '<|end_header_id|>\\n\\n' + m.content|trim + '<|eot_id|>' }}{% endfor %}{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{% endif %}")),
    "mistral-0.3": ("mistral", LEADING_SYSTEM + "{{ bos_token }}{% for message in rest %}" + ALTERNATION + (
        "{% if message.role == 'user' %}{{ '[INST] ' + (system + '\\n\\n' if loop.last and system is defined else '') + message.content + '[/INST]' }}{% else %}{{ ' ' + message.content|trim + eos_token }}{% endif %}{% endfor %}")),
    "mistral-nemo": ("mistral", LEADING_SYSTEM + "{{ bos_token }}{% for message in rest %}" + ALTERNATION + (
        "{% if message.role == 'user' %}{{ '[INST]' + (system + '\\n\\n' if loop.last and system is defined else '') + message.content + '[/INST]' }}{% else %}{{ message.content + eos_token }}{% endif %}{% endfor %}")),
}


def chats(folder: Path) -> list[dict]:
    def turns(*contents: str) -> list[dict]:
        roles = {"s": "system", "u": "user", "a": "assistant"}
        return [{"role": roles[c[0]], "content": c[1:]} for c in contents]

    conversations = [
        turns("uHi there"), turns("sBe brief.", "uHello", "aYes?", "u  What is 2+2? \n"), turns("ua", "ab"), turns("s sys \u00a0", "ux"),
        turns("uq", "a<think>\nhmm\n</think>\n\nHello!", "ur", "a<think>\nmore\n\n</think>\n\nLast."), turns("uq", "a<think>hm</think>One", "atwo</think>\n\nthree"),
        turns("afirst"), turns("ua", "ub"), turns("ua", "aok ", "u<tool_response>1</tool_response>", "afin"),
    ]
    found = []
    for name, (style, template) in {**SHORT_TEMPLATES, **LONG_TEMPLATES}.items():
        inner = Tokenizer.from_file(str(folder / style / "tokenizer.json"))
        first = next(iter(inner.get_added_tokens_decoder().values())).content
        begin, end = {"llama3": (first, "<|eot_id|>"), "llama2": ("<s>", "</s>"), "mistral": ("<s>", "</s>")}.get(style, ("<|endoftext|>", "<|endoftext|>"))
        tokenizer = PreTrainedTokenizerFast(tokenizer_object=inner, bos_token=begin, eos_token=end)
        for conversation in conversations:
            for add in (False, True):
                entry = {"name": name, "style": style, "begin": begin, "end": end, "turns": conversation, "add": add}
                try:
                    arguments = {"chat_template": template, "add_generation_prompt": add}
                    entry["text"] = tokenizer.apply_chat_template(conversation, tokenize=False, **arguments)
                    entry["ids"] = tokenizer.apply_chat_template(conversation, tokenize=True, return_dict=False, **arguments)
                except Exception as error:
                    assert "alternate" in str(error) or "supported" in str(error), error
                found.append(entry)
    return found


def fnv(values, state: int = 0xCBF29CE484222325) -> int:
    for value in values:
        for byte in (value & 0xFFFFFFFF).to_bytes(4, "little"):
            state = ((state ^ byte) * 0x100000001B3) & MASK
    return state


def block_hashes(tokenizer: Tokenizer) -> list[str]:
    hashes = []
    random = SplitMix64(LINE_SEED)
    for _ in range(BLOCKS):
        state = fnv([])
        for encoding in tokenizer.encode_batch([line(random) for _ in range(BLOCK_LINES)], add_special_tokens=False):
            state = fnv([*encoding.ids, -1], state)
        hashes.append(f"{state:016x}")
    return hashes


TEXTS = [
    "", " ", "  ", "a", " a", "Hello, world!", "  two  spaces  ", "\n", " \n\n x", "tab\tand\r\nline", "it's IT'S we'LL '\u017fo", "123456789 12 3",
    "caf\u00e9 cafe\u0301!", "\uac00\u1100\u1161\u11a8", "\u00a0nbsp\u3000wide", "\U0001F468\u200d\U0001F469", "the whole thing, wholes whole", "a<left>b  <left> c<right>  d <leftmost>",
    "<|endoftext|>", "x<|im_start|>user\nhi<|im_end|>", "<s>a</s> b", "[INST] hi [/INST]", "<|begin_of_text|><|start_header_id|>", "<tool_call>{}</tool_call>", "\u2581\u2581a \u2581", "   leading", "\u0000\u0001",
    "<unk>", "\U00011938\u0f73\u0344",
]


def cases(tokenizer: Tokenizer) -> list[dict]:
    found = []
    for text in TEXTS:
        for allow in (False, True):
            tokenizer.encode_special_tokens = not allow
            for add in (False, True):
                ids = tokenizer.encode(text, add_special_tokens=add).ids
                found.append({"text": text, "allow": allow, "add": add, "ids": ids})
    return found


def mixed_run(tokens: list[str]) -> bool:
    """Whether a run of byte tokens holds both characters and bytes that are none."""
    runs: list[bytes] = [b""]
    for token in tokens:
        if len(token) == 6 and token.startswith("<0x"):
            runs[-1] += bytes([int(token[3:5], 16)])
        else:
            runs.append(b"")
    return any(b"\xff" * 0 != r and "\ufffd" in (t := r.decode("utf-8", "replace")) and t.strip("\ufffd") for r in runs)


def decodings(tokenizer: Tokenizer, style: str) -> list[dict]:
    """Random ids, and the ids of lines; the package decodes a mixed run to U+FFFD as a whole, and we do not."""
    random = SplitMix64(99)
    size = tokenizer.get_vocab_size()
    found = []
    sequences = [[random.below(size) for _ in range(random.below(40) + 1)] for _ in range(60)]
    sequences += [tokenizer.encode(text, add_special_tokens=False).ids for text in lines(5, 20)]
    for ids in sequences:
        for skip in (False, True):
            special = {i for i, t in tokenizer.get_added_tokens_decoder().items() if t.special}
            kept = [tokenizer.id_to_token(i) for i in ids if not (skip and i in special)]
            if style in ("llama2", "mistral") and mixed_run(kept):
                continue
            found.append({"ids": ids, "skip": skip, "text": tokenizer.decode(ids, skip_special_tokens=skip)})
    return found


def make(output: Path) -> None:
    output.mkdir(parents=True, exist_ok=True)
    hashes = {}
    for name, data in styles().items():
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        folder = output / name
        folder.mkdir(exist_ok=True)
        (folder / "tokenizer.json").write_text(text)
        tokenizer = Tokenizer.from_str(text)
        hashes[name] = block_hashes(tokenizer)
        record = {"cases": cases(tokenizer), "decodings": decodings(tokenizer, name)}
        (folder / "cases.json").write_text(json.dumps(record, ensure_ascii=True, separators=(",", ":")))
    (output / "chats.json").write_text(json.dumps({"templates": {n: t for n, (_, t) in {**SHORT_TEMPLATES, **LONG_TEMPLATES}.items()}, "chats": chats(output)}, ensure_ascii=True, separators=(",", ":")))
    (output / "lines.json").write_text(json.dumps(hashes, indent=0))


def llama_cpp(folder: Path, fusebox: Path) -> None:
    """Each .inp holds texts parted by a line, each .out the ids of each text without special tokens."""
    for name in ["gpt-2", "llama-bpe", "llama-spm", "qwen2"]:
        base = folder / f"ggml-vocab-{name}.gguf"
        texts = Path(f"{base}.inp").read_text().split("\n__ggml_vocab_test__\n")
        wanted = [[int(i) for i in row.split()] for row in Path(f"{base}.out").read_text().splitlines()]
        texts = texts[: len(wanted)]
        answer = subprocess.run(
            [fusebox, "tokenize", "--model", base, ], input="".join(json.dumps(t) + "\n" for t in texts), capture_output=True, text=True, check=True
        )
        got = [json.loads(row)["ids"] for row in answer.stdout.splitlines()]
        different = [t for t, g, w in zip(texts, got, wanted, strict=True) if g != w]
        print(f"{name}: {len(texts) - len(different)} of {len(texts)} texts agree", *map(repr, different[:5]), sep="\n  ")


def main() -> None:
    if sys.argv[1] == "--llama-cpp":
        llama_cpp(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        make(Path(sys.argv[1]))


main()
