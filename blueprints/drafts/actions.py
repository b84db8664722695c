"""Keeping and discarding drafts. The one who wrote last wins, but never over something they have not seen."""

import re
from dataclasses import dataclass

from core import clock
from core.db import atomic
from core.errors import Conflict, Invalid
from core.limits import LIMITS
from core.once import was_used
from core.plain import clean_body, clean_line
from core.policy import Actor, require
from models import Draft

NAME = re.compile(r"[a-z0-9][a-z0-9.:_-]{0,79}")


@dataclass(frozen=True)
class Writing:
    """`path` is the page that holds the composer. `seen_at` is when the draft that this one is based on was changed
    (ms since 1970): 0 for none, None to write over whatever is there. `key` is the composer's (core/once.py)."""

    title: str
    body: str
    path: str = "/"
    seen_at: int | None = None
    key: str = ""


def save(actor: Actor, name: str, writing: Writing) -> int:
    """Keep a draft, or let it go when nothing is left of it; returns when it was changed, 0 when there is none.

    Raises Invalid, and Conflict where another device changed it or took it away meanwhile."""
    title, body = clean_line(writing.title)[: LIMITS["post_title"]], clean_body(writing.body)
    _check(name, body)
    with atomic():
        require(actor, "draft:own")
        if was_used(f"member:{actor.member_id}", writing.key):
            return 0  # it was sent while a page that was being closed still kept it
        known = Draft.get_or_none(Draft.member == actor.member_id, Draft.name == name)
        if known is not None and (known.title, known.body) == (title, body):
            return int(known.changed_at)
        if writing.seen_at is not None and writing.seen_at != (known.changed_at if known else 0):
            raise Conflict("draft_changed")
        if not title and not body.strip():
            _remove(actor, name)
            return 0
        _check_room(actor, is_new=known is None)
        now = max(clock.now(), known.changed_at + 1 if known else 0)
        kept = {"title": title, "body": body, "path": _path(writing.path), "changed_at": now}
        Draft.insert(member=actor.member_id, name=name, **kept).on_conflict(
            conflict_target=[Draft.member, Draft.name], update=kept
        ).execute()
        return now


def discard(actor: Actor, name: str, up_to: int | None = None, *, sent: str = "") -> None:
    """Let a draft go: it was sent, or is not wanted any more. With `up_to` (ms since 1970) not one that was changed
    later than that, unless it says just what was `sent`."""
    with atomic():
        _remove(actor, name, up_to)
        if sent.strip():
            same = (Draft.member == actor.member_id) & (Draft.name == name) & (Draft.body == clean_body(sent))
            Draft.delete().where(same).execute()


def sweep() -> int:
    """Drafts that nobody has touched for a long time go; returns how many."""
    old = Draft.changed_at < clock.now() - LIMITS["draft_kept_seconds"] * 1000
    return int(Draft.delete().where(old).execute())


def _remove(actor: Actor, name: str, up_to: int | None = None) -> None:
    mine = (Draft.member == actor.member_id) & (Draft.name == name)
    Draft.delete().where(mine if up_to is None else mine & (Draft.changed_at <= up_to)).execute()


def _check(name: str, body: str) -> None:
    """Raises Invalid."""
    if not NAME.fullmatch(name):
        raise Invalid("draft_name", field="name")
    if len(body.encode()) > LIMITS["draft_bytes"]:
        raise Invalid("draft_too_long", field="body", most=LIMITS["draft_bytes"] // 1024)


def _check_room(actor: Actor, *, is_new: bool) -> None:
    """Raises Invalid."""
    if is_new and Draft.select().where(Draft.member == actor.member_id).count() >= LIMITS["drafts"]:
        raise Invalid("drafts_full", field="body", most=LIMITS["drafts"])


def _path(path: str) -> str:
    """A page of this site, or the front page."""
    is_ours = path.startswith("/") and not path.startswith(("//", "/\\")) and len(path) <= 300
    return path if is_ours and path.isprintable() else "/"
