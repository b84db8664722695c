"""Bullet comments as files: written as the XML that bilibili's tools read and as ASS subtitles, and read from that XML.
Nobody's number leaves the site: an author is a keyed hash that is another one in each event."""

import hashlib
import hmac
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from peewee import ModelSelect

from blueprints.circles.rooms import Eyes, eyes
from blueprints.live import acts, bullets
from blueprints.live.commenting import line_of, queue_up
from blueprints.live.halls import Hall, hall
from core import clock
from core.config import secret
from core.db import Prepared, atomic
from core.errors import Conflict, Invalid
from core.limits import LIMITS
from core.policy import Actor, require
from models import LiveComment, LiveEvent

WHITE = 0xFFFFFF
SIZE = 25
MODES_OUT = (1, 5, 4)
"""What bilibili calls scroll, top and bottom."""

MODES_IN = {1: 0, 2: 0, 3: 0, 6: 0, 4: 2, 5: 1}
"""Further ones move by programs of their own and are left out."""

PAGE, BATCH = 1000, 500
LONGEST_MS = 7 * clock.DAY
MOST_TEXT = 2000


# ---- out ----------------------------------------------------------------------------------------------------


def _build_page(looking: Eyes, me: int, event: int, since: int, after: int, limit: int) -> ModelSelect:
    later = (LiveComment.offset_ms > since) | ((LiveComment.offset_ms == since) & (LiveComment.id > after))
    query = bullets.columns().where(LiveComment.event == event, LiveComment.offset_ms >= since, later)
    return looking.gated(query, me).order_by(LiveComment.offset_ms, LiveComment.id).limit(limit)


_pages = Prepared(_build_page)


def taken_along(actor: Actor, event: int) -> tuple[Hall, Iterator[bullets.Bullet]]:
    """All that shows, in the order of time, read page by page while it is written out. Raises Gone, SignInNeeded,
    Denied."""
    here = hall(actor, event)
    require(actor, "live:export", here)
    return here, _all(actor, here)


def _all(actor: Actor, here: Hall) -> Iterator[bullets.Bullet]:
    since, after = -LONGEST_MS * 100, 0
    while True:
        rows = _pages.rows(
            eyes(actor), me=actor.member_id or 0, event=here.id, since=since, after=after, limit=PAGE
        )
        page = [bullets.made(row) for row in rows]
        yield from page
        if len(page) < PAGE:
            return
        since, after = page[-1].offset_ms, page[-1].id


@lru_cache(maxsize=4096)
def _hash(event: int, who: str) -> str:
    return hmac.new(secret("live-exchange"), f"{event} {who}".encode(), "sha256").hexdigest()[:8]


def hash_of(event: int, row: bullets.Bullet) -> str:
    """Who said it, told apart from others within this event only."""
    return _hash(event, f"m{row.author}" if row.author else f"n{row.name}")


def as_xml(here: Hall, rows: Iterator[bullets.Bullet]) -> Iterator[str]:
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n<i><chatserver>quanzi</chatserver>'
        f"<chatid>{here.id}</chatid><mission>0</mission><maxlimit>{LIMITS['live_import']}</maxlimit><state>0</state>"
        "<real_name>0</real_name><source>k-v</source>\n"
    )
    for row in rows:
        facts = (
            f"{row.offset_ms / 1000:.3f}", MODES_OUT[row.mode], SIZE, WHITE if row.colour is None else row.colour,
            row.at // 1000, 0, hash_of(here.id, row), row.id,
        )  # fmt: skip
        yield f"<d p={quoteattr(','.join(map(str, facts)))}>{escape(row.body)}</d>\n"
    yield "</i>\n"


# ---- in -----------------------------------------------------------------------------------------------------


class Read(NamedTuple):
    """One comment of a file. `key` knows it again; `row` is the number it had where it was written out."""

    offset_ms: int
    mode: int
    colour: int | None
    at: int
    name: str
    body: str
    key: str
    row: int


@dataclass(frozen=True)
class TakenIn:
    """`there`: so many were there already. `left_out`: without words, or of kinds that are not shown."""

    added: int
    there: int
    left_out: int


class _Reader:
    """An XML file's `<d>` elements, by expat with everything off that could reach beyond the file."""

    def __init__(self) -> None:
        self.found: list[Read] = []
        self.left_out = 0
        self._attributes: dict[str, str] | None = None
        self._said: list[str] = []

    def read(self, raw: bytes) -> None:
        """Raises Invalid."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._text
        for name in ("StartDoctypeDecl", "EntityDecl", "UnparsedEntityDecl", "ExternalEntityRef", "NotationDecl"):
            setattr(parser, f"{name}Handler", self._refuse)
        try:
            parser.Parse(_without_control(raw), True)
        except (expat.ExpatError, ValueError, LookupError):
            raise Invalid("live_file_kind", field="file") from None

    def _refuse(self, *_facts: Any) -> None:
        raise Invalid("live_file_entities", field="file")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._attributes, self._said = (attributes if name == "d" else None), []

    def _text(self, text: str) -> None:
        if self._attributes is not None and len(self._said) < MOST_TEXT:
            self._said.append(text[:MOST_TEXT])

    def _end(self, name: str) -> None:
        if name != "d" or self._attributes is None:
            return
        row = _row(self._attributes, "".join(self._said)[:MOST_TEXT])
        self._attributes = None
        if row is None:
            self.left_out += 1
        elif len(self.found) >= LIMITS["live_import"]:
            raise Invalid("live_file_many", field="file", most=LIMITS["live_import"])
        else:
            self.found.append(row)


_UNSEEN = bytes(range(9)) + b"\x0b\x0c" + bytes(range(14, 32))
_BLANKS = bytes.maketrans(_UNSEEN, b" " * len(_UNSEEN))


def _without_control(raw: bytes) -> bytes:
    """Some tools write what XML forbids; in UTF-16 the same bytes are halves of letters."""
    return raw if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else raw.translate(_BLANKS)


def _row(attributes: dict[str, str], said: str) -> Read | None:
    """None for what cannot be shown."""
    facts = attributes.get("p", "").split(",")
    body = line_of(said)[: LIMITS["live_comment"]].strip()
    try:
        seconds, mode, colour = float(facts[0]), MODES_IN[int(facts[1])], int(facts[3])
        at = int(facts[4]) if len(facts) > 4 and facts[4] else 0
    except (ValueError, IndexError, KeyError):
        return None
    if not body or not math.isfinite(seconds) or abs(seconds) * 1000 > LONGEST_MS:
        return None
    who = facts[6] if len(facts) > 6 else ""
    number = facts[7].strip() if len(facts) > 7 else ""
    digest = hashlib.sha256("\0".join([*facts[:8], body]).encode("utf-8", "replace")).hexdigest()
    return Read(
        round(seconds * 1000), mode, colour if 0 <= colour < WHITE else None, at * 1000 if 0 < at < 2**33 else 0,
        line_of(attributes.get("user", ""))[:40].strip() or f"#{line_of(who)[:8]}", body, f"xml:{digest[:48]}",
        int(number) if number.isascii() and number.isdecimal() and len(number) < 18 else 0,
    )  # fmt: skip


def read_xml(raw: bytes) -> tuple[list[Read], int]:
    """The comments of a file, each once and in the order of time, and how many were left out. Raises Invalid."""
    if len(raw) > LIMITS["live_import_bytes"]:
        raise Invalid("live_file_large", field="file", most=LIMITS["live_import_bytes"] // 1024**2)
    reader = _Reader()
    reader.read(raw)
    if not reader.found and not reader.left_out:
        raise Invalid("live_file_empty", field="file")
    each_once = {row.key: row for row in reader.found}
    return sorted(each_once.values(), key=lambda row: row.offset_ms), reader.left_out


def take_in(actor: Actor, event: int, raw: bytes) -> TakenIn:
    """Add a file's comments to an event that is over; the same file again adds nothing, also when it was cut off
    before. Raises Gone, Denied, Conflict, Invalid."""
    _hosted(actor, event)
    rows, left_out = read_xml(raw)
    added = sum(_add(actor, event, rows[at : at + BATCH], noted=bool(at)) for at in range(0, len(rows), BATCH))
    return TakenIn(added, len(rows) - added, left_out)


def _add(actor: Actor, event: int, batch: list[Read], *, noted: bool) -> int:
    """One transaction, so that other writers come between."""
    with atomic():
        queue_up(event)
        here = _hosted(actor, event)
        fresh = _unknown(here, batch)
        if fresh:
            LiveComment.insert_many([_columns(here, row) for row in fresh]).execute()
            LiveEvent.update(comment_count=LiveEvent.comment_count + len(fresh)).where(LiveEvent.id == event).execute()
        if not noted:
            acts.note(event, actor, "take_in")
        return len(fresh)


def _hosted(actor: Actor, event: int) -> Hall:
    here = hall(actor, event)
    require(actor, "live:host", here)
    if here.state != "over":
        raise Conflict("live_not_over")
    return here


def _unknown(here: Hall, batch: list[Read]) -> list[Read]:
    """Those that were not taken in before, and were not written out here."""
    mine = LiveComment.event == here.id
    known = LiveComment.select(LiveComment.key).where(
        mine, LiveComment.offset_ms.between(batch[0].offset_ms, batch[-1].offset_ms),
        LiveComment.key.in_([row.key for row in batch]),
    )  # fmt: skip
    keys = {key for (key,) in known.tuples()}
    numbers = [row.row for row in batch if row.row]
    own = LiveComment.select(LiveComment.id, LiveComment.body, LiveComment.offset_ms)
    said = set(own.where(mine, LiveComment.id.in_(numbers)).tuples()) if numbers else set()
    return [row for row in batch if row.key not in keys and (row.row, row.body, row.offset_ms) not in said]


def _columns(here: Hall, row: Read) -> dict[str, Any]:
    begin = here.started_at or here.starts_at
    return {
        "event": here.id, "author": None, "key": row.key, "name": row.name, "colour": row.colour, "body": row.body,
        "mode": row.mode, "offset_ms": row.offset_ms, "at": row.at or max(0, begin + row.offset_ms),
    }  # fmt: skip
