"""Asks what it reads, with whatever version of the client library it is run with.

Reads a JSON document {"endpoint", "questions": [{"prompt", "options"}]} from standard input and prints the token ids of
the replies. Uses nothing that the first release's library did not have.
"""

from __future__ import annotations

import json
import sys

from fusebox_client import Client


def main() -> None:
    document = json.load(sys.stdin)
    with Client(document["endpoint"]) as client:
        replies = [
            client.submit(question["prompt"], select="base", **question["options"])
            for question in document["questions"]
        ]
        print(json.dumps([reply.result().ids for reply in replies]))


if __name__ == "__main__":
    main()
