"""What notices of moments speak of, read through the gate: a page of them in a handful of queries. A notice whose thing
the actor may not see any more, or that has nothing left to tell, is not among the answers.
"""

from typing import Any, NamedTuple

from peewee import Window, fn

from blueprints.circles.reading import plain
from blueprints.feed import gate
from blueprints.people.friends import aliases
from core.notices import Face, NoticeRow
from core.policy import Actor, visible, visible_ids
from models import Member, Moment, MomentComment, MomentLike, Notice

KINDS = ("moment_reacted", "moment_commented", "moment_answered")
QUOTE_CHARS = 140
SHOWN_NAMES = 2


class Told(NamedTuple):
    """`people` are those to be named, last first, `many` how many there are; `comment` is the one to be led to."""

    row: NoticeRow
    moment: int
    people: tuple[Face, ...]
    many: int
    quote: str = ""
    comment: int | None = None


def told(actor: Actor, rows: list[NoticeRow]) -> list[Told]:
    mine = [row for row in rows if row.kind in KINDS]
    if not mine or actor.member_id is None:
        return []
    seen = visible_ids("moment", [row.subject_id for row in mine if row.subject_kind == "moment"], actor)
    reacted = [row for row in mine if row.kind == "moment_reacted" and row.subject_id in seen]
    commented = [row for row in mine if row.kind == "moment_commented" and row.subject_id in seen]
    found = _reactions(actor, reacted) | _comments(actor, commented)
    found |= _answers(actor, [row for row in mine if row.kind == "moment_answered"])
    called = aliases(actor.member_id, sorted({face.id for each in found.values() for face in each.people}))
    return [_by_name(found[row.id], called) for row in mine if row.id in found]


def _by_name(each: Told, called: dict[int, str]) -> Told:
    return each._replace(people=tuple(face._replace(name=called.get(face.id, face.name)) for face in each.people))


def _reactions(actor: Actor, rows: list[NoticeRow]) -> dict[int, Told]:
    """Who reacted in the time that each of these notices gathers."""
    me = actor.member_id or 0
    likes = MomentLike.moment == Notice.subject_id
    meant = (MomentLike.liked_at >= Notice.first_at) & (MomentLike.liked_at <= Notice.at) & (MomentLike.member != me)
    latest = [MomentLike.liked_at.desc(), MomentLike.member.desc()]
    query = _ranked(MomentLike, MomentLike.member, MomentLike.member, likes, latest, [row.id for row in rows])
    source = _texts([row.subject_id for row in rows])
    return _gathered(rows, query.where(meant, gate.liked(me)), source) if rows else {}


def _comments(actor: Actor, rows: list[NoticeRow]) -> dict[int, Told]:
    """Who commented in the time that each of these notices gathers, with what was said last."""
    if not rows:
        return {}
    me = actor.member_id or 0
    inside = MomentComment.moment == Notice.subject_id
    meant = (
        (MomentComment.created_at >= Notice.first_at) & (MomentComment.created_at <= Notice.at)
        & (MomentComment.author != me) & gate.commented(me)
    )  # fmt: skip
    latest = [MomentComment.id.desc()]
    ids = [row.id for row in rows]
    query = _ranked(MomentComment, MomentComment.author, MomentComment.id, inside, latest, ids).where(meant)
    found = _gathered(rows, query, {})
    last = {each.comment for each in found.values()}
    said = dict(MomentComment.select(MomentComment.id, MomentComment.html).where(MomentComment.id.in_(last)).tuples())
    return {id_: each._replace(quote=quote(said.get(each.comment, ""))) for id_, each in found.items()}


def _ranked(table: Any, who: Any, which: Any, on: Any, latest: list[Any], notices: list[int]) -> Any:
    """(notice, who, which, place): what each of these notices gathers, latest first."""
    window = Window(partition_by=[Notice.id], order_by=latest)
    return (
        Notice.select(Notice.id.alias("notice"), who.alias("who"), which.alias("which"),
                      fn.ROW_NUMBER().over(window).alias("place"))
        .join(table, on=on)
        .join(Moment, on=table.moment == Moment.id)
        .where(Notice.id.in_(notices))
        .window(window)
    )  # fmt: skip


MOST = 100
"""Whoever reacted or commented last is named; further back than this nobody is counted as somebody else."""


def _gathered(rows: list[NoticeRow], query: Any, quotes: dict[int, str]) -> dict[int, Told]:
    ranked = query.alias("ranked")
    people = (
        Member.select(ranked.c.notice, ranked.c.which, Member.id, Member.display_name, Member.avatar_key)
        .join(ranked, on=(ranked.c.who == Member.id) & (ranked.c.place <= MOST))
        .order_by(ranked.c.notice, ranked.c.place)
    )
    by_id = {row.id: row for row in rows}
    faces: dict[int, dict[int, Face]] = {}
    last: dict[int, int] = {}
    for notice, which, *person in people.tuples():
        faces.setdefault(notice, {}).setdefault(person[0], Face(*person))
        last.setdefault(notice, which)
    return {
        id_: Told(
            by_id[id_], by_id[id_].subject_id, tuple(who.values())[:SHOWN_NAMES], len(who),
            quotes.get(by_id[id_].subject_id, ""),
            last[id_] if by_id[id_].kind == "moment_commented" else None,
        )
        for id_, who in faces.items()
    }  # fmt: skip


def _answers(actor: Actor, rows: list[NoticeRow]) -> dict[int, Told]:
    if not rows:
        return {}
    query = (
        MomentComment.select(
            MomentComment.id, MomentComment.moment, MomentComment.html, Member.id, Member.display_name,
            Member.avatar_key,
        )
        .join(Member, on=MomentComment.author == Member.id)
        .where(MomentComment.id.in_([row.subject_id for row in rows]))
    )  # fmt: skip
    by_id = {comment: rest for comment, *rest in visible(query, actor).tuples()}
    made = {}
    for row in rows:
        if row.subject_id in by_id:
            moment, html, *person = by_id[row.subject_id]
            made[row.id] = Told(row, moment, (Face(*person),), 1, quote(html), row.subject_id)
    return made


def _texts(moments: list[int]) -> dict[int, str]:
    """How these moments begin; they have passed the gate."""
    rows = Moment.select(Moment.id, Moment.html).where(Moment.id.in_(moments)).tuples()
    return {id_: quote(html) for id_, html in rows}


def quote(html: str) -> str:
    text = plain(html)
    return text if len(text) <= QUOTE_CHARS else text[:QUOTE_CHARS].rstrip() + "…"
