"""What a reader would miss in their feed: what was said to them, what their closest friends showed, who seldom shows
anything, what was talked about most. Each moment is listed once, with the reasons why; nothing is weighed, and the feed
itself stays in the order of time.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import NamedTuple

from peewee import fn

from blueprints.circles.reading import plain
from blueprints.feed import reading, seeing
from blueprints.feed.queries import Seen
from blueprints.feed.talking import talks
from core import clock
from core.policy import Actor, require, visible
from models import FeedEntry, Moment, MomentComment, MomentLike

MOST_LOOKED = 600
"""So many entries of the feed are looked at: all of a busy month would make everybody else wait."""

MOST_OF_A_KIND = 5
LEAST_TALK = 3
CLOSE = 3
"""How often the reader reacted to somebody lately, or wrote to them, before that counts as a reason."""

LATELY_MS = 90 * clock.DAY
SELDOM_MS = 60 * clock.DAY
MOST_OWN = 300
EXCERPT = 120
GROUPS = ("you", "close", "seldom", "talked", "reacted")


@dataclass(frozen=True)
class Reason:
    """Why a moment is listed: answered (to the reader, `count` times), close (`count` reactions lately), seldom (the
    first in `count` days), talked, reacted (`count` of them)."""

    kind: str
    count: int = 0


class Listed(NamedTuple):
    moment: Seen
    excerpt: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Missed:
    """`groups` by name, newest first in each. `new` moments of others came in the period, `others` of them are not
    listed; `more` says that there were more than we look at."""

    groups: dict[str, list[Listed]]
    new: int
    others: int
    more: bool


class _New(NamedTuple):
    id: int
    author: int
    created_at: int
    comments: int
    reactions: int


def missed(actor: Actor, since: int) -> Missed:
    """Since this moment (ms since 1970), as far as the reader has not put it away."""
    require(actor, "feed:read")
    new, more = _new(actor, since)
    found = [
        ("you", _answers(actor, since)), ("close", _close(actor, new)), ("seldom", _seldom(actor, new)),
        *_much(actor, new),
    ]  # fmt: skip
    reasons: dict[int, list[Reason]] = defaultdict(list)
    group_of: dict[int, str] = {}
    for group, pairs in found:
        for moment, reason in pairs:
            reasons[moment].append(reason)
            group_of.setdefault(moment, group)
    groups: dict[str, list[Listed]] = {group: [] for group in GROUPS}
    rows = seeing.some(actor, sorted(reasons, reverse=True))
    quiet = reading.kept_out(actor, rows, reading.muted_words(actor))
    for row in rows:
        if row.id not in quiet:
            text = plain(row.html)[:EXCERPT]
            groups[group_of[row.id]].append(Listed(row, text, tuple(reasons[row.id])))
    shown = {each.moment.id for listed in groups.values() for each in listed}
    full = {group: listed for group, listed in groups.items() if listed}
    return Missed(full, len(new), sum(each.id not in shown for each in new), more)


def _new(actor: Actor, since: int) -> tuple[list[_New], bool]:
    """What others showed in the period, and whether the look ended before it did."""
    entries = reading.entries(actor.member_id or 0, seeing.NEWEST, MOST_LOOKED)
    wanted = [
        each.moment for each in entries
        if not each.is_put_away and not each.in_lane and each.author != actor.member_id
    ]  # fmt: skip
    query = Moment.select(
        Moment.id, Moment.author, Moment.created_at, Moment.comment_count, Moment.like_count
    ).where(Moment.id.in_(wanted), Moment.created_at >= since)
    rows = [_New(*row) for row in visible(query, actor).tuples()] if wanted else []
    is_cut = len(entries) == MOST_LOOKED
    last = Moment.select(Moment.created_at).where(Moment.id == entries[-1].moment).scalar() if is_cut else None
    return rows, last is not None and last >= since


# ---- reasons ------------------------------------------------------------------------------------------------


def _answers(actor: Actor, since: int) -> list[tuple[int, Reason]]:
    """Comments of others beneath the reader's latest moments, and answers to their latest comments."""
    me = actor.member_id
    mine = Moment.select(Moment.id).where(Moment.author == me).order_by(Moment.id.desc()).limit(MOST_OWN)
    said = MomentComment.select(MomentComment.id).where(MomentComment.author == me)
    said = said.order_by(MomentComment.id.desc()).limit(MOST_OWN)
    moments, comments = ([id_ for (id_,) in query.tuples()] for query in (mine, said))
    found: Counter[int] = Counter()
    seen: set[int] = set()
    for to_me in (MomentComment.moment.in_(moments), MomentComment.parent.in_(comments)):
        query = (
            MomentComment.select(MomentComment.id, MomentComment.moment)
            .where(to_me, MomentComment.created_at >= since, MomentComment.author != me)
            .order_by(MomentComment.id.desc())
            .limit(MOST_OWN)
        )
        for comment, moment in visible(query, actor).tuples():
            found[moment] += comment not in seen
            seen.add(comment)
    return [(moment, Reason("answered", count)) for moment, count in found.items()]


def _close(actor: Actor, new: list[_New]) -> list[tuple[int, Reason]]:
    """The newest moment of each of those to whom the reader reacted or wrote most often lately."""
    lately = clock.now() - LATELY_MS
    counted: Counter[int] = Counter()
    for table, by, at in (
        (MomentLike, MomentLike.member, MomentLike.liked_at),
        (MomentComment, MomentComment.author, MomentComment.created_at),
    ):
        query = (
            table.select(Moment.author, fn.COUNT(Moment.id))
            .join(Moment, on=table.moment == Moment.id)
            .where(by == actor.member_id, at >= lately, Moment.author != actor.member_id)
            .group_by(Moment.author)
        )
        counted.update(dict(query.tuples()))
    newest = {row.author: row.id for row in sorted(new, key=lambda row: row.id)}
    close = [(count, author) for author, count in counted.items() if count >= CLOSE and author in newest]
    return [(newest[author], Reason("close", count)) for count, author in sorted(close, reverse=True)[:MOST_OF_A_KIND]]


def _seldom(actor: Actor, new: list[_New]) -> list[tuple[int, Reason]]:
    """First moments after a long silence, as the reader's own index knows it."""
    first = {row.author: row.id for row in sorted(new, key=lambda row: -row.id)}
    earlier = Moment.alias()
    last = (
        FeedEntry.select(earlier.created_at)
        .join(earlier, on=(earlier.id == FeedEntry.moment))
        .where(
            FeedEntry.member == actor.member_id, FeedEntry.author == Moment.author, FeedEntry.moment < Moment.id
        )
        .order_by(FeedEntry.moment.desc())
        .limit(1)
    )
    at = {row.id: row.created_at for row in new}
    query = Moment.select(Moment.id, last).where(Moment.id.in_(list(first.values())))
    gaps = {id_: at[id_] - then for id_, then in query.tuples() if then is not None}
    silent = sorted((id_ for id_, gap in gaps.items() if gap >= SELDOM_MS), reverse=True)
    return [(id_, Reason("seldom", gaps[id_] // clock.DAY)) for id_ in silent[:MOST_OF_A_KIND]]


def _much(actor: Actor, new: list[_New]) -> list[tuple[str, list[tuple[int, Reason]]]]:
    """What was talked about and reacted to most, counted as far as the reader may know of it."""
    talk = sorted(new, key=lambda row: (-row.comments, -row.id))[: 2 * MOST_OF_A_KIND]
    reacted = sorted(new, key=lambda row: (-row.reactions, -row.id))[: 2 * MOST_OF_A_KIND]
    likely = {row.id for row in [*talk, *reacted] if max(row.comments, row.reactions) >= LEAST_TALK}
    known = list(talks(actor, sorted(likely)).values())
    return [
        ("talked", _most("talked", {each.id: each.count for each in known})),
        ("reacted", _most("reacted", {each.id: each.total for each in known})),
    ]


def _most(kind: str, counted: dict[int, int]) -> list[tuple[int, Reason]]:
    most = sorted((-count, -id_) for id_, count in counted.items() if count >= LEAST_TALK)
    return [(-id_, Reason(kind, -count)) for count, id_ in most[:MOST_OF_A_KIND]]
