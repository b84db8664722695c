"""Who sees which moment. The feed's index is only where to look; this decides, each time it is read."""

from typing import Any

from peewee import SQL, Case, ModelSelect, fn

from blueprints.people.apart import apart, apart_among
from blueprints.people.friends import is_friend
from core import clock
from core.policy import is_suspended
from models import (
    Circle,
    FriendListEntry,
    Friendship,
    Membership,
    Moment,
    MomentComment,
    MomentLike,
    MomentList,
    PersonSetting,
)

STRANGERS_SEE = 10


def shown(me: Any, now: int, public: bool) -> Any:
    """SQL over Moment: what the member `me` (a number, 0 for a visitor, or a column) sees at `now` (ms since 1970).
    `public`: whether the site lets moments be public at all, and lets these eyes read.

    Of somebody suspended the profile is bare, so nobody else sees what they show of their life; it is there again when
    the suspension ends. What they said beneath moments of others stays, as it does in circles."""
    in_sight = Moment.hidden_at.is_null() & ~is_suspended(Moment.author, now)
    return meant(me, now, public) & ((Moment.author == me) | in_sight)


def meant(me: Any, now: int, public: bool) -> Any:
    """The same, whether or not it is hidden or its author suspended: what lies in a feed goes by this, so that nothing
    is missing when that ends."""
    there = Moment.deleted_at.is_null()
    lasting = Moment.expires_at.is_null() | (Moment.expires_at > now)
    if not me:
        return there & lasting & (Moment.audience == "public") & _among_newest() & public
    others = lasting & ~apart(me, Moment.author) & _audience(me, now, public)
    return there & ((Moment.author == me) | others)


def shown_to_all_on(list_: int, now: int, public: bool) -> Any:
    """SQL over Moment: what everybody on this list of friends sees, as `shown`."""
    entry = FriendListEntry.alias()
    missed_by = entry.select(entry.friend).where(entry.list == list_, ~shown(entry.friend, now, public))
    return ~fn.EXISTS(missed_by)


def _audience(me: Any, now: int, public: bool) -> Any:
    listed = fn.EXISTS(
        MomentList.select(MomentList.moment)
        .join(FriendListEntry, on=FriendListEntry.list == MomentList.list)
        .where(MomentList.moment == Moment.id, FriendListEntry.friend == me)
    )
    as_friend = Moment.audience.in_(("friends", "public")) | (
        (Moment.audience == "only") & listed) | ((Moment.audience == "except") & ~listed & _were_friends(me))
    among_members = fn.EXISTS(
        Membership.select(Membership.id)
        .join(Circle, on=Circle.id == Membership.circle)
        .where(Membership.circle == Moment.circle, Membership.member == me, Circle.closed_at.is_null())
    )
    answer = (is_friend(Moment.author, me) & _within_days(now) & as_friend) | (
        (Moment.audience == "circle") & among_members)
    return answer | ((Moment.audience == "public") & _among_newest()) if public else answer


def _were_friends(me: Any) -> Any:
    """What is kept from a few is for those who were friends when it was written: whoever is on the list would come off
    it by parting, and see it by asking again."""
    then = Friendship.select(Friendship.member).where(
        Friendship.member == Moment.author, Friendship.friend == me, Friendship.since_at <= Moment.created_at
    )
    return fn.EXISTS(then)


def _within_days(now: int) -> Any:
    """Friends see as far back as the author lets them."""
    past = PersonSetting.select(PersonSetting.member).where(
        PersonSetting.member == Moment.author, PersonSetting.friends_see_days > 0,
        Moment.created_at + PersonSetting.friends_see_days * clock.DAY < now,
    )  # fmt: skip
    return ~fn.EXISTS(past)


def _among_newest() -> Any:
    """Strangers see an author's newest public ones, as many as the author lets them."""
    newer = Moment.alias()
    some = newer.select(SQL("1").alias("one")).where(
        newer.author == Moment.author, newer.audience == "public", newer.id > Moment.id,
        newer.deleted_at.is_null(), newer.hidden_at.is_null(),
    ).limit(STRANGERS_SEE).alias("some")  # fmt: skip
    count = ModelSelect(Moment, [fn.COUNT(SQL("*"))]).from_(some)  # counts no further than it has to
    allowed = PersonSetting.select(PersonSetting.strangers_see).where(PersonSetting.member == Moment.author)
    return count < fn.COALESCE(allowed, STRANGERS_SEE)


STANDS = (fn.COALESCE(MomentComment.deleted_at, 0) == 0) & MomentComment.hidden_at.is_null()
"""SQL: a comment that is there. Said like this, the index of what was deleted is no way to what was not, which a
planner would take for a short one."""


def commented(me: int) -> Any:
    """SQL over MomentComment and its Moment, which the member sees: which of its comments. Where only comments of
    mutual friends are shown, those are: of one's own friends, of the author, and one's own."""
    return STANDS & _said_to(me, MomentComment.author)


def liked(me: int) -> Any:
    """SQL over MomentLike and its Moment, as `commented`: whose reactions the member knows of."""
    return _said_to(me, MomentLike.member)


def said_among(me: int, by: Any) -> Any:
    """The same of `by`, the author of a comment or whose reaction it is, beneath moments of others that show only what
    mutual friends say: for counting many rows, since whose the reader knows of is gathered once for all of them."""
    friends = Friendship.select(Friendship.friend).where(Friendship.member == me)
    return ((by == me) | (by == Moment.author) | by.in_(friends)) & ~apart_among(me, by)


def _said_to(me: int, by: Any) -> Any:
    known = (by == me) | (by == Moment.author) | (Moment.author == me) | fn.EXISTS(
        Friendship.select(Friendship.member).where(Friendship.member == me, Friendship.friend == by)
    )
    return ~apart(me, by) & Case(None, [(Moment.comments_by == "mutual", known)], True)
