"""What is said and felt beneath moments, as one reader gets it: for a whole list of moments in a handful of queries.

Nobody learns of a reaction or comment that the gate does not show them, not even by a number. Where nothing is kept
from the reader, the numbers that stand on the moment are right; only else they are counted.
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from peewee import JOIN, ModelSelect, fn

from blueprints.feed import gate
from blueprints.feed.rules import public_for
from blueprints.feed.seeing import in_places
from blueprints.feed.watching import state_of
from blueprints.people.apart import apart_ids
from blueprints.people.friends import aliases
from core import clock
from core.db import Prepared
from core.errors import Gone
from core.limits import LIMITS
from core.policy import Actor, visible
from core.reacting import as_text, counts_of
from models import Member, Moment, MomentComment, MomentLike

SHOWN_NAMES = 8
SHOWN_COMMENTS = 3


class Liker(NamedTuple):
    """`name` is what the reader calls them."""

    id: int
    username: str
    name: str
    avatar_key: str | None
    kind: int

    @property
    def hue(self) -> int:
        return self.id % 12


class Remark(NamedTuple):
    """One comment. `name` is what the reader calls its author, empty for who left; `answers` names whom it answers,
    where the reader sees what it answers. `created_at` in ms since 1970."""

    id: int
    moment: int
    author: int | None
    username: str
    name: str
    avatar_key: str | None
    html: str
    created_at: int
    parent: int | None
    answers: str = ""

    @property
    def hue(self) -> int:
        return (self.author or 0) % 12


@dataclass(frozen=True)
class Talk:
    """`id` is the moment's, `state` stands for how it is now (watching.py), `mine` is the reader's own reaction (None
    without one). `reactions` and `total` are those that the reader knows of, `likers` the latest of them. `comments`
    are the latest, oldest first; `count` is how many there are, `earlier` where the page before goes on."""

    id: int
    author: int
    comments_by: str
    takes_tips: bool
    state: int
    circle: int | None
    mine: int | None = None
    reactions: str = ""
    total: int = 0
    likers: tuple[Liker, ...] = ()
    comments: tuple[Remark, ...] = ()
    count: int = 0
    earlier: int | None = None


def talks(actor: Actor, moments: list[int]) -> dict[int, Talk]:
    """What shows beneath each moment of a list; those that the actor does not see are left out."""
    found, kept_back = _bare(actor, moments)
    if not found:
        return {}
    some = SHOWN_COMMENTS
    remarks = _remarks(actor, [id_ for id_, each in found.items() if each.count], some)
    return _filled(actor, found, kept_back, remarks)


def talk(actor: Actor, moment: int, before: int | None = None) -> Talk:
    """What shows on the page of a moment: a page of comments, the latest or those before a number. Raises Gone."""
    found, kept_back = _bare(actor, [moment])
    if not found:
        raise Gone
    size = LIMITS["page_moment_comments"]
    rows = _remarks(actor, [moment], size + 1, before).get(moment, [])
    shown = rows[-size:]
    made = _filled(actor, found, kept_back, {moment: shown})[moment]
    return replace(made, earlier=shown[0].id if len(rows) > size else None)


def page_of(actor: Actor, moment: int, comment: int) -> int | None:
    """Where the page of comments begins that holds this one; None for the latest."""
    size = LIMITS["page_moment_comments"]
    newer = visible(MomentComment.select(MomentComment.id), actor)
    newer = newer.where(MomentComment.moment == moment, MomentComment.id > comment)
    return comment + 1 if newer.limit(size).count() >= size else None


def remark(actor: Actor, comment: int) -> Remark:
    """One comment as the actor sees it. Raises Gone."""
    query = _comments().where(MomentComment.id == comment)
    rows = _named(actor, [Remark(*row) for row in visible(query, actor).tuples()])
    if not rows:
        raise Gone
    return _call(rows[0], _aliases(actor, [rows[0].author] if rows[0].author else []))


# ---- the moments --------------------------------------------------------------------------------------------


def _build_moments(variant: tuple[bool, bool, int], me: int, now: int, **ids: int) -> ModelSelect:
    public, signed_in, _room = variant
    return Moment.select(
        Moment.id, Moment.author, Moment.comments_by, Moment.takes_tips, Moment.seq, Moment.circle, Moment.reactions,
        Moment.like_count, Moment.comment_count,
    ).where(Moment.id.in_(list(ids.values())), gate.shown(me if signed_in else 0, now, public))  # fmt: skip


_moments = Prepared(_build_moments)


def _bare(actor: Actor, moments: list[int]) -> tuple[dict[int, Talk], set[int]]:
    """The moments with the numbers that stand on them, and those of them whose numbers may hold more than the actor is
    to know of."""
    if not moments:
        return {}, set()
    room, places = in_places(moments)
    variant = (public_for(actor), actor.signed_in, room)
    rows = _moments.rows(variant, me=actor.member_id or 0, now=clock.now(), **places)
    found, kept_back = {}, set()
    for id_, author, by, tips, seq, circle, reactions, likes, comments in rows:
        found[id_] = Talk(id_, author, by, tips, state_of(id_, seq), circle, None, reactions, likes, count=comments)
        if by == "mutual" and author != actor.member_id:
            kept_back.add(id_)
    apart = apart_ids(actor.member_id)
    return (_without(found, apart) if apart else found), kept_back


def _without(found: dict[int, Talk], apart: set[int]) -> dict[int, Talk]:
    """The numbers without what those did with whom the actor has nothing to do."""
    kinds, comments = _tally(list(found), MomentLike.member.in_(apart), MomentComment.author.in_(apart) & gate.STANDS)
    made = {}
    for id_, each in found.items():
        left = counts_of(each.reactions, each.total)
        for kind, count in kinds.get(id_, {}).items():
            left[kind] = left.get(kind, 0) - count
        made[id_] = replace(
            each, reactions=as_text(left), total=sum(left.values()), count=each.count - comments.get(id_, 0)
        )
    return made


def _filled(
    actor: Actor, found: dict[int, Talk], kept_back: set[int], remarks: dict[int, list[Remark]]
) -> dict[int, Talk]:
    liked = [id_ for id_, each in found.items() if each.total]
    mine, likers = _mine(actor, liked), _likers(actor, liked)
    counted = {id_: each for id_, each in found.items() if id_ in kept_back and (each.total or each.count)}
    kinds, counts = _counts(actor, list(counted)) if counted else ({}, {})
    called = _aliases(actor, _people(likers, remarks))
    made = {}
    for id_, each in found.items():
        if id_ in counted:
            by_kind = kinds.get(id_, {})
            each = replace(
                each, reactions=as_text(by_kind), total=sum(by_kind.values()), count=counts.get(id_, 0)
            )
        made[id_] = replace(
            each, mine=mine.get(id_),
            likers=tuple(who._replace(name=called.get(who.id, who.name)) for who in likers.get(id_, ())),
            comments=tuple(_call(row, called) for row in remarks.get(id_, ())),
        )  # fmt: skip
    return made


def _people(likers: dict[int, list[Liker]], remarks: dict[int, list[Remark]]) -> list[int]:
    named = {who.id for each in likers.values() for who in each}
    return sorted(named | {row.author for each in remarks.values() for row in each if row.author})


# ---- reactions ----------------------------------------------------------------------------------------------


def _mine(actor: Actor, moments: list[int]) -> dict[int, int]:
    if not moments or not actor.signed_in:
        return {}
    room, places = in_places(moments)
    return dict(_own.rows(room, me=actor.member_id or 0, **places))


def _build_own(room: int, me: int, **ids: int) -> ModelSelect:
    own = (MomentLike.member == me) & MomentLike.moment.in_(list(ids.values()))
    return MomentLike.select(MomentLike.moment, MomentLike.kind).where(own)


_own = Prepared(_build_own)


def _build_likers(room: int, me: int, **ids: int) -> ModelSelect:
    """From the moment on at which the first of the latest reacted: one range of the index for each moment, however many
    reactions it has."""
    first = (
        MomentLike.select(MomentLike.liked_at)
        .where(MomentLike.moment == Moment.id, gate.liked(me))
        .order_by(MomentLike.liked_at.desc())
        .limit(1)
        .offset(SHOWN_NAMES - 1)
    )
    return (
        Moment.select(
            Moment.id, Member.id, Member.username, Member.display_name, Member.avatar_key, MomentLike.kind
        )
        .join(MomentLike, on=(MomentLike.moment == Moment.id) & (MomentLike.liked_at >= fn.COALESCE(first, 0)))
        .join(Member, on=MomentLike.member == Member.id)
        .where(Moment.id.in_(list(ids.values())), gate.liked(me))
        .order_by(MomentLike.liked_at.desc(), MomentLike.member.desc())
    )


_latest_likers = Prepared(_build_likers)


def _likers(actor: Actor, moments: list[int]) -> dict[int, list[Liker]]:
    """The latest few of each, for members alone: to a visitor a reaction is a number."""
    if not moments or not actor.signed_in:
        return {}
    room, places = in_places(moments)
    found: dict[int, list[Liker]] = defaultdict(list)
    for moment, *who in _latest_likers.rows(room, me=actor.member_id or 0, **places):
        if len(found[moment]) < SHOWN_NAMES:  # more, where several reacted in the same millisecond
            found[moment].append(Liker(*who))
    return found


def _counts(actor: Actor, moments: list[int]) -> tuple[dict[int, dict[int, int]], dict[int, int]]:
    """Of these moments, whose authors show only what mutual friends say, how many reactions of each kind and how many
    comments the actor knows of."""
    me = actor.member_id or 0
    likes, comments = gate.said_among(me, MomentLike.member), gate.said_among(me, MomentComment.author)
    return _tally(moments, likes, comments & gate.STANDS)


def _tally(moments: list[int], likes: Any, comments: Any) -> tuple[dict[int, dict[int, int]], dict[int, int]]:
    """How many of these reactions by moment and kind, and of these comments by moment."""
    felt = (
        MomentLike.select(MomentLike.moment, MomentLike.kind, fn.COUNT(MomentLike.member))
        .join(Moment)
        .where(MomentLike.moment.in_(moments), likes)
        .group_by(MomentLike.moment, MomentLike.kind)
    )
    kinds: dict[int, dict[int, int]] = defaultdict(dict)
    for moment, kind, count in felt.tuples():
        kinds[moment][kind] = count
    said = (
        MomentComment.select(MomentComment.moment, fn.COUNT(MomentComment.id))
        .join(Moment)
        .where(MomentComment.moment.in_(moments), comments)
        .group_by(MomentComment.moment)
    )
    return kinds, dict(said.tuples())


class Likers(NamedTuple):
    rows: list[Liker]
    older: int | None


def who_reacted(actor: Actor, moment: int, kind: int | None = None, before: int | None = None) -> Likers:
    """Those who reacted to a moment that the actor sees, in one way or in any, as far as the actor knows of them."""
    query = (
        MomentLike.select(Member.id, Member.username, Member.display_name, Member.avatar_key, MomentLike.kind)
        .join(Member, on=MomentLike.member == Member.id)
        .switch(MomentLike)
        .join(Moment)
        .where(MomentLike.moment == moment, gate.liked(actor.member_id or 0))
        .order_by(MomentLike.member.desc())
    )
    if kind is not None:
        query = query.where(MomentLike.kind == kind)
    if before:
        query = query.where(MomentLike.member < before)
    size = LIMITS["page_members"]
    rows = [Liker(*row) for row in query.limit(size + 1).tuples()]
    called = _aliases(actor, [row.id for row in rows])
    shown = [row._replace(name=called.get(row.id, row.name)) for row in rows[:size]]
    return Likers(shown, shown[-1].id if len(rows) > size else None)


# ---- comments -----------------------------------------------------------------------------------------------


_REMARK = (
    MomentComment.id, MomentComment.moment, MomentComment.author, fn.COALESCE(Member.username, ""),
    fn.COALESCE(Member.display_name, ""), Member.avatar_key, MomentComment.html, MomentComment.created_at,
    MomentComment.parent,
)  # fmt: skip


def _comments() -> Any:
    return MomentComment.select(*_REMARK).join(Member, JOIN.LEFT_OUTER, on=MomentComment.author == Member.id)


def _build_remarks(room: int, me: int, skipped: int, before: int, **ids: int) -> ModelSelect:
    """As for reactions; `skipped` is one less than how many there are to be of each."""
    first = (
        MomentComment.select(MomentComment.id)
        .where(MomentComment.moment == Moment.id, MomentComment.id < before, gate.commented(me))
        .order_by(MomentComment.id.desc())
        .limit(1)
        .offset(skipped)
    )
    inside = (MomentComment.moment == Moment.id) & (MomentComment.id >= fn.COALESCE(first, 0))
    return (
        Moment.select(*_REMARK)
        .join(MomentComment, on=inside & (MomentComment.id < before))
        .join(Member, JOIN.LEFT_OUTER, on=MomentComment.author == Member.id)
        .where(Moment.id.in_(list(ids.values())), gate.commented(me))
        .order_by(MomentComment.id)
    )


_latest_remarks = Prepared(_build_remarks)


def _remarks(actor: Actor, moments: list[int], size: int, before: int | None = None) -> dict[int, list[Remark]]:
    """The latest comments of each moment, oldest first; all of these moments have passed the gate."""
    if not moments:
        return {}
    room, places = in_places(moments)
    rows = _latest_remarks.rows(room, me=actor.member_id or 0, skipped=size - 1, before=before or 2**61, **places)
    found: dict[int, list[Remark]] = defaultdict(list)
    for row in _named(actor, [Remark(*row) for row in rows]):
        found[row.moment].append(row)
    return found


def _named(actor: Actor, rows: list[Remark]) -> list[Remark]:
    """Each answer with the name of whom it answers, unless the reader does not see what it answers."""
    above = sorted({row.parent for row in rows if row.parent})
    if not above:
        return rows
    query = _comments().join(Moment, on=MomentComment.moment == Moment.id).where(
        MomentComment.id.in_(above), gate.commented(actor.member_id or 0)
    )
    answered = {row.id: row for row in (Remark(*row) for row in query.tuples())}
    called = _aliases(actor, [row.author for row in answered.values() if row.author])
    names = {id_: _call(row, called).name for id_, row in answered.items()}
    return [row._replace(answers=names.get(row.parent or 0, "")) for row in rows]


def _aliases(actor: Actor, ids: list[int]) -> dict[int, str]:
    return aliases(actor.member_id or 0, ids) if actor.signed_in else {}


def _call(row: Remark, called: dict[int, str]) -> Remark:
    return row._replace(name=called.get(row.author or 0, row.name))
