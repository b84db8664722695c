"""Live updates: which channels there are, who may watch them, what their rows look like; the address `/stream`.

A blueprint declares a channel in its `streams.py`. A page names the channels it shows with the position of each
(macro `watch`), opens one stream for all of them, and gets every later row once and in order. What is sent is rendered
once for all who read a language, so it shows nothing that is one reader's own.
"""

from collections.abc import Callable, Iterable, Iterator
from contextvars import copy_context
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flask import Flask, g, has_request_context, request
from werkzeug.test import create_environ

from core import db, guard, i18n, stream_log, wire
from core.config import current
from core.errors import Gone
from core.limits import LIMITS
from core.policy import Actor
from core.stream_frames import EVERYBODY, Frame, ready, stale, touched
from core.stream_log import GUESTS, REVOKED, Row

MOST_CHANNELS = 12
RECENT_MS = 60_000
"""What was revoked longer ago is of no concern to a hub that has just begun."""

Frames = Callable[[int, list[Row]], dict[int, Frame]]


@dataclass(frozen=True)
class Watch:
    """What a viewer's right hangs on: tags by which it can be revoked (`c3`, `e7`), and the members whose frames this
    one does not get."""

    tags: tuple[str, ...] = ()
    hides: tuple[int, ...] = ()


@dataclass(frozen=True)
class Channel:
    kind: str
    watch: Callable[[Actor, int], Watch]
    frames: Frames | None
    changed: Callable[[Actor, int, int], bool] | None
    same_for_all: frozenset[str]


_channels: dict[str, Channel] = {}


def declare(
    kind: str,
    *,
    watch: Callable[[Actor, int], Watch],
    frames: Frames | None = None,
    changed: Callable[[Actor, int, int], bool] | None = None,
    same_for_all: Iterable[str] = (),
) -> None:
    """Offer the channels `<kind>-<number>`. `watch(actor, number)` says by what right, or raises Gone.

    A log names `frames(number, rows) -> {seq: Frame}`; rows that show nothing are left out. Rows of the kinds in
    `same_for_all` say the same in every language and are rendered once. A channel without rows names
    `changed(actor, number, since)` instead: whether the page's position is behind; it is rung by `stream_log.touch`."""
    if kind in _channels and _channels[kind].watch is not watch:
        raise ValueError(f"channel {kind} is declared twice")
    if (frames is None) == (changed is None):
        raise ValueError(f"channel {kind} has either rows or a way to ask whether something changed")
    _channels[kind] = Channel(kind, watch, frames, changed, frozenset(same_for_all))


def declared() -> list[str]:
    return sorted(_channels)


def _channel(name: str) -> tuple[Channel, int]:
    """Raises Gone."""
    kind, _, number = name.rpartition("-")
    channel = _channels.get(kind)
    if channel is None or not number.isdecimal() or len(number) > 18 or str(int(number)) != number:
        raise Gone  # also for a second name of the same channel: each would be kept and counted by itself
    return channel, int(number)


# ---- sending ------------------------------------------------------------------------------------------------

_wire: wire.Wire | None = None
_app: Flask | None = None


def init_app(app: Flask) -> None:
    global _wire, _app
    _app = app
    path = current().hub
    _wire = wire.Wire(Path(path), _answer) if path else None
    stream_log.rings(_publish, _cut)


def hub() -> wire.Wire | None:
    """The way to the hub; None where there is none."""
    return _wire


def open_wire() -> None:
    """For a process that is there all the time, so that the hub has somebody to ask."""
    if _wire is not None:
        _wire.open()


def pulse(channel: str, **numbers: int) -> None:
    """Send numbers that are summed over a moment and not kept, such as reactions: `pulse("live-7", heart=3)`."""
    if _wire is not None:
        _wire.send({"t": "pulse", "c": channel, "n": numbers})


def _publish(name: str, rows: list[Row]) -> None:
    if _wire is None or _app is None:
        return
    if not rows:
        _wire.send({"t": "touch", "c": name})
        return
    for row, texts, by in _rendered(name, rows):
        header = {"t": "row", "c": name, "s": row.seq, "by": by,
                  "sizes": [(language, len(text)) for language, text in texts.items()]}  # fmt: skip
        _wire.send(header, b"".join(texts.values()))


def _cut(seq: int, tags: str) -> None:
    if _wire is not None:
        _wire.send({"t": "cut", "s": seq, "tags": tags})


def _rendered(name: str, rows: list[Row]) -> Iterator[tuple[Row, dict[str, bytes], str]]:
    """Each row with its bytes by language; with none when it shows nothing."""
    channel, number = _channel(name)
    if channel.frames is None:
        return
    neutral = [row for row in rows if row.kind in channel.same_for_all]
    worded = [row for row in rows if row.kind not in channel.same_for_all]
    found: dict[str, dict[int, Frame]] = {}
    if neutral:
        found[EVERYBODY] = _for_everybody(channel.frames, number, neutral)
    if worded:
        found |= {language: _in_language(channel.frames, number, worded, language) for language in i18n.LANGUAGES}
    for row in rows:
        made = {language: frames[row.seq] for language, frames in found.items() if row.seq in frames}
        by = next((frame.by for frame in made.values()), "")
        yield row, {language: ready(name, row.seq, frame) for language, frame in made.items()}, by


_NOWHERE = create_environ("/")


def _for_everybody(frames: Frames, number: int, rows: list[Row]) -> dict[int, Frame]:
    """What says the same in every language comes most often, so it is made right here where that is possible."""
    if not has_request_context():
        return _in_language(frames, number, rows, "")
    with guard.tokens_left_open():
        return _without_token(frames(number, rows))


def _without_token(frames: dict[int, Frame]) -> dict[int, Frame]:
    """Nobody's token goes over a stream: pages send theirs with a header."""
    return {seq: replace(frame, html=str(frame.html).replace(guard.TOKEN_HOLE, "")) for seq, frame in frames.items()}


def _in_language(frames: Frames, number: int, rows: list[Row], language: str) -> dict[int, Frame]:
    """Made in the request of a guest who is nobody, so that nothing of whoever wrote can get in."""

    def make() -> dict[int, Frame]:
        if _app is None:
            raise RuntimeError("create_app() has not run")
        with _app.app_context(), _app.request_context(dict(_NOWHERE)):
            g.inside_another = True
            with guard.tokens_left_open(), i18n.as_read_by(language, ""):
                return _without_token(frames(number, rows))

    return copy_context().run(make)


# ---- what the hub asks --------------------------------------------------------------------------------------


def _answer(question: dict[str, Any]) -> None:
    """In the thread of the wire. Rows that did not reach the hub are sent again, and recent revocations."""
    if _app is None:
        return
    try:
        with _app.app_context():
            if question["t"] == "fill":
                _publish(question["c"], stream_log.rows(question["c"], question["after"]))
            elif question["t"] == "tick":
                _catch_up(question)
    finally:
        db.release()


def _catch_up(question: dict[str, Any]) -> None:
    known: dict[str, int] = question["at"]
    now = stream_log.positions(list(known)) if known else {}
    for name, seq in known.items():
        if now.get(name, 0) > seq:
            _publish(name, stream_log.rows(name, seq))
    upto = stream_log.position(REVOKED)  # first: what comes after it is asked for the next time
    if _wire is not None and upto > question["cuts"]:
        young = stream_log.REVOKED_KEPT_MS if question["cuts"] else RECENT_MS
        cuts = stream_log.revocations(question["cuts"], younger_than_ms=young)
        _wire.send({"t": "cuts", "upto": upto, "cuts": cuts})
    for name, (viewers, peak, seconds) in question.get("counts", {}).items():
        stream_log.tally(name, question["hub"], viewers, peak, seconds)


def position() -> int:
    """The position that a page sends back to ask what has changed since; 0 when it makes no sense."""
    text = request.values.get("since", "")
    return int(text) if text.isdecimal() and len(text) < 19 else 0


# ---- opening a stream ---------------------------------------------------------------------------------------


@dataclass
class Opening:
    """A stream that is allowed, with what it begins with."""

    places: dict[str, int]
    logs: list[str]
    language: str
    tags: list[str]
    hides: frozenset[str]
    as_of: int
    most: int
    first: bytes


def asked_for(text: str) -> dict[str, int]:
    """`live-7:41,circle-3:5` as positions by channel. Raises Gone for what is no such list."""
    places: dict[str, int] = {}
    for part in text.split(",")[: MOST_CHANNELS + 1]:
        name, _, position = part.partition(":")
        if not position.isdecimal() or len(position) > 18:
            raise Gone
        places[name] = int(position)
    if len(places) > MOST_CHANNELS:
        raise Gone
    return places


def open_stream(actor: Actor, session_id: int | None, places: dict[str, int]) -> Opening:
    """Ask every channel for leave, and gather what the page has missed. Raises Gone when one says no."""
    as_of = stream_log.position(REVOKED)  # before the rights are asked: what is revoked meanwhile is found by the hub
    owner = f"m{actor.member_id}" if actor.signed_in else f"a{guard.network()}"
    most = LIMITS["streams_per_member"] if actor.signed_in else LIMITS["streams_per_address"]
    tags, hides = [owner] if actor.signed_in else [owner, GUESTS], set[int]()
    if session_id is not None:
        tags.append(f"s{session_id}")
    for name in places:
        channel, number = _channel(name)
        watch = channel.watch(actor, number)
        tags += watch.tags
        hides.update(watch.hides)
    skips = frozenset(f"m{member}" for member in hides)
    opening = Opening(dict(places), [], i18n.locale_code(), tags, skips, as_of, most, b"")
    opening.first = b"".join(_missed(actor, opening, name) for name in places)
    return opening


def news(actor: Actor, opening: Opening) -> bytes:
    """What came since this was asked last: for a stream that is not the hub's. Raises Gone."""
    for name in opening.places:
        channel, number = _channel(name)
        channel.watch(actor, number)
    return b"".join(_missed(actor, opening, name) for name in opening.logs)


def _missed(actor: Actor, opening: Opening, name: str) -> bytes:
    """What came since the page's position in this channel; moves the position."""
    channel, number = _channel(name)
    since = opening.places[name]
    if channel.changed is not None:
        opening.places[name] = 0
        return touched(name) if channel.changed(actor, number, since) else b""
    if name not in opening.logs:
        opening.logs.append(name)
    now = stream_log.position(name)
    if now == since:
        return b""
    opening.places[name] = now
    rows = stream_log.rows(name, since, LIMITS["stream_rows"]) if since < now else []
    if not rows or rows[0].seq != since + 1 or rows[-1].seq < now:  # swept away, too many, or of another life
        return stale(name, now)
    opening.places[name] = rows[-1].seq
    return b"".join(
        texts.get(opening.language) or texts.get(EVERYBODY, b"")
        for _, texts, by in _rendered(name, rows)
        if by not in opening.hides
    )
