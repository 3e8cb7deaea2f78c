"""Reads streams to their ends side by side, in one process as `fusebox ask --jsonl` does; bodies are lines of standard input.

    python stream_reader.py HOST PORT < BODIES
"""

import selectors
import socket
import sys

host, port = sys.argv[1], int(sys.argv[2])
with selectors.DefaultSelector() as selector:
    for line in sys.stdin.buffer.read().splitlines():
        connection = socket.create_connection((host, port))
        connection.sendall(
            b"POST /v1/chat/completions HTTP/1.1\r\nHost: %s:%d\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
            % (host.encode(), port, len(line), line))
        selector.register(connection, selectors.EVENT_READ, bytearray())
    while selector.get_map():
        for key, _ in selector.select():
            received = key.fileobj.recv(65536)
            if not received:
                sys.exit("a stream ended before its [DONE]")
            # The end may be cut in two.
            key.data[:-16] = b""
            key.data.extend(received)
            if b"data: [DONE]" in key.data:
                selector.unregister(key.fileobj)
                key.fileobj.close()
