"""Reading bullet comments: the latest and older ones, and those of a stretch of time for replays. All through the gate,
and less what the viewer does not want to see."""

from collections.abc import Callable
from typing import Any, NamedTuple

from peewee import JOIN, ModelSelect

from blueprints.circles.rooms import Eyes, eyes
from blueprints.live.avoiding import taste_of
from blueprints.live.halls import Hall
from core.db import Prepared, after_commit
from core.errors import Gone
from core.limits import LIMITS
from core.policy import Actor, require
from models import LiveComment, Member

FURTHER = 4
"""How many pages are read at most to fill one for somebody who avoids much of what is said."""


class Bullet(NamedTuple):
    """`author` None: imported, or of a former member. `at` in ms since 1970, `offset_ms` from the beginning."""

    id: int
    author: int | None
    name: str
    avatar_key: str | None
    body: str
    mode: int
    role: int
    offset_ms: int
    at: int
    colour: int | None

    @property
    def hue(self) -> int:
        return (self.author or self.id) % 12


class Bullets(NamedTuple):
    """`more` leads on: an id for older ones, an offset and an id for a replay; None at the end."""

    rows: list[Bullet]
    more: tuple[int, ...] | None


_COLUMNS = (
    LiveComment.id, LiveComment.author, LiveComment.name, Member.display_name, Member.avatar_key, LiveComment.body,
    LiveComment.mode, LiveComment.role, LiveComment.offset_ms, LiveComment.at, LiveComment.colour,
)  # fmt: skip


def made(row: tuple[Any, ...]) -> Bullet:
    """Of a row of `columns()`."""
    id_, author, imported, name, *rest = row
    return Bullet(id_, author, name or imported, *rest)


def columns() -> ModelSelect:
    """Behind no gate: whoever adds conditions adds that one too."""
    return LiveComment.select(*_COLUMNS).join(Member, JOIN.LEFT_OUTER, on=LiveComment.author == Member.id)


def _build_before(looking: Eyes, me: int, event: int, before: int, limit: int) -> ModelSelect:
    query = columns().where(LiveComment.event == event, LiveComment.id < before)
    return looking.gated(query, me).order_by(LiveComment.id.desc()).limit(limit)


def _build_between(looking: Eyes, me: int, event: int, since: int, after: int, until: int, limit: int) -> ModelSelect:
    later = (LiveComment.offset_ms > since) | ((LiveComment.offset_ms == since) & (LiveComment.id > after))
    query = columns().where(
        LiveComment.event == event, LiveComment.offset_ms >= since, LiveComment.offset_ms < until, later
    )
    return looking.gated(query, me).order_by(LiveComment.offset_ms, LiveComment.id).limit(limit)


def _build_one(looking: Eyes, me: int, event: int, comment: int) -> ModelSelect:
    return looking.gated(columns().where(LiveComment.event == event, LiveComment.id == comment), me)


_before, _between, _one = Prepared(_build_before), Prepared(_build_between), Prepared(_build_one)


def bullets(actor: Actor, here: Hall, before: int | None = None) -> Bullets:
    """A page of the latest, or of those before an id; oldest first. Raises SignInNeeded, Denied."""
    require(actor, "live:watch", here)
    page = LIMITS["page_bullets"]

    def fetch(cursor: tuple[int, ...]) -> list[Bullet]:
        rows = _before.rows(eyes(actor), me=actor.member_id or 0, event=here.id, before=cursor[0], limit=page + 1)
        return [made(row) for row in rows]

    found = _filled(actor, fetch, (before or 2**62,), page, lambda row: (row.id,))
    return Bullets(found.rows[::-1], found.more)


def replayed(actor: Actor, here: Hall, since: int, until: int, after: int = 0) -> Bullets:
    """Those from `since` (and there from behind the id `after`) to before `until`, ms from the event's beginning, in
    the order of time. Raises SignInNeeded, Denied."""
    require(actor, "live:watch", here)
    page, me = LIMITS["page_replay"], actor.member_id or 0

    def fetch(cursor: tuple[int, ...]) -> list[Bullet]:
        rows = _between.rows(
            eyes(actor), me=me, event=here.id, since=cursor[0], after=cursor[1], until=until, limit=page + 1
        )
        return [made(row) for row in rows]

    return _filled(actor, fetch, (since, after), page, lambda row: (row.offset_ms, row.id))


def _filled(
    actor: Actor, fetch: Callable[[tuple[int, ...]], list[Bullet]], start: tuple[int, ...], page: int,
    place: Callable[[Bullet], tuple[int, ...]],
) -> Bullets:  # fmt: skip
    """Read on until the page is full of what the viewer wants to see."""
    taste, kept, cursor = taste_of(actor), list[Bullet](), start
    for _ in range(FURTHER):
        rows = fetch(cursor)
        for row in rows[:page]:
            cursor = place(row)
            if taste.likes(row.author, row.body):
                kept.append(row)
            if len(kept) == page:
                break
        if len(rows) <= page and (not rows or cursor == place(rows[-1])):
            return Bullets(kept, None)
        if len(kept) == page:
            break
    return Bullets(kept, cursor)


def bullet(actor: Actor, here: Hall, comment: int) -> Bullet:
    """One that shows. Raises Gone, SignInNeeded, Denied."""
    require(actor, "live:watch", here)
    rows = _one.rows(eyes(actor), me=actor.member_id or 0, event=here.id, comment=comment)
    if not rows:
        raise Gone
    return made(rows[0])


# ---- for everybody at once ----------------------------------------------------------------------------------


def _build_some(count: int, event: int, **ids: int) -> ModelSelect:
    shown = LiveComment.hidden_at.is_null() & LiveComment.shows_at.is_null()
    return columns().where(LiveComment.id.in_(list(ids.values())), LiveComment.event == event, shown)


_some = Prepared(_build_some)


MOST_FRESH = 256
_fresh: dict[int, Bullet] = {}


def expect(row: Bullet) -> None:
    """This one is being written and sent to open pages once that is committed: `shown` need not look it up. Taken away
    meanwhile, it is sent and taken away again, as the rows of the channel say. What came to nothing is forgotten: its
    number is that of the next one, of whomever."""
    after_commit(lambda: _keep(row))


def _keep(row: Bullet) -> None:
    if len(_fresh) >= MOST_FRESH:
        _fresh.clear()
    _fresh[row.id] = row


def shown(event: int, ids: list[int]) -> list[Bullet]:
    """Those of an event that show to whoever watches it: for its channel, which asks who may. No actor."""
    if len(ids) == 1 and (fresh := _fresh.pop(ids[0], None)) is not None:
        return [fresh]
    rows = _some.rows(len(ids), event=event, **{f"id{place}": id_ for place, id_ in enumerate(ids)}) if ids else []
    return [made(row) for row in rows]


def hidden_of(event: int, member: int, most: int = 500) -> list[int]:
    """The latest that were taken away of a member: what pages that are open may still show."""
    theirs = (LiveComment.event == event) & (LiveComment.author == member) & LiveComment.hidden_at.is_null(False)
    query = LiveComment.select(LiveComment.id).where(theirs).order_by(LiveComment.id.desc()).limit(most)
    return [id_ for (id_,) in query.tuples()]
