"""The seam for live updates. A page says where its changes are read from and which position it shows; for now the
browser asks again and again and is told 204 while nothing changed. What replaces the asking changes only this file and
the `live` macro (templates/components/live.html).
"""

from flask import request


def position() -> int:
    """The position that the page shows, sent back by the page; 0 when it makes no sense."""
    text = request.values.get("since", "")
    return int(text) if text.isdecimal() and len(text) < 19 else 0
