"""How an event's comments are run: switches, words that are kept out, what is pinned over them. Each change shows on
every open page at once."""

from typing import NamedTuple

from blueprints.live import acts, events, running
from blueprints.live.halls import Hall, hall
from core import clock, likeness, stream_log
from core.db import atomic
from core.errors import Conflict, Invalid
from core.limits import LIMITS
from core.plain import clean_line
from core.policy import Actor, require
from core.signals import announce
from models import LiveEvent, LiveWord


class Switch(NamedTuple):
    """Column of LiveEvent, and the limit of its values; None: on or off."""

    column: str
    limit: str | None = None


SWITCHES = {
    "slow": Switch("slow_seconds", "live_slow_seconds"),
    "hold": Switch("hold_seconds", "live_hold_seconds"),
    "members": Switch("members_only"),
    "emoji": Switch("emoji_only"),
    "repeats": Switch("repeats"),
}

_YES_OR_NO = {switch.column for switch in SWITCHES.values() if switch.limit is None}

SLOW_SECONDS = (0, 3, 5, 10, 30, 60)
HOLD_SECONDS = (0, 5, 10, 20, 30)
"""What is offered; anything up to the limit is taken."""


def switch(actor: Actor, event: int, **values: int) -> bool:
    """Set some of SWITCHES: seconds, or 1 and 0 for on and off (`repeats` is on where the same may be said twice).
    False when all is so already. Raises Gone, Denied, Conflict, and Invalid with the name of the switch."""
    for name, value in values.items():
        _check(name, value)
    with atomic():
        here = moderated(actor, event)
        if values.get("members") and here.circle is None:
            raise Invalid("live_no_circle", field="members")
        changes = {
            name: value for name, value in values.items() if int(getattr(here, SWITCHES[name].column)) != value
        }  # fmt: skip
        if not changes:
            return False
        _set(here, {SWITCHES[name].column: value for name, value in changes.items()})
        for name, value in changes.items():
            acts.note(event, actor, name, detail=str(value))
        return True


def _check(name: str, value: int) -> None:
    """Raises Invalid."""
    known = SWITCHES.get(name)
    if known is None:
        raise Invalid("choice", field=name)
    most = LIMITS[known.limit] if known.limit else 1
    if not 0 <= value <= most:
        raise Invalid("between", field=name, most=most)


def close_comments(actor: Actor, event: int, closed: bool) -> bool:
    """Nobody but those who run the event writes, until it is opened again. False when it is so already. Raises Gone,
    Denied, Conflict."""
    with atomic():
        here = moderated(actor, event)
        if (here.closed_at is not None) == closed:
            return False
        _set(here, {"closed_at": clock.now() if closed else None})
        acts.note(event, actor, "close" if closed else "reopen")
        return True


def pin(actor: Actor, event: int, text: str) -> bool:
    """Put a line over the comments, where another one was before; an empty one takes it away. False when it stands
    there already. Raises Gone, Denied, Conflict, Invalid."""
    line = clean_line(text)
    if len(line) > LIMITS["live_announcement"]:
        raise Invalid("too_long", field="announcement", most=LIMITS["live_announcement"])
    with atomic():
        here = moderated(actor, event)
        if here.announcement == line:
            return False
        _set(here, {"announcement": line, "announced_at": clock.now() if line else None})
        acts.note(event, actor, "pin" if line else "unpin", detail=line)
        return True


def end(actor: Actor, event: int) -> bool:
    """End the event for everybody. False when it is over already. Raises Gone, Denied, Conflict."""
    return running.end(actor, event)


def moderated(actor: Actor, event: int) -> Hall:
    """The event, whose comments this actor may look after now, inside a transaction. Raises Gone, Denied, Conflict."""
    here = hall(actor, event)
    require(actor, "live:moderate", here)
    if here.state in ("over", "cancelled"):
        raise Conflict("live_over")
    return here


def _set(here: Hall, values: dict[str, object]) -> None:
    columns = {name: bool(value) if name in _YES_OR_NO else value for name, value in values.items()}
    LiveEvent.update(**columns).where(LiveEvent.id == here.id).execute()
    stream_log.append(here.channel, "room")
    stream_log.append(here.moderators_channel, "room")
    announce(events.RoomChanged(here.id))


# ---- words --------------------------------------------------------------------------------------------------


class WordRow(NamedTuple):
    """`key` is what is looked for: the word as all its variants are folded to."""

    id: int
    word: str
    key: str


def words_of(actor: Actor, here: Hall) -> list[WordRow]:
    """Raises Denied."""
    require(actor, "live:moderate", here)
    query = LiveWord.select(LiveWord.id, LiveWord.word, LiveWord.key).where(LiveWord.event == here.id)
    return [WordRow(*row) for row in query.order_by(LiveWord.key).tuples()]


def keep_out(actor: Actor, event: int, words: str) -> int:
    """Comments with one of these words, one a line, are not taken. Returns how many are new. Raises Gone, Denied,
    Conflict, Invalid."""
    wanted = likeness.listed(words, LIMITS["live_word"])
    with atomic():
        moderated(actor, event)
        known = {key for (key,) in LiveWord.select(LiveWord.key).where(LiveWord.event == event).tuples()}
        if len(known | set(wanted)) > LIMITS["live_words"]:
            raise Invalid("live_words_full", field="words", most=LIMITS["live_words"])
        now, added = clock.now(), [word for key, word in wanted.items() if key not in known]
        for key, word in wanted.items():
            LiveWord.insert(
                event=event, word=word, key=key, added_by=actor.member_id, added_at=now
            ).on_conflict_ignore().execute()
        if added:
            acts.note(event, actor, "keep_out", detail=" · ".join(added))
            announce(events.RoomChanged(event))
    return len(added)


def let_in(actor: Actor, event: int, word: int) -> bool:
    """Take a word off the list; doing it twice changes nothing. Raises Gone, Denied, Conflict."""
    with atomic():
        moderated(actor, event)
        meant = (LiveWord.id == word) & (LiveWord.event == event)
        text = LiveWord.select(LiveWord.word).where(meant).scalar()
        if not LiveWord.delete().where(meant).execute():
            return False
        acts.note(event, actor, "let_in", detail=text or "")
        announce(events.RoomChanged(event))
        return True
