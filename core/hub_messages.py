"""How the hub and the site's processes talk over their Unix socket: two lengths, a header in JSON, bytes."""

import json
import struct
from collections.abc import Iterator
from typing import Any

LENGTHS = struct.Struct("!II")
MOST = 64 * 1024 * 1024


def pack(header: dict[str, Any], body: bytes = b"") -> bytes:
    head = json.dumps(header, separators=(",", ":")).encode()
    return LENGTHS.pack(len(head), len(body)) + head + body


class Inbox:
    """Bytes as they come in, messages as they are whole."""

    def __init__(self) -> None:
        self.bytes = bytearray()

    def feed(self, data: bytes) -> Iterator[tuple[dict[str, Any], bytes]]:
        """Raises ValueError for what is no message."""
        self.bytes += data
        start = 0
        try:
            while len(self.bytes) - start >= LENGTHS.size:
                head, body = LENGTHS.unpack_from(self.bytes, start)
                if head + body > MOST:
                    raise ValueError("a message of impossible length")
                end = start + LENGTHS.size + head + body
                if len(self.bytes) < end:
                    break
                middle = start + LENGTHS.size + head
                header = json.loads(self.bytes[start + LENGTHS.size : middle])
                content = bytes(self.bytes[middle:end])
                start = end
                yield header, content
        finally:
            del self.bytes[:start]
