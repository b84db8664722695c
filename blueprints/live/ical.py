"""An event as an iCalendar file (RFC 5545): times in UTC, lines of at most 75 octets that end in CRLF, text escaped.
The UID stays the same and SEQUENCE rises with each change, so a calendar that reads the file again moves what it has.
"""

import re
from datetime import UTC, datetime

from blueprints.live.halls import Hall
from core import clock

LONGEST_LINE = 75
"""Octets, without the line break."""

ALARM = "-PT15M"
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def calendar(here: Hall, *, host: str, address: str, about: str = "") -> str:
    """`host` makes the UID the site's own, `address` leads to the event's page, `about` is plain text."""
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Quanzi//Live//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:live-{here.id}@{host}",
        f"SEQUENCE:{here.revision}",
        f"DTSTAMP:{moment(clock.now())}",
        f"DTSTART:{moment(here.starts_at)}",
        *([f"DTEND:{moment(here.ends_at)}"] if here.ends_at is not None else []),
        f"SUMMARY:{escaped(here.title)}",
        *([f"DESCRIPTION:{escaped(about)}"] if about else []),
        *([f"CATEGORIES:{escaped(here.circle_name)}"] if here.circle_name else []),
        f"URL:{address}",
        f"STATUS:{'CANCELLED' if here.state == 'cancelled' else 'CONFIRMED'}",
        *_alarm(here),
        "END:VEVENT", "END:VCALENDAR",
    ]  # fmt: skip
    return "".join(f"{folded(line)}\r\n" for line in lines)


def _alarm(here: Hall) -> list[str]:
    if here.state != "upcoming":
        return []
    said = f"DESCRIPTION:{escaped(here.title)}"
    return ["BEGIN:VALARM", "ACTION:DISPLAY", said, f"TRIGGER:{ALARM}", "END:VALARM"]


def moment(ms: int) -> str:
    return datetime.fromtimestamp(ms // 1000, UTC).strftime("%Y%m%dT%H%M%SZ")


def escaped(text: str) -> str:
    """A TEXT value. Line breaks of any kind become `\\n`; what steers a terminal is left out."""
    whole = _CONTROLS.sub("", "\n".join(text.splitlines()))
    for letter in ("\\", ";", ","):
        whole = whole.replace(letter, f"\\{letter}")
    return whole.replace("\n", "\\n")


def folded(line: str) -> str:
    """The line in pieces, each after the first begun with a blank; never inside of a letter."""
    pieces, room = [""], LONGEST_LINE
    for letter in line:
        size = len(letter.encode())
        if size > room:
            pieces.append("")
            room = LONGEST_LINE - 1
        pieces[-1] += letter
        room -= size
    return "\r\n ".join(pieces)
