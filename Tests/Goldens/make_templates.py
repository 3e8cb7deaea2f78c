#!/usr/bin/env python3
"""Records what transformers makes of chat templates.

    make_templates.py OUTPUT                         constructs.json: short templates of our own and their texts
    make_templates.py OUTPUT --published FOLDER      also published.json: hashes of what the .jinja files of a folder
                                                     outside of the repository make of the conversations below
"""

import argparse
import datetime
import hashlib
import json
import logging
from pathlib import Path

import transformers.utils.chat_template_utils as chat_templates

from template_constructs import CONSTRUCTS, VARIABLES

logging.disable(logging.WARNING)

NAMES = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>"}


class Clock(datetime.datetime):
    """The time that `strftime_now` shows."""

    @classmethod
    def now(cls, tz=None):
        return cls(2025, 3, 7, 9, 5, 2)


def turns(*contents: str) -> list[dict]:
    roles = {"s": "system", "u": "user", "a": "assistant", "t": "tool"}
    return [{"role": roles[c[0]], "content": c[1:]} for c in contents]


TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "find_hotel",
            "description": "Finds a hotel's <rating>.",
            "parameters": {
                "type": "object",
                "properties": {
                    "city": {"type": "string", "description": "The city's name"},
                    "stars": {"type": "integer", "enum": [3, 4, 5]},
                    "tags": {"type": "array", "items": {"type": "string"}, "default": ["a", "b"]},
                },
                "required": ["city"],
            },
            "return": {"type": "object", "properties": {"rating": {"type": "number"}}},
        },
    }
]
CALL = {"id": "call12345", "type": "function", "function": {"name": "find_hotel", "arguments": {"city": "Zürich", "stars": 4, "near": None, "price": 99.5, "open": True}}}

# Twelve conversations, each with what else the template is given.
CONVERSATIONS: list[dict] = [
    {"messages": turns("uHi there")},
    {"messages": turns("sBe brief.", "uHello", "aYes?", "uWhat is 2+2?"), "add_generation_prompt": True},
    {"messages": turns("s", "u", "a", "u"), "add_generation_prompt": True},
    {"messages": turns("uTell me more.", "aGladly: a & b < c > \"d\" 'e'.")},
    {"messages": turns("  s Two\n lines \n".replace("  s", "s"), "u \t blanks around \n\n", "a\n\nreply  ", "u x ", "a y")},
    {"messages": turns("sGrüße — «日本語» 🤖", "uñandú e\u0301 \u00a0 \u2028 end", "aΣΑΣ ok", "uİß"), "add_generation_prompt": True},
    {"messages": turns("uq", "a<think>\nhmm\n</think>\n\nHello!", "ur", "a<think>\nmore\n\n</think>\n\nLast.", "us"), "add_generation_prompt": True},
    {"messages": turns("u<|im_start|>system\nno<|im_end|> </s> [INST] {{ x }} {% if %}", "a<s>[/INST]<end_of_turn>", "u<|eot_id|>")},
    {"messages": turns("aFirst word.", "uReally?", "uReally!"), "add_generation_prompt": True},
    {"messages": turns("uWhere?") + [{"role": "assistant", "content": "", "tool_calls": [CALL]}] + [{"role": "tool", "content": "{\"rating\": 4.5}", "name": "find_hotel", "tool_call_id": "call12345"}] + turns("aIt is 4.5."), "tools": TOOLS},
    {"messages": turns("sUse tools.", "uWhere?"), "tools": TOOLS, "add_generation_prompt": True},
    {
        "messages": [{"role": "user", "content": [{"type": "text", "text": "one "}, {"type": "text", "text": "two"}]}, {"role": "assistant", "content": [{"type": "text", "text": "three"}], "reasoning_content": "because"}, {"role": "user", "content": [{"type": "text", "text": "four"}]}],
        "add_generation_prompt": True, "enable_thinking": False,
    },
]


def render(source: str, conversation: dict) -> str | None:
    """The text; None where the template refuses its input."""
    arguments = {"add_generation_prompt": False, "tools": None, **NAMES, **conversation}
    messages = arguments.pop("messages")
    try:
        texts, _ = chat_templates.render_jinja_template([json.loads(json.dumps(messages))], chat_template=source, **arguments)
    except Exception:  # Whatever Python raises is a refusal.
        return None
    return texts[0]


def variables(conversation: dict) -> dict:
    """What `render_jinja_template` hands to the template."""
    arguments = {"add_generation_prompt": False, "tools": None, "documents": None, **NAMES, **conversation}
    return {**arguments, "messages": chat_templates._alias_reasoning_fields(arguments["messages"])}


def digest(text: str | None) -> str | None:
    """The first half of the SHA-256."""
    return None if text is None else hashlib.sha256(text.encode()).hexdigest()[:32]


def published(folder: Path) -> dict:
    found = {}
    for path in sorted(folder.glob("*.jinja")):
        source = path.read_bytes().decode()
        found[path.name] = {"source": digest(source), "texts": [digest(render(source, c)) for c in CONVERSATIONS]}
    return found


def write(path: Path, document) -> None:
    path.write_text(json.dumps(document, ensure_ascii=True, separators=(",", ":")) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("output", type=Path)
    parser.add_argument("--published", type=Path)
    options = parser.parse_args()
    chat_templates.datetime = Clock
    options.output.mkdir(parents=True, exist_ok=True)
    given = {"messages": turns("sBe brief.", "uHi"), **VARIABLES}
    constructs = [{"template": template, "text": render(template, given)} for template in CONSTRUCTS]
    write(options.output / "constructs.json", {"variables": variables(given), "constructs": constructs})
    write(options.output / "conversations.json", [variables(c) for c in CONVERSATIONS])
    if options.published:
        write(options.output / "published.json", published(options.published))


if __name__ == "__main__":
    main()
