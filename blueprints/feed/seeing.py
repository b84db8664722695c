"""Moments through the gate: the rows behind `Seen`, some of them by their numbers or those of one author."""

from dataclasses import dataclass, replace
from typing import Any

from peewee import JOIN, ModelSelect, fn

from blueprints.circles.reading import PictureRow
from blueprints.feed import gate
from blueprints.feed.queries import FilmRow, Seen
from blueprints.feed.rules import public_for
from blueprints.people.friends import are_friends
from core import clock
from core.db import Prepared
from core.limits import LIMITS
from core.policy import Actor
from models import Circle, Friendship, Member, Moment, Picture, Video

SIZES = (1, 24, 72, 144)
"""A query for so many moments is built once; fewer of them leave places empty."""

NEWEST = 2**61

OPENLY = {"except": "friends"}
"""What others than its author are told of an audience: that somebody is left out is not theirs to know."""


_FACTS = (
    Moment.id, Moment.author, fn.COALESCE(fn.NULLIF(Friendship.alias, ""), Member.display_name), Member.username,
    Member.avatar_key, Moment.html, Moment.created_at, Moment.edited_at, Moment.expires_at, Moment.hidden_at,
    Moment.picture_count,
)  # fmt: skip
"""What stands in `Seen` as it is, in its order."""

_PARTS = (Moment.audience, Circle.slug, Circle.name, Moment.shared_kind, Moment.shared_id)
_FILM = (
    Video.key, Video.state, Video.error, Video.kind, Video.width, Video.height, Video.duration_ms, Video.poster_key,
)  # fmt: skip


def _rows_of(me: int) -> ModelSelect:
    return (
        Moment.select(*_FACTS, *_PARTS, *_FILM)
        .join(Member, on=Moment.author == Member.id)
        .switch(Moment)
        .join(Friendship, JOIN.LEFT_OUTER, on=(Friendship.member == me) & (Friendship.friend == Moment.author))
        .switch(Moment)
        .join(Circle, JOIN.LEFT_OUTER, on=Moment.circle == Circle.id)
        .switch(Moment)
        .join(Video, JOIN.LEFT_OUTER, on=Moment.video == Video.id)
    )


def _build_some(variant: tuple[bool, int], me: int, now: int, **ids: int) -> ModelSelect:
    return _rows_of(me).where(Moment.id.in_(list(ids.values())), gate.shown(me, now, variant[0]))


def _build_open(variant: tuple[bool, int], now: int, **ids: int) -> ModelSelect:
    return _rows_of(0).where(Moment.id.in_(list(ids.values())), gate.shown(0, now, variant[0]))


_some, _open = Prepared(_build_some), Prepared(_build_open)


def in_places(ids: list[int]) -> tuple[int, dict[str, int]]:
    """How many places a query has that is built once for these, and what stands in each of them."""
    room = next((size for size in SIZES if size >= len(ids)), len(ids))
    return room, {f"id{place}": id_ for place, id_ in enumerate([*ids, *[0] * (room - len(ids))])}


def gated(actor: Actor, ids: list[int]) -> dict[int, Seen]:
    """Those of these moments that pass the gate, without their pictures."""
    if not ids:
        return {}
    room, places = in_places(ids)
    variant, now = (public_for(actor), room), clock.now()
    if actor.signed_in:
        rows = _some.rows(variant, me=actor.member_id or 0, now=now, **places)
    else:
        rows = _open.rows(variant, now=now, **places)
    return {row[0]: _seen(actor, row) for row in rows}


def _seen(actor: Actor, row: tuple[Any, ...]) -> Seen:
    """A row of _FACTS, _PARTS and _FILM."""
    facts, film = row[: len(_FACTS)], row[-len(_FILM) :]
    audience, slug, circle, kind, shared = row[len(_FACTS) : -len(_FILM)]
    changes = facts[1] == actor.member_id
    parts = (
        audience if changes else OPENLY.get(audience, audience), changes, (slug, circle) if slug else None,
        (kind, shared) if shared else None, FilmRow(*film) if film[0] else None,
    )  # fmt: skip
    return Seen(*(*facts, *parts))


def some(actor: Actor, ids: list[int]) -> list[Seen]:
    """These moments as the actor sees them, in the order of the ids; what the gate keeps back is left out."""
    found = gated(actor, ids)
    return with_pictures([found[id_] for id_ in ids if id_ in found])


def one(actor: Actor, moment: int) -> Seen | None:
    return next(iter(some(actor, [moment])), None)


def with_pictures(rows: list[Seen]) -> list[Seen]:
    """Without any, this costs no query."""
    pictures = _pictures([row.id for row in rows if row.picture_count])
    return [replace(row, pictures=pictures[row.id]) if row.id in pictures else row for row in rows]


def _build_pictures(room: int, kind: str, **ids: int) -> ModelSelect:
    return (
        Picture.select(Picture.subject_id, Picture.key, Picture.width, Picture.height, Picture.alt)
        .where(Picture.subject_kind == kind, Picture.subject_id.in_(list(ids.values())))
        .order_by(Picture.subject_id, Picture.position)
    )


_of_moments = Prepared(_build_pictures)


def _pictures(ids: list[int]) -> dict[int, tuple[PictureRow, ...]]:
    if not ids:
        return {}
    found: dict[int, list[PictureRow]] = {}
    room, places = in_places(ids)
    for moment, *picture in _of_moments.rows(room, kind="moment", **places):
        found.setdefault(moment, []).append(PictureRow(*picture))
    return {moment: tuple(pictures) for moment, pictures in found.items()}


# ---- of one author ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Page:
    """Moments and where the next page begins; None at the end."""

    rows: list[Seen]
    older: int | None


def of_author(actor: Actor, author: int, before: int | None = None, size: int = 0) -> Page:
    """What the actor sees of somebody's moments, newest first: all that a friend shows, in one range of an index; of
    others those for everybody and for circles in common."""
    size, me = size or LIMITS["page_moments"], actor.member_id
    theirs = (Moment.author == author) & (Moment.id < (before or NEWEST))
    ranges = [theirs]
    if me != author and (me is None or not are_friends(author, me)):
        ranges = [theirs & _newest_public(author), theirs & (Moment.audience == "circle")]
    seen = gate.shown(me or 0, clock.now(), public_for(actor))
    ids = sorted((id_ for inside in ranges for id_ in _first(inside & seen, size + 1)), reverse=True)
    return Page(some(actor, ids[:size]), ids[size - 1] if len(ids) > size else None)


def _first(inside: Any, size: int) -> list[int]:
    query = Moment.select(Moment.id).where(inside).order_by(Moment.id.desc()).limit(size)
    return [id_ for (id_,) in query.tuples()]


def _newest_public(author: int) -> Any:
    """Strangers see the newest few of what is public (gate.py): the rest need not be asked one by one."""
    other = Moment.alias()
    there = other.deleted_at.is_null() & other.hidden_at.is_null()
    newest = other.select(other.id).where(other.author == author, other.audience == "public", there)
    return Moment.id.in_(newest.order_by(other.id.desc()).limit(gate.STRANGERS_SEE))
