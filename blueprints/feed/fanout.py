"""The index of feeds: which moments lie in whose, written when they are posted, so that a feed is read as one range.

It is only where to look. What is in it too much, for as long as a job takes, the gate does not let through (gate.py);
what was missing is filled in by a job that can be run twice. Each batch reads the moment anew, so that whatever was
narrowed or taken back in between counts from there on.
"""

from datetime import UTC, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from peewee import Case, ModelSelect, Tuple, Value

from blueprints.feed import gate
from blueprints.people.friends import are_friends
from core import clock, jobs, site, stream_log
from core.db import atomic
from models import (
    FeedEntry,
    FriendListEntry,
    Friendship,
    Member,
    Membership,
    Moment,
    MomentList,
    Session,
)

BATCH = 1000
FILLED = 500
"""So many of somebody's newest moments are put into the feed of a new friend; older ones stand on their profile."""

LOOKING_MS = 30 * clock.MINUTE
UNDO_MS = clock.HOUR
SPREAD, SETTLE, FILL, TAKE_OUT, RELIST = "feed.spread", "feed.settle", "feed.fill", "feed.take_out", "feed.relist"
ENTER, LEAVE = "feed.enter_circle", "feed.leave_circle"
_ENTRY = (FeedEntry.member, FeedEntry.moment, FeedEntry.author, FeedEntry.day)


class _Meant(NamedTuple):
    id: int
    author: int
    audience: str
    circle: int | None
    created_at: int
    expires_at: int | None
    is_deleted: bool


def day_of(at: int) -> int:
    """Days since 1970 in the site's time zone, of a moment in ms since 1970."""
    local = datetime.fromtimestamp(at / 1000, ZoneInfo(site.get("time_zone")))
    return (local.date() - datetime.fromtimestamp(0, UTC).date()).days


# ---- one moment to all whom it is meant for ------------------------------------------------------------------


def begin(moment: int) -> None:
    """Inside the transaction that writes it: it lies in its author's feed at once, in those of others by a job."""
    row = _meant(moment)
    if row is not None:
        own = {"member": row.author, "moment": row.id, "author": row.author, "day": day_of(row.created_at)}
        FeedEntry.insert(own).on_conflict_ignore().execute()
        if row.audience != "me":
            jobs.later(SPREAD, {"moment": moment})
        stream_log.touch(f"feed-{row.author}")


def narrowed(moment: int) -> None:
    jobs.later(SETTLE, {"moment": moment})


def deleted(moment: int) -> None:
    """Once nobody can take it back any more; until then the gate keeps it away."""
    jobs.later(SETTLE, {"moment": moment}, due=clock.now() + UNDO_MS)


def spread(moment: int, after: int) -> int | None:
    """Bring a moment to the next of its readers whose number is above `after`; how far this came, None at the end."""
    with atomic():
        row = _meant(moment)
        readers = _readers(row) if row is not None else None
        if row is None or readers is None:
            return None
        next_ones = readers.where(Friendship.friend > after).order_by(Friendship.friend).limit(BATCH)
        ids = [id_ for (id_,) in next_ones.tuples()]
        if not ids:
            return None
        inside = Friendship.friend.between(ids[0], ids[-1])
        facts = (Value(value, converter=False) for value in (row.id, row.author, day_of(row.created_at)))
        FeedEntry.insert_from(readers.where(inside).select_extend(*facts), _ENTRY).on_conflict_ignore().execute()
        _ring(ids)
        return ids[-1] if len(ids) == BATCH else None


def settle(moment: int, after: int) -> int | None:
    """Take a moment out of the next feeds in which it has no place any more; as `spread`."""
    with atomic():
        row = _meant(moment)
        if row is None:
            return None
        readers = _readers(row)
        held = (FeedEntry.moment == moment) & (FeedEntry.member > after)
        if not row.is_deleted:
            held &= FeedEntry.member != row.author
        if readers is not None:
            held &= FeedEntry.member.not_in(readers)
        query = FeedEntry.select(FeedEntry.member).where(held).order_by(FeedEntry.member).limit(BATCH)
        ids = [id_ for (id_,) in query.tuples()]
        FeedEntry.delete().where(FeedEntry.moment == moment, FeedEntry.member.in_(ids)).execute()
        return ids[-1] if len(ids) == BATCH else None


def _meant(moment: int) -> _Meant | None:
    query = Moment.select(
        Moment.id, Moment.author, Moment.audience, Moment.circle, Moment.created_at, Moment.expires_at,
        Moment.deleted_at.is_null(False),
    )  # fmt: skip
    row = query.where(Moment.id == moment).tuples().first()
    return _Meant(*row) if row else None


def _readers(row: _Meant) -> ModelSelect | None:
    """The author's friends among those who are meant; None for nobody. A circle reads a moment on its author's profile
    as well: into a feed it comes by friendship alone."""
    if row.is_deleted or (row.expires_at is not None and row.expires_at <= clock.now()):
        return None
    friends = Friendship.select(Friendship.friend).where(Friendship.member == row.author)
    listed = (
        FriendListEntry.select(FriendListEntry.friend)
        .join(MomentList, on=MomentList.list == FriendListEntry.list)
        .where(MomentList.moment == row.id)
    )
    inside = Membership.select(Membership.member).where(Membership.circle == row.circle)
    narrower: dict[str, Any] = {
        "only": Friendship.friend.in_(listed), "except": Friendship.friend.not_in(listed),
        "circle": Friendship.friend.in_(inside),
    }  # fmt: skip
    if row.audience in narrower:
        return friends.where(narrower[row.audience])
    return friends if row.audience in ("friends", "public") else None


def _ring(members: list[int]) -> None:
    """The open feeds of those who were here lately; the others find what is new when they come."""
    here = (Session.seen_at > clock.now() - LOOKING_MS) & Session.member.in_(members)
    for (member,) in Session.select(Session.member).where(here).distinct().tuples():
        stream_log.touch(f"feed-{member}")


# ---- one author to one reader --------------------------------------------------------------------------------


def became_friends(one: int, other: int) -> None:
    jobs.later(FILL, {"member": one, "author": other})
    jobs.later(FILL, {"member": other, "author": one})


def parted(one: int, other: int) -> None:
    jobs.later(TAKE_OUT, {"member": one, "author": other})
    jobs.later(TAKE_OUT, {"member": other, "author": one})


def listed_anew(author: int, list_: int, friends: tuple[int, ...]) -> None:
    """One job, however long the list is that they were put on or taken off; none when nothing goes by it. Which moments
    do is asked now, since the list may be about to go."""
    named = MomentList.select(MomentList.moment).where(MomentList.list == list_)
    moments = [id_ for (id_,) in _newest((Moment.author == author) & Moment.id.in_(named)).tuples()]
    if moments:
        jobs.later(RELIST, {"members": friends, "author": author, "moments": moments})


def by_lists(author: int) -> list[int]:
    """The author's newest moments that go by lists."""
    chosen = (Moment.author == author) & Moment.audience.in_(("only", "except"))
    return [id_ for (id_,) in _newest(chosen).tuples()]


def entered(circle: int, member: int) -> None:
    if Friendship.select(Friendship.member).where(Friendship.member == member).exists():
        jobs.later(ENTER, {"circle": circle, "member": member})


def left(circle: int, member: int) -> None:
    if _of_circle(circle, member).exists():
        jobs.later(LEAVE, {"circle": circle, "member": member})


def fill(member: int, author: int) -> None:
    """Put an author's newest moments into the feed of a member who may see them."""
    with atomic():
        if are_friends(author, member):
            _put(member, _newest(Moment.author == author))
            _ring([member])


def take_out(member: int, author: int) -> bool:
    """Take some of an author's moments out of a member's feed; whether there may be more. Nothing when they have become
    friends anew."""
    with atomic():
        if are_friends(author, member):
            return False
        theirs = (FeedEntry.member == member) & (FeedEntry.author == author)
        return _take(member, FeedEntry.select(FeedEntry.moment).where(theirs))


def _take(member: int, entries: ModelSelect) -> bool:
    ids = [id_ for (id_,) in entries.limit(BATCH).tuples()]
    FeedEntry.delete().where(FeedEntry.member == member, FeedEntry.moment.in_(ids)).execute()
    return len(ids) == BATCH


def relist(members: list[int], moments: list[int]) -> None:
    """These friends are on other lists than before: lay these moments of one author into their feeds as far as they are
    meant for them now, and take the others out. In two questions, however many of both there are."""
    with atomic():
        there = Moment.select(Moment.id, Moment.created_at).where(Moment.id.in_(moments), Moment.deleted_at.is_null())
        days = [(id_, day_of(at)) for id_, at in there.tuples()]
        if not days:
            return
        ids = [id_ for id_, _ in days]
        meant = (
            Moment.select(Member.id, Moment.id)
            .join(Member, on=Member.id.in_(members))
            .where(Moment.id.in_(ids), gate.meant(Member.id, clock.now(), public=False))
        )
        rows = meant.select_extend(Moment.author, Case(Moment.id, [(id_, day) for id_, day in days]))
        FeedEntry.insert_from(rows, _ENTRY).on_conflict_ignore().execute()
        FeedEntry.delete().where(
            FeedEntry.member.in_(members), FeedEntry.moment.in_(ids),
            Tuple(FeedEntry.member, FeedEntry.moment).not_in(meant),
        ).execute()  # fmt: skip


def enter_circle(member: int, circle: int) -> None:
    """Put what friends have shown to a circle into the feed of somebody who is new in it."""
    with atomic():
        friends = Friendship.select(Friendship.friend).where(Friendship.member == member)
        _put(member, _newest((Moment.circle == circle) & Moment.author.in_(friends)))


def leave_circle(member: int, circle: int) -> bool:
    """Take what friends have shown to a circle out of the feed of somebody who is in it no more, as `take_out`."""
    with atomic():
        is_back = Membership.select(Membership.id).where(Membership.circle == circle, Membership.member == member)
        return not is_back.exists() and _take(member, _of_circle(circle, member))


def _of_circle(circle: int, member: int) -> ModelSelect:
    """What others have shown to a circle, as far as it lies in somebody's feed."""
    theirs = Moment.select(Moment.id).where(Moment.circle == circle, Moment.author != member)
    return FeedEntry.select(FeedEntry.moment).where(FeedEntry.member == member, FeedEntry.moment.in_(theirs))


def _newest(which: Any) -> ModelSelect:
    return Moment.select(Moment.id).where(which, Moment.deleted_at.is_null()).order_by(Moment.id.desc()).limit(FILLED)


def _put(member: int, moments: ModelSelect) -> None:
    """Those of these that are meant for the member as a friend, or in a circle."""
    ids = [id_ for (id_,) in moments.tuples()]
    seen = Moment.select(Moment.id, Moment.author, Moment.created_at).where(Moment.id.in_(ids))
    rows = seen.where(gate.meant(member, clock.now(), public=False)).tuples()
    entries = [(member, id_, by, day_of(at)) for id_, by, at in rows]
    if entries:
        FeedEntry.insert_many(entries, _ENTRY).on_conflict_ignore().execute()
