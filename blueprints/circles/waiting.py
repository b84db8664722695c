"""What waits, as its author or a moderator reads it (pending.py changes it)."""

import json
from collections import defaultdict
from typing import Any, NamedTuple

from blueprints.circles.files import FileRow
from blueprints.circles.queries import Page, cut
from blueprints.circles.reading import PictureRow
from blueprints.circles.rooms import Room
from core.errors import Gone
from core.limits import LIMITS
from core.policy import Actor, require, visible, visible_ids
from models import Attachment, Circle, Member, Pending, Picture, Topic

STOPPED = "stopped"
"""Kept back by the site at its moment; `note` is the code of the reason. Everything else is a moderator's."""


class PendingRow(NamedTuple):
    """One thing that waits, as its author or a moderator sees it. Where the circle is out of the author's sight, its
    name and slug are empty."""

    id: int
    kind: str
    circle_id: int
    circle: str
    slug: str
    post_id: int | None
    author_id: int
    username: str
    display_name: str
    avatar_key: str | None
    title: str
    source: str
    html: str
    extras: str
    created_at: int
    due_at: int | None
    held_for: str
    note: str
    refused_at: int | None
    refusal: str
    topic: str | None = None
    pictures: tuple[PictureRow, ...] = ()
    files: tuple[FileRow, ...] = ()

    @property
    def hue(self) -> int:
        return self.author_id % 12

    @property
    def state(self) -> str:
        """`scheduled`, `held`, `refused`, or `stopped` when the site could not publish it at its moment."""
        if self.refused_at is not None:
            return STOPPED if self.held_for == STOPPED else "refused"
        return "held" if self.held_for else "scheduled"

    @property
    def poll(self) -> tuple[str, ...]:
        """The options of its poll."""
        kept = json.loads(self.extras).get("poll")
        return tuple(kept["options"]) if kept else ()

    @property
    def topic_id(self) -> int | None:
        number: int | None = json.loads(self.extras).get("topic")
        return number


_COLUMNS = (
    Pending.id, Pending.kind, Pending.circle, Circle.name, Circle.slug, Pending.post, Pending.author, Member.username,
    Member.display_name, Member.avatar_key, Pending.title, Pending.source, Pending.html, Pending.extras,
    Pending.created_at, Pending.due_at, Pending.held_for, Pending.note, Pending.refused_at, Pending.refusal,
)  # fmt: skip


def own(actor: Actor, circle: int | None = None, before: int | None = None) -> Page:
    """What the actor has waiting, in one circle or everywhere, newest first."""
    require(actor, "pending:own")
    query = _rows().where(Pending.author == (actor.member_id or 0))
    if circle is not None:
        query = query.where(Pending.circle == circle)
    if before is not None:
        query = query.where(Pending.id < before)
    size = LIMITS["page_posts"]
    rows = [PendingRow(*each) for each in query.order_by(Pending.id.desc()).limit(size + 1).tuples()]
    page = cut(_out_of_sight(actor, rows), size, lambda row: row.id)
    return Page(_filled(page.rows), page.older)


def one(actor: Actor, pending: int) -> PendingRow:
    """One of the actor's own. Raises Gone."""
    mine = _rows().where(Pending.id == pending, Pending.author == actor.member_id)
    rows = [PendingRow(*each) for each in mine.tuples()]
    if not rows:
        raise Gone
    return _filled(_out_of_sight(actor, rows))[0]


def own_count(actor: Actor, circle: int | None = None) -> int:
    """How many things the actor has waiting."""
    mine = Pending.author == (actor.member_id or 0)
    return int(Pending.select().where(mine if circle is None else mine & (Pending.circle == circle)).count())


def waiting(actor: Actor, here: Room, after: int = 0) -> Page:
    """What waits for the moderators of a circle, oldest first."""
    require(actor, "circle:moderate", here)
    query = _rows().where(
        Pending.circle == here.id, Pending.held_for != "", Pending.refused_at.is_null(), Pending.id > after
    )
    size = LIMITS["page_posts"]
    rows = [PendingRow(*each) for each in visible(query, actor).order_by(Pending.id).limit(size + 1).tuples()]
    page = cut(rows, size, lambda row: row.id)
    return Page(_filled(page.rows), page.older)


def waiting_count(here: Room) -> int:
    """How many wait for the moderators, up to a hundred."""
    held = Pending.select(Pending.id).where(
        Pending.circle == here.id, Pending.held_for != "", Pending.refused_at.is_null()
    )
    return len(list(held.limit(100).tuples()))


def _rows() -> Any:
    return (
        Pending.select(*_COLUMNS)
        .join(Circle, on=Pending.circle == Circle.id)
        .switch(Pending)
        .join(Member, on=Pending.author == Member.id)
    )


def _filled(rows: list[PendingRow]) -> list[PendingRow]:
    """With the name of its topic, its pictures and its files."""
    ids = [row.id for row in rows]
    seen: dict[int, list[PictureRow]] = defaultdict(list)
    papers: dict[int, list[FileRow]] = defaultdict(list)
    for subject, *picture in _attached(Picture, ids, Picture.key, Picture.width, Picture.height, Picture.alt):
        seen[subject].append(PictureRow(*picture))
    for subject, *paper in _attached(
        Attachment, ids, Attachment.key, Attachment.name, Attachment.kind, Attachment.size
    ):
        papers[subject].append(FileRow(*paper))
    wanted = {row.topic_id for row in rows if row.topic_id}
    names = dict(Topic.select(Topic.id, Topic.name).where(Topic.id.in_(wanted)).tuples()) if wanted else {}
    return [
        row._replace(pictures=tuple(seen[row.id]), files=tuple(papers[row.id]), topic=names.get(row.topic_id or 0))
        for row in rows
    ]


def _attached(table: Any, ids: list[int], *columns: Any) -> Any:
    mine = (table.subject_kind == "pending") & table.subject_id.in_(ids)
    return table.select(table.subject_id, *columns).where(mine).order_by(table.position).tuples()


def _out_of_sight(actor: Actor, rows: list[PendingRow]) -> list[PendingRow]:
    """Whoever was removed keeps their own words, and is told nothing more of the circle."""
    there = visible_ids("circle", list({row.circle_id for row in rows}), actor)
    return [row if row.circle_id in there else row._replace(circle="", slug="") for row in rows]
