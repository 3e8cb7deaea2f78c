#!/usr/bin/env python3
"""Writes the pages of Docs/reference from the product.

    Docs/generate.py [--check] BINARY [GATEWAY]

With --check nothing is written, and what is out of date is named. A service with the demo's base runs meanwhile.
"""

import argparse
import contextlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[1]
# What the gateway answers where a code is why a request has no reply.
STATUS = {
    "INVALID_ARGUMENT": 400, "NOT_FOUND": 404, "ALREADY_EXISTS": 400, "RESOURCE_EXHAUSTED": 429, "CONTEXT_OVERFLOW": 400,
    "DEADLINE_EXCEEDED": 504, "UNAVAILABLE": 503, "UNSUPPORTED_VERSION": 500, "INTERNAL": 500, "SLOW_CONSUMER": 500}
# Help says the default endpoint, which depends on the user.
ENVIRONMENT = os.environ | {"XDG_RUNTIME_DIR": "/run/user/1000", "COLUMNS": "80"}


def output(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, env=ENVIRONMENT, check=False)
    return (done.stdout + done.stderr).strip()


def commands(binary, gateway):
    """The help of every command."""
    sections = []

    def visit(path):
        text = output(binary, *path, "--help")
        sections.append(f"## {' '.join(['fusebox', *path])}\n\n```text\n{text}\n```\n")
        if found := re.search(r"^SUBCOMMANDS:\n(.*?)(?:\n\n|\Z)", text, re.MULTILINE | re.DOTALL):
            for name in re.findall(r"^  (\S+)", found[1], re.MULTILINE):
                visit([*path, name])

    visit([])
    sections.append(f"## fusebox-http\n\n`fusebox serve --http` starts it.\n\n```text\n{output(gateway, '--help')}\n```\n")
    return "# Commands\n\n" + "\n".join(sections)


def configuration(binary):
    """Keys, from the refusal of one that is not known; their kinds, from the refusal of a list."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "serve.json"

        def refusal(key):
            file.write_text(json.dumps({key: []}))
            return output(binary, "serve", "--config", file)

        known = re.search(r"known are (.+)", refusal("not-a-key"))[1].split(", ")
        kinds = {key: re.search(r"must be (.+)", refusal(key)) for key in known}
    text = re.sub(r"\n {10,}", " ", output(binary, "serve", "--help"))
    helps = dict(re.findall(r"^  --([\w-]+)(?: \[?<\S+)? +(.+)$", text, re.MULTILINE))
    rows = [f"| `{key}` | {kinds[key][1] if kinds[key] else 'a text'} | {helps[key]} |\n" for key in known]
    return (
        "# Configuration\n\n`fusebox serve --config FILE` reads one JSON object. Its keys are the long names of the flags, and flags win over"
        " them; a key that is not known is refused.\n\n| key | value | what it is |\n|---|---|---|\n" + "".join(rows))


def kind(schema):
    """A schema in a word or two."""
    if "$ref" in schema:
        return schema["$ref"].rpartition("/")[2]
    if "const" in schema:
        return json.dumps(schema["const"])
    if "enum" in schema:
        return ", ".join(json.dumps(value) for value in schema["enum"])
    for word in ("oneOf", "anyOf"):
        if word in schema:
            return " or ".join(kind(choice) for choice in schema[word])
    name = schema.get("type", "anything")
    name = " or ".join(name) if isinstance(name, list) else name
    return f"array of {kind(schema['items'])}" if name == "array" and "items" in schema else name


def bounds(schema):
    low, high = (schema.get(key) for key in ("minimum", "maximum"))
    if low is not None and high is not None:
        return f"{low} to {high}"
    return f"at least {low}" if low is not None else f"at most {high}" if high is not None else ""


def http(document):
    """Endpoints, then the members of every schema."""
    lines = ["# HTTP\n\n", document["info"]["description"], "\n\n| endpoint | what it does | body | reply |\n|---|---|---|---|\n"]

    def content(part):
        media = part.get("content", {})
        return ", ".join(kind(value.get("schema", {})) if "schema" in value else name for name, value in media.items())

    for path, methods in document["paths"].items():
        for method, what in methods.items():
            if method != "parameters":
                lines.append(f"| `{method.upper()} {path}` | {what['summary']} | {content(what.get('requestBody', {}))} "
                             f"| {content(what['responses'].get('200', {}))} |\n")
    for name, schema in sorted(document["components"]["schemas"].items()):
        lines.append(f"\n## {name}\n\n" + (schema["description"] + "\n\n" if "description" in schema else ""))
        needed = schema.get("required", ())
        if "properties" not in schema:
            lines.append(f"{kind(schema)}\n")
            continue
        lines.append("| member | type | bounds | what it is |\n|---|---|---|---|\n")
        for member, value in schema["properties"].items():
            mark = " (required)" if member in needed else ""
            lines.append(f"| `{member}`{mark} | {kind(value)} | {bounds(value)} | {value.get('description', '')} |\n")
    return "".join(lines)


def metrics(text):
    """Every metric that a gateway tells after a reply and a refusal."""
    rows = []
    for name, about, form in re.findall(r"^# HELP (\S+) (.+)\n# TYPE \S+ (\S+)$", text, re.MULTILINE):
        labels = re.search(rf"^{name}(?:_bucket)?\{{(.+)\}} ", text, re.MULTILINE)
        names = [f"`{label}`" for label in re.findall(r'(\w+)="', labels[1]) if label != "le"] if labels else []
        rows.append(f"| `{name}` | {form} | {', '.join(names)} | {about} |\n")
    return (
        "# Metrics\n\n`GET /metrics` of the gateway, in Prometheus' text format. Those with a label appear with their first value.\n\n"
        "| metric | type | labels | what it is |\n|---|---|---|---|\n" + "".join(rows))


def errors():
    """The wire's codes, from its definition."""
    text = (ROOT / "Protos/fusebox/v1/common.proto").read_text()
    body = re.search(r"^enum Code \{\n(.*?)^\}", text, re.MULTILINE | re.DOTALL)[1]
    rows = [f"| {number} | `{name}` | `{name.lower()}` | {STATUS[name]} | {about} |\n"
            for name, number, about in re.findall(r"CODE_(\w+) = ([1-9]\d*);(?: *// (.+))?", body)]
    return (
        "# Errors\n\nA failure on the wire has a code; over HTTP the code is in small letters in `error.code`, with a status. The gateway's own are"
        " `unauthorized` (401), `forbidden` (403: a page of another site, or changes that are not allowed), `method_not_allowed` (405),"
        " `request_timeout` (408), `too_large` (413), `unsupported_media_type` (415), `diverged` (500: a reply that went on differently),"
        " `unreachable` (503: the service does not answer) and `cancelled` (503).\n\n"
        "| number | on the wire | over HTTP | status | when |\n|---|---|---|---|---|\n" + "".join(rows))


@contextlib.contextmanager
def process(log, pattern, *command):
    """A program that runs meanwhile, and what it printed once it was ready."""
    with open(log, "wb") as file, subprocess.Popen([str(part) for part in command], stdout=file, stderr=file, cwd=ROOT) as running:
        try:
            deadline = time.monotonic() + 60
            while not (found := re.search(pattern, log.read_text())):
                if running.poll() is not None or time.monotonic() > deadline:
                    sys.exit(f"{command[0]} does not start: {log.read_text()}")
                time.sleep(0.1)
            yield found
        finally:
            running.terminate()


def ask(url, body=None):
    """A reply's body, whatever its status."""
    request = urllib.request.Request(url, body and json.dumps(body).encode(), {"content-type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=60) as reply:
            return reply.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.read().decode()


def served(binary, gateway):
    """`/openapi.json`, and `/metrics` after a reply and a refusal."""
    with tempfile.TemporaryDirectory() as name:
        folder, endpoint = pathlib.Path(name), f"ipc://{name}/front.sock"
        with process(folder / "front.log", "serving at", binary, "serve", "--bind", endpoint, "--workers", 1, "--no-image"), \
                process(folder / "http.log", r"serving at (\S+)", gateway, "--connect", endpoint, "--address", "127.0.0.1:0") as found:
            chat = {"model": "auto", "messages": [{"role": "user", "content": "Past tense: Sara opens the door."}]}
            ask(found[1] + "/v1/chat/completions", chat)
            ask(found[1] + "/v1/chat/completions", chat | {"tools": [{}]})
            time.sleep(1.5)  # The service's own figures are taken once a second.
            return json.loads(ask(found[1] + "/openapi.json")), ask(found[1] + "/metrics")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true")
    parser.add_argument("binary", type=pathlib.Path)
    parser.add_argument("gateway", type=pathlib.Path, nargs="?", default=ROOT / "Gateway/.build/release/fusebox-http")
    arguments = parser.parse_args()
    binary, gateway = (path.resolve(strict=True) for path in (arguments.binary, arguments.gateway))
    document, exposition = served(binary, gateway)
    pages = {"commands": commands(binary, gateway), "configuration": configuration(binary), "http": http(document),
             "metrics": metrics(exposition), "errors": errors()}
    note = "\n<!-- Made by Docs/generate.py from the product; `make docs` makes it again. -->\n"
    stale = []
    for name, text in pages.items():
        path = ROOT / f"Docs/reference/{name}.md"
        text = text.rstrip() + "\n" + note
        if not path.exists() or path.read_text() != text:
            stale.append(str(path.relative_to(ROOT)))
            if not arguments.check:
                path.write_text(text)
    if arguments.check and stale:
        sys.exit(f"out of date: {', '.join(stale)}; `make docs` makes them again")


if __name__ == "__main__":
    main()
