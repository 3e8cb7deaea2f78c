"""Writes seeds for every target, made of the goldens: seeds.py FOLDER."""

import json
import math
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
copy("gguf", "gguf_unigram/*.gguf")
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
copy("tokenizer", "unigram/*/tokenizer.json")
for index, entry in enumerate(json.loads((GOLDENS / "starts" / "cases.json").read_text())["cases"]):
    add("tokenizer", f"starts-{index:02}", json.dumps(entry["tokenizer"], ensure_ascii=False).encode())
for path in GOLDENS.glob("models/*/model.gguf"):
    # The header with the vocabulary; the tensors behind it are cut off.
    add("gguf", path.parent.name, path.read_bytes()[:8192])
copy("sentence-piece", "sentencepiece/*/tokenizer.model")
copy("sentence-piece", "unigram/*/tokenizer.model")
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


def field(number: int, value: int | bytes | str) -> bytes:
    """A field of a protobuf message."""
    if isinstance(value, int):
        return bytes([number << 3, *varint(value)])
    data = value.encode() if isinstance(value, str) else value
    return bytes([number << 3 | 2, *varint(len(data))]) + data


def varint(value: int) -> bytes:
    digits = []
    while value > 127:
        digits.append(value & 127 | 128)
        value >>= 7
    return bytes([*digits, value])


def piece(data: bytes) -> bytes:
    return len(data).to_bytes(2, "little") + data


def columns(*numbers: int, present: int) -> bytes:
    return b"".join(number.to_bytes(8, "little", signed=True) for number in (*numbers, present))


# A request of the journal: serial, acceptance, deadline, end, epoch, losses, deaths, probation, stopping, quarantine, and which
# of them are there at all; its record; its entries.
share = field(1, bytes([1] * 32)) + field(2, 2048) + field(3, "calm")
prompt = field(1, "Be calm.")
body = field(1, bytes(range(1, 17))) + field(2, prompt) + field(5, field(1, 16) + field(3, 60_000))
part_record = field(1, prompt) + field(2, "Be calm.") + field(3, 5) + field(6, 20)
sampling = field(8, 5)
record = field(1, body) + field(2, sampling) + field(5, part_record) + field(6, bytes([7] * 32)) + field(7, "f32") + field(8, "scalar")
routed = field(1, field(1, field(3, field(2, field(1, share)) + field(3, 1))))
chunk = field(1, field(2, field(4, bytes([5, 6])) + field(5, "ab")))
failed = field(1, field(4, field(3, 13) + field(4, "it failed")))
done = field(1, field(3, field(3, 3) + field(4, field(1, 9) + field(2, 2))))
then = 1_699_999_999_000
running = columns(3, then, then + 60_000, 0, 1, 0, 0, 0, 0, 0, present=4)
ended = columns(3, then, 0, then + 500, 2, 1, 2, 1, 4, 1, present=8)
for name, numbers, end in (("running", running, b""), ("failed", ended, failed), ("done", ended, done)):
    runs = [routed, chunk, *([end] if end else [])]
    add("journal", name, piece(numbers) + piece(record) + b"".join(piece(b"\0\0" + run) for run in runs))

digests = [f"{number:064x}" for number in (1, 2, 3)]
generations = [{"number": number + 1, "digest": digest} for number, digest in enumerate(digests)]
formal = {"name": "formal", "serving": 2, "last": 2, "previous": [1], "shelf": digests[0], "generations": generations}
canary = formal | {"canary": {"generation": 3, "share": 50}}
removed = {"name": "gone", "last": 1, "generations": generations[:1]}
router = {"digest": digests[0], "origin": digests[1]}
document = {"format": "fusebox.registry", "version": 1, "revision": 7, "adapters": [canary, removed], "router": router}
add("registry", "canary", json.dumps(document).encode())
add("registry", "plain", json.dumps(document | {"adapters": [formal]}).encode())


def safetensors(tensors: dict[str, tuple[str, list[int]]], metadata: dict[str, str]) -> bytes:
    """A file whose values are all 0.5."""
    header, data = {"__metadata__": metadata}, b""
    for name, (dtype, shape) in tensors.items():
        values = (b"\0\x38" if dtype == "F16" else b"\0\0\0\x3f") * math.prod(shape)
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(values)]}
        data += values
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + data


# A router of one class and the base, with and without the meanings of three pieces of words.
shapes = {
    "table": ("F16", [64, 16]), "importances": ("F16", [64]), "hidden.biases": ("F32", [16]), "output.weights": ("F16", [16, 2]),
    "output.biases": ("F32", [2]), "statistics.mean": ("F32", [16]), "statistics.covariance": ("F32", [16, 16]),
}
meanings = {"meanings": ("F16", [3, 16]), "meanings.weights": ("F16", [16, 16])}
features = {"buckets": 64, "word_grams": 2, "character_grams": [3, 5], "text_bytes": 4096}
settings = {
    "format": "fusebox.router", "labels": [{"name": "calm", "adapter": digests[0], "origin": "trained"}], "temperature": 1, "threshold": 0,
    "coverage": 0.95, "target_logit": 3, "other_logit": -1, "other_logit_deviation": 1, "features": features, "width": 16, "seed": "0",
}
for version, tensors in ((1, shapes), (2, shapes | meanings)):
    metadata = {"format": "fusebox.router"} | ({"pieces": "calm\nship\n##s"} if version == 2 else {})
    add("router", f"version-{version}", piece(json.dumps(settings | {"version": version}).encode()) + safetensors(tensors, metadata))
