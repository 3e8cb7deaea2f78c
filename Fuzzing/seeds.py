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
copy("tokenizer", "tokenizers/*/tokenizer.json")
for path in GOLDENS.glob("models/*/model.gguf"):
    # The header with the vocabulary; the tensors behind it are cut off.
    add("gguf", path.parent.name, path.read_bytes()[:8192])
templates = json.loads((GOLDENS / "tokenizers" / "chats.json").read_text())["templates"]
for name, template in templates.items():
    add("chat-template", name, template.encode())
for index, block in enumerate((GOLDENS / "wire" / "messages.txt").read_text().split("\n\n")):
    kind, _, body = block.split("\n")[0].partition(" 0x")
    add("wire", f"{index:02}-{kind}", kind.encode() + b"\n" + bytes.fromhex(body))

# A peer's greeting, its READY, a message in two frames and a PING; the first byte says how they are cut.
greeting = b"\xff\0\0\0\0\0\0\0\1\x7f\3\1NULL" + bytes(48)
ready = b"\5READY\x0bSocket-Type\0\0\0\6DEALER"
message = b"\1\2ab\2" + (300).to_bytes(8, "big") + bytes(300) + b"\4\7\4PING\0\5"
add("transport", "dealer", b"\x07" + greeting + bytes([4, len(ready)]) + ready + message)
