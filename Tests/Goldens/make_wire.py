"""Writes messages.txt: every message of Protos/ with a value in every field, as bytes and as text.

Fields that go without others come in messages of their own, after the others. A block a message: its kind and its bytes in hexadecimal, then its fields in protobuf's text format.
Usage: make_wire.py OUTPUT_FOLDER   (needs protobuf; finds the generated modules in Clients/python)
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Clients/python/src"))

from google.protobuf import text_format
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from fusebox_client.wire import client_pb2 as client
from fusebox_client.wire import common_pb2 as common
from fusebox_client.wire import worker_pb2 as worker

KINDS: dict[str, type[Message]] = {
    "SUBMIT": client.Submit,
    "ATTACH": client.Attach,
    "CANCEL": client.Cancel,
    "CREDIT": client.Credit,
    "CLOSE": client.Close,
    "ROUTE": client.Route,
    "LIST_ADAPTERS": client.ListAdapters,
    "STATUS": client.Status,
    "LIST_REQUESTS": client.ListRequests,
    "RETRY": client.Retry,
    "DROP": client.Drop,
    "CHANGE_ADAPTER": client.ChangeAdapter,
    "ACCEPTED": client.Accepted,
    "ROUTED": client.Routed,
    "CHUNK": client.Chunk,
    "DONE": client.Done,
    "FAILED": client.Failed,
    "ROUTE_REPLY": client.RouteReply,
    "ADAPTERS": client.Adapters,
    "STATUS_REPLY": client.StatusReply,
    "REQUESTS": client.Requests,
    "ADAPTER_CHANGED": client.AdapterChanged,
    "READY": worker.Ready,
    "HEARTBEAT": worker.Heartbeat,
    "WORKER_CHUNK": worker.WorkerChunk,
    "WORKER_ROUTED": worker.WorkerRouted,
    "FINISHED": worker.Finished,
    "EDITION_HELD": worker.EditionHeld,
    "DISPATCH": worker.Dispatch,
    "WORKER_CANCEL": worker.WorkerCancel,
    "EXPECT": worker.Expect,
    "DRAIN": worker.Drain,
    "EDITION": worker.Edition,
    "DROP_EDITION": worker.DropEdition,
}

# Fields whose values the receiver checks.
CHECKED = {
    "role": "user",
    "top_p": 0.875,
    "min_p": 0.0625,
    "probability": 0.75,
    "part": 2,
    "parts": 3,
    "log_probability": -0.75,
    "top": 5,
    "limit": 50,
    "verb": client.ADAPTER_VERB_CANARY,
    "path": "/shelf/ü",
    "examples": "/rows/ü",
    "share": 0.25,
}
# Fields that others exclude.
ALONE = {
    client.Submit: {"encode_only", "no_special_tokens"},
    common.Limits: {"no_reply"},
    client.Chunk: {"prompt_scores", "prompt_offset"},
    client.AdapterDescription: {"previous"},
    worker.EditionHeld: {"offer"},
    worker.Edition: {"offer"},
    worker.WorkerChunk: {"prompt_scores", "prompt_offset"},
}
DIGESTS = {
    "adapter", "coefficients", "base", "router", "digest", "allowed_adapters", "adapters", "edition",
}
LAST_OF_ONEOF = {"form": "chat", "kind": "auto", "outcome": "reason"}


def fill(message: Message, salt: int) -> None:
    """Sets every field; in a oneof, the one that LAST_OF_ONEOF names."""
    for field in message.DESCRIPTOR.fields:
        if field.name in ALONE.get(type(message), ()):
            continue
        oneof = field.containing_oneof
        if oneof is not None and LAST_OF_ONEOF.get(oneof.name, field.name) != field.name:
            continue
        count = 2 if field.is_repeated else 1
        for index in range(count):
            number = salt + 10 * field.number + index
            if field.type == FieldDescriptor.TYPE_MESSAGE:
                target = getattr(message, field.name)
                if field.is_repeated:
                    target = target.add()
                else:
                    target.SetInParent()
                # The first segment must govern token 0, and they must be in order.
                fill(target, salt + index)
                if field.name == "segments":
                    target.from_token = 12 * index
                # Scores are those of the ids.
                if field.full_name.endswith("Chunk.scores"):
                    target.id = message.ids[index]
            else:
                value = scalar(field, number)
                if field.is_repeated:
                    getattr(message, field.name).append(value)
                else:
                    setattr(message, field.name, value)


def scalar(field: FieldDescriptor, number: int) -> object:
    if field.name in CHECKED:
        return CHECKED[field.name]
    if field.type == FieldDescriptor.TYPE_STRING:
        return f"{field.name} {number} ü"
    if field.type == FieldDescriptor.TYPE_BYTES:
        length = 32 if field.name in DIGESTS else 16
        return bytes((number + i) % 256 for i in range(length))
    if field.type == FieldDescriptor.TYPE_ENUM:
        return max(value.number for value in field.enum_type.values)
    if field.type in (FieldDescriptor.TYPE_FLOAT, FieldDescriptor.TYPE_DOUBLE):
        return 0.5 + number % 8
    if field.type == FieldDescriptor.TYPE_BOOL:
        return True
    if field.type == FieldDescriptor.TYPE_SINT32:
        return -number
    return number * 1_000 if field.name != "seed" else (1 << 63) + number


def others() -> list[tuple[str, Message]]:
    """Messages with the fields that go alone."""
    submit = client.Submit(request=bytes(range(16)), prompt=common.Prompt(plain="Good day."))
    encoding, scoring = client.Submit(), client.Submit()
    encoding.CopyFrom(submit)
    encoding.encode_only = True
    encoding.no_special_tokens = True
    scoring.CopyFrom(submit)
    scoring.limits.no_reply = True
    scoring.scores.prompt = True
    messages: list[tuple[str, Message]] = [("SUBMIT", encoding), ("SUBMIT", scoring)]
    for kind in "CHUNK", "WORKER_CHUNK":
        chunk = KINDS[kind](request=bytes(range(16)), prompt_offset=64)
        chunk.prompt_scores.add(id=7, text=b"\xc3")
        fill(chunk.prompt_scores.add(), 3)
        messages.append((kind, chunk))
    adapters = client.Adapters(request=bytes(range(16)), revision=7)
    adapters.adapters.add(name="formal", digest=bytes(range(32)), generation=3, previous=[1, 2])
    messages.append(("ADAPTERS", adapters))
    for kind in "EDITION", "EDITION_HELD":
        messages.append((kind, KINDS[kind](edition=bytes(range(32)), offer=1 << 40)))
    return messages


def main() -> None:
    blocks = []
    messages = []
    for kind, make in KINDS.items():
        message = make()
        fill(message, 1)
        messages.append((kind, message))
    for kind, message in messages + others():
        body = message.SerializeToString(deterministic=True)
        text = text_format.MessageToString(message, as_utf8=True).strip()
        blocks.append(f"{kind} 0x{body.hex()}\n{text}\n")
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "messages.txt").write_text("\n".join(blocks), encoding="utf-8")


if __name__ == "__main__":
    main()
