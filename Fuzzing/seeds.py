"""Writes seeds for every target, made of the goldens: seeds.py FOLDER."""

import json
import shutil
import sys
from pathlib import Path

GOLDENS = Path(__file__).resolve().parent.parent / "Tests" / "Goldens"
folder = Path(sys.argv[1])


def add(target: str, name: str, content: bytes) -> None:
    place = folder / target
    place.mkdir(parents=True, exist_ok=True)
    (place / name).write_bytes(content)


def copy(target: str, pattern: str) -> None:
    for path in GOLDENS.glob(pattern):
        add(target, "-".join(path.relative_to(GOLDENS).parts), path.read_bytes())


shutil.rmtree(folder, ignore_errors=True)
copy("safetensors", "models/*/adapters/*/adapter_model.safetensors")
copy("safetensors", "adapters/dora/adapter_model.safetensors")
copy("safetensors", "adapters/saved-raw/adapter_model.safetensors")
copy("safetensors", "formats/nf4.safetensors")
copy("gguf", "formats/types.gguf")
copy("json", "models/*/config.json")
copy("adapter-configuration", "models/*/adapters/*/adapter_config.json")
copy("adapter-configuration", "adapters/*/adapter_config.json")
copy("adapter-gguf", "adapters/*.gguf")
copy("gzip", "gzip/*.gz")
for name in ("dynamic", "members"):
    add("rows", name, (GOLDENS / "gzip" / f"{name}.gz").read_bytes())
add("rows", "csv", b'text,label\r\n"a ""b"", c",x\r\nd,base\n')
add("rows", "jsonl", b'{"text":"a","label":"x"}\n{"text":"b","adapters":["x","y"]}\n')
add("evaluation-rows", "answers", b'{"prompt":"a b","answers":["b","a b c"],"contains":["a",["b","c"]]}\n')
add("evaluation-rows", "json", b'{"messages":[{"role":"user","content":"[1]"}],"answer":"[1.0]","choices":["x","y"],"attributes":{"a":"b"},"adapters":["n"]}\n')
for index, line in enumerate((GOLDENS / "routing" / "sentences.txt").read_text().split("\n")):
    add("sentences", f"{index:03}", line.replace("⏎", "\n").encode())
copy("tokenizer", "tokenizers/*/tokenizer.json")
for path in GOLDENS.glob("models/*/model.gguf"):
    # The header with the vocabulary; the tensors behind it are cut off.
    add("gguf", path.parent.name, path.read_bytes()[:8192])
copy("sentence-piece", "sentencepiece/*/tokenizer.model")
for index, entry in enumerate(json.loads((GOLDENS / "splits" / "splits.json").read_text())):
    for step in entry.get("pre_tokenizer", {}).get("pretokenizers", [entry.get("pre_tokenizer", {})]):
        if pattern := step.get("pattern", {}).get("Regex"):
            add("split-pattern", f"{index:02}", pattern.encode())


def part(number: int) -> bytes:
    """One of two parts of a model, with a tensor of four floats."""
    keys = [(b"split.no", 2, number, 2), (b"split.count", 2, 2, 2), (b"split.tensors.count", 5, 2, 4)]
    data = b"GGUF" + (3).to_bytes(4, "little") + (1).to_bytes(8, "little") + len(keys).to_bytes(8, "little")
    for key, kind, value, size in keys:
        data += len(key).to_bytes(8, "little") + key + kind.to_bytes(4, "little") + value.to_bytes(size, "little")
    data += (1).to_bytes(8, "little") + b"ab"[number : number + 1] + (1).to_bytes(4, "little")
    data += (4).to_bytes(8, "little") + bytes(4) + bytes(8)
    return data + bytes(-len(data) % 32) + bytes(16)


add("split-gguf", "two", len(part(0)).to_bytes(2, "little") + part(0) + part(1))
templates = json.loads((GOLDENS / "tokenizers" / "chats.json").read_text())["templates"]
for name, template in templates.items():
    add("chat-template", name, template.encode())
for index, entry in enumerate(json.loads((GOLDENS / "templates" / "constructs.json").read_text())["constructs"]):
    add("chat-template", f"construct-{index}", entry["template"].encode())
for index, block in enumerate((GOLDENS / "wire" / "messages.txt").read_text().split("\n\n")):
    kind, _, body = block.split("\n")[0].partition(" 0x")
    add("wire", f"{index:02}-{kind}", kind.encode() + b"\n" + bytes.fromhex(body))

# A peer's greeting, its READY, a message in two frames and a PING; the first byte says how they are cut.
greeting = b"\xff\0\0\0\0\0\0\0\1\x7f\3\1NULL" + bytes(48)
ready = b"\5READY\x0bSocket-Type\0\0\0\6DEALER"
message = b"\1\2ab\2" + (300).to_bytes(8, "big") + bytes(300) + b"\4\7\4PING\0\5"
add("transport", "dealer", b"\x07" + greeting + bytes([4, len(ready)]) + ready + message)
