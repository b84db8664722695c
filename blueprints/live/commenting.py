"""Writing bullet comments. Many write at once while thousands read, so here every query counts: all are prepared, what
the author wrote lately is read once for rate, slow mode, repeats and what was sent twice, and one transaction holds
nothing that could be done before it.
"""

import re
from dataclasses import dataclass
from typing import Any, NamedTuple

from blueprints.live import backstage
from blueprints.live.bullets import Bullet, expect
from blueprints.live.emoji import only_emoji
from blueprints.live.events import BulletWritten
from blueprints.live.halls import Hall, hall
from core import clock, likeness, stream_log
from core.db import Prepared, atomic, is_postgres
from core.errors import Conflict, Denied, Gone, Invalid, TooMany
from core.limits import LIMITS, RATES
from core.plain import clean_line
from core.policy import Actor, require
from core.signals import announce
from models import LiveComment, LiveWord, database

MODES = ("scroll", "top", "bottom")
"""What `LiveComment.mode` counts."""

REPEAT_MS = 30 * clock.SECOND
ALIKE_MS, MOST_ALIKE, LATEST = 10 * clock.SECOND, 3, 60
"""Where repeats are kept out: nobody says the same twice within the first, and among the latest comments within the
second it is said so often at most."""

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class Face(NamedTuple):
    """How an author looks in a list."""

    name: str
    avatar_key: str | None


@dataclass(frozen=True)
class Written:
    """What is kept of it. `is_new` is False for one that was sent again; `is_held` while it waits for its time."""

    id: int
    body: str
    mode: int
    role: int
    offset_ms: int
    at: int
    is_new: bool = True
    is_held: bool = False


class Own(NamedTuple):
    """One of the author's latest in this event."""

    id: int
    body: str
    mode: int
    role: int
    offset_ms: int
    at: int
    key: str
    shows_at: int | None


def line_of(text: str) -> str:
    """One line of what was typed, empty if it showed nothing; control characters are blanks."""
    return clean_line(_CONTROL.sub(" ", text))


def tidy(body: str) -> str:
    """One line without anything unseen. Raises Invalid."""
    most = LIMITS["live_comment"]
    text = body.strip()
    if len(text) > 20 * most:
        raise Invalid("live_comment_long", field="body", most=most)
    text = line_of(text)
    if not text:
        raise Invalid("live_comment_empty", field="body")
    if len(text) > most:
        raise Invalid("live_comment_long", field="body", most=most)
    return text


def write_bullet(
    actor: Actor, event: int, body: str, mode: str = "scroll", key: str = "", face: Face | None = None
) -> Written:
    """Comment on an event. With a `key` that is among the author's latest, that one is found and nothing is made. A
    `face` of the author saves looking it up. Raises Gone, SignInNeeded, Denied, Conflict, Invalid, TooMany."""
    text, how = tidy(body), _mode(mode)
    if len(key) > LIMITS["key"]:
        raise Invalid("key", field="key")
    with atomic():
        queue_up(event)
        here = hall(actor, event)
        before = [Own(*row) for row in _own.rows(event=event, me=actor.member_id or 0)]
        known = next((own for own in before if key and own.key == key), None)
        if known is not None:
            return Written(*known[:6], is_new=False, is_held=known.shows_at is not None)
        _check_open(actor, here)
        _check_pace(here, before, how)
        if not here.is_moderator:
            _check_words(here, before, text)
        return _write(actor, here, text, how, key, face)


def release(comment: int) -> bool:
    """Show one that was held; False when it is out already or was taken away. Inside or outside a transaction."""
    with atomic():
        row = LiveComment.get_or_none(LiveComment.id == comment)
        if row is None or row.shows_at is None or row.hidden_at is not None:
            return False
        queue_up(row.event_id)
        waits = (LiveComment.id == comment) & LiveComment.shows_at.is_null(False) & LiveComment.hidden_at.is_null()
        if not LiveComment.update(shows_at=None).where(waits).execute():
            return False
        _come_out(row.event_id, comment, row.author_id)
        return True


def _mode(mode: str) -> int:
    if mode not in MODES:
        raise Invalid("choice", field="mode")
    return MODES.index(mode)


def queue_up(event: int) -> None:
    """Where writers do not queue by themselves, those of one event do: what is asked below stays true to the commit."""
    if is_postgres():
        database.execute_sql("SELECT id FROM live_event WHERE id = %s FOR UPDATE", (event,))


# ---- what is asked ------------------------------------------------------------------------------------------


def _build_own(event: int, me: int) -> Any:
    query = LiveComment.select(
        LiveComment.id, LiveComment.body, LiveComment.mode, LiveComment.role, LiveComment.offset_ms, LiveComment.at,
        LiveComment.key, LiveComment.shows_at,
    )  # fmt: skip
    mine = (LiveComment.event == event) & (LiveComment.author == me)
    return query.where(mine).order_by(LiveComment.id.desc()).limit(RATES["live.comment"].hits)


def _build_words(event: int) -> Any:
    return LiveWord.select(LiveWord.key, LiveWord.word).where(LiveWord.event == event)


def _build_latest(event: int) -> Any:
    latest = LiveComment.select(LiveComment.body, LiveComment.at).where(LiveComment.event == event)
    return latest.order_by(LiveComment.id.desc()).limit(LATEST)


_own, _words, _latest = Prepared(_build_own), Prepared(_build_words), Prepared(_build_latest)


def _check_open(actor: Actor, here: Hall) -> None:
    """Raises Gone, Denied, Conflict."""
    if not here.is_let_in:
        raise Gone
    if here.state in ("over", "cancelled"):
        raise Conflict("live_over")
    if here.is_removed:
        raise Denied("live_removed")
    if here.is_muted:
        raise Denied("live_muted")
    require(actor, "live:comment", here)
    if here.is_moderator:
        return
    if here.closed_at is not None:
        raise Conflict("live_closed")
    if here.members_only and here.circle is not None and not here.is_circle_member:
        raise Denied("live_members_only" if here.circle_name else "live_members_comment", circle=here.circle_name)


def _check_pace(here: Hall, before: list[Own], mode: int) -> None:
    """Raises TooMany with the seconds to wait."""
    now = clock.now()
    rate, rare = RATES["live.comment"], RATES["live.comment_still"]
    if len(before) >= rate.hits:
        _wait("live_often", before[rate.hits - 1].at + rate.seconds * 1000 - now)
    if here.is_moderator:
        return
    if here.slow_seconds and before:
        _wait("live_slow", before[0].at + here.slow_seconds * 1000 - now)
    still = [own for own in before if own.mode]
    if mode and len(still) >= rare.hits:
        _wait("live_still_often", still[rare.hits - 1].at + rare.seconds * 1000 - now)


def _wait(code: str, ms: int) -> None:
    if ms > 0:
        raise TooMany(code, retry_after=-(-ms // 1000))


def _check_words(here: Hall, before: list[Own], text: str) -> None:
    """Raises Invalid."""
    if here.emoji_only and not only_emoji(text):
        raise Invalid("live_emoji_only", field="body")
    watched = dict(_words.rows(event=here.id))
    found = likeness.find(likeness.fold(text), watched) if watched else ()
    if found:
        raise Invalid("live_word", field="body", word=watched[found[0]])
    if not here.repeats:
        _check_repeats(here, before, text)


def _check_repeats(here: Hall, before: list[Own], text: str) -> None:
    said, now = _gist(text), clock.now()
    if any(own.at > now - REPEAT_MS and _gist(own.body) == said for own in before):
        raise Invalid("live_repeated", field="body")
    alike = sum(at > now - ALIKE_MS and _gist(body) == said for body, at in _latest.rows(event=here.id))
    if alike >= MOST_ALIKE:
        raise Invalid("live_repeated_by_many", field="body")


def _gist(text: str) -> str:
    """What repeats are known by; emoji and signs, which fold to nothing, by themselves."""
    return likeness.bones(text) or text.replace(" ", "")


# ---- what is written ----------------------------------------------------------------------------------------

_INSERT = (
    'INSERT INTO "live_comment" ("event_id", "author_id", "key", "name", "body", "mode", "role", "offset_ms", "at", '
    "\"shows_at\") VALUES ({0}, {0}, {0}, '', {0}, {0}, {0}, {0}, {0}, {0}) RETURNING \"id\""
)
_COUNT = 'UPDATE "live_event" SET "comment_count" = "comment_count" + 1 WHERE "id" = {0}'


def _write(actor: Actor, here: Hall, text: str, mode: int, key: str, face: Face | None) -> Written:
    now = clock.now()
    shows_at = now + here.hold_seconds * 1000 if here.hold_seconds and not here.is_moderator else None
    offset = here.offset_ms(now)
    values = (here.id, actor.member_id, key, text, mode, here.rank, offset, now, shows_at)
    comment = int(database.execute_sql(_INSERT.format(database.param), values).fetchone()[0])
    if shows_at is None:
        if face is not None:
            expect(Bullet(comment, actor.member_id, *face, text, mode, here.rank, offset, now, None))
        _come_out(here.id, comment, actor.member_id)
    else:
        backstage.show_held(here.id, comment)
    return Written(comment, text, mode, here.rank, offset, now, is_held=shows_at is not None)


def _come_out(event: int, comment: int, author: int | None) -> None:
    database.execute_sql(_COUNT.format(database.param), (event,))
    stream_log.append(f"live-{event}", "comment", comment)
    announce(BulletWritten(comment, event, author))
