"""For whom a moment is: chosen when it is written, narrowed later, never widened."""

from collections import defaultdict
from dataclasses import dataclass

from peewee import fn

from blueprints.circles.rooms import Room, room
from core import site
from core.db import is_postgres
from core.errors import Denied, Gone, Invalid
from core.policy import Actor, require
from models import FeedSetting, FriendList, FriendListEntry, Friendship, Moment, MomentList

KINDS = ("friends", "only", "except", "circle", "me", "public")

NARROWER = {
    "public": ("friends", "only", "except", "me"),
    "friends": ("only", "except", "me"),
    "except": ("except", "me"),
    "only": ("only", "me"),
    "circle": ("me",),
    "me": (),
}
"""What each may become. From all but some to only some is no way: who is on both kinds of list would see it then."""


@dataclass(frozen=True)
class Audience:
    """`lists` are ids of the author's lists of friends, for `only` and `except`; `circle` is one's id, for `circle`."""

    kind: str = "friends"
    lists: tuple[int, ...] = ()
    circle: int | None = None

    def tidy(self) -> "Audience":
        """Without what its kind does not ask for."""
        lists = tuple(sorted(set(self.lists))) if self.kind in ("only", "except") else ()
        return Audience(self.kind, lists, self.circle if self.kind == "circle" else None)


def offered() -> tuple[str, ...]:
    """The kinds that this site lets members choose."""
    return KINDS if site.get("public_moments") == "on" else KINDS[:-1]


def check(actor: Actor, chosen: Audience) -> Audience:
    """What is kept of it. Raises Invalid, field `audience`, also for a circle where the actor may not write."""
    if chosen.kind not in KINDS:
        raise Invalid("choice", field="audience")
    if chosen.kind not in offered():
        raise Invalid("audience_public", field="audience")
    tidy = chosen.tidy()
    if tidy.kind in ("only", "except"):
        if not tidy.lists:
            raise Invalid("audience_lists", field="audience")
        hold(actor, tidy)
        if set(tidy.lists) - set(lists_of(actor)):
            raise Invalid("audience_list_gone", field="audience")
    if tidy.kind == "circle":
        if tidy.circle is None:
            raise Invalid("audience_circle", field="audience")
        place(actor, tidy.circle)
    return tidy


def place(actor: Actor, circle: int) -> Room:
    """The circle that something is said to. Raises Invalid, field `audience`, where the actor may not write."""
    try:
        here = room(actor, circle)
        require(actor, "post:write", here)
    except (Denied, Gone):
        raise Invalid("audience_circle_shut", field="audience") from None
    return here


def hold(actor: Actor, chosen: Audience) -> None:
    """Where writers do not queue, a list that is dropped at this moment would leave nobody out. Before a moment is
    held, since whoever drops a list comes to its moments last."""
    if is_postgres() and chosen.lists:
        mine = (FriendList.member == actor.member_id) & FriendList.id.in_(chosen.lists)
        list(FriendList.select(FriendList.id).where(mine).order_by(FriendList.id).for_update())


def check_narrower(old: Audience, new: Audience) -> None:
    """Raises Invalid unless whoever sees `new` saw `old` as well."""
    fits = new.kind in NARROWER[old.kind]
    if new.kind == old.kind == "only":
        fits = set(new.lists) < set(old.lists)
    if new.kind == old.kind == "except":
        fits = set(new.lists) > set(old.lists)
    if not fits:
        raise Invalid("audience_wider", field="audience")


def keep_lists(moment: int, chosen: Audience) -> None:
    MomentList.delete().where(MomentList.moment == moment).execute()
    if chosen.lists:
        MomentList.insert_many([{"moment": moment, "list": id_} for id_ in chosen.lists]).execute()


# ---- questions ----------------------------------------------------------------------------------------------


def lists_of(actor: Actor) -> dict[int, tuple[str, int]]:
    """The actor's lists of friends: name, and how many are on it."""
    query = (
        FriendList.select(FriendList.id, FriendList.name, fn.COUNT(FriendListEntry.friend))
        .left_outer_join(FriendListEntry)
        .where(FriendList.member == actor.member_id)
        .group_by(FriendList.id, FriendList.name)
        .order_by(FriendList.name)
    )
    return {id_: (name, count) for id_, name, count in query.tuples()}


def of_moment(row: Moment) -> Audience:
    return Audience(row.audience, of_moments([row.id]).get(row.id, ()), row.circle_id)


def of_moments(ids: list[int]) -> dict[int, tuple[int, ...]]:
    """The lists by which these moments go, as ids."""
    found: dict[int, list[int]] = defaultdict(list)
    query = MomentList.select(MomentList.moment, MomentList.list).where(MomentList.moment.in_(ids))
    for moment, list_ in query.order_by(MomentList.list).tuples() if ids else ():
        found[moment].append(list_)
    return {moment: tuple(lists) for moment, lists in found.items()}


def names_of(ids: list[int]) -> dict[int, tuple[str, ...]]:
    """The names of the lists by which these moments go: for their author alone."""
    found: dict[int, list[str]] = defaultdict(list)
    query = MomentList.select(MomentList.moment, FriendList.name).join(FriendList).where(MomentList.moment.in_(ids))
    for moment, name in query.order_by(FriendList.name).tuples() if ids else ():
        found[moment].append(name)
    return {moment: tuple(names) for moment, names in found.items()}


def people(author: int, chosen: Audience) -> int | None:
    """How many friends of the author that is now; None where it is not about friends."""
    if chosen.kind not in ("friends", "only", "except"):
        return None
    friends = Friendship.select().where(Friendship.member == author)
    listed = FriendListEntry.select(FriendListEntry.friend).where(FriendListEntry.list.in_(list(chosen.lists) or [0]))
    if chosen.kind == "only":
        friends = friends.where(Friendship.friend.in_(listed))
    if chosen.kind == "except":
        friends = friends.where(Friendship.friend.not_in(listed))
    return int(friends.count())


def usual(actor: Actor) -> Audience:
    """What the composer begins with: what this member chose last, as far as it can still be chosen."""
    found = last(actor)
    return found if found.kind else Audience()


def last(actor: Actor) -> Audience:
    """What this member chose last; none (kind empty) when it was for a few and these cannot be chosen any more."""
    kind = FeedSetting.select(FeedSetting.audience).where(FeedSetting.member == actor.member_id).scalar() or "friends"
    if kind not in offered():
        return Audience()
    if kind in ("friends", "me", "public"):
        return Audience(kind)
    latest = Moment.select().where(Moment.author == actor.member_id, Moment.audience == kind)
    row = latest.order_by(Moment.id.desc()).first()
    found = of_moment(row) if row else Audience(kind)
    return found if found.lists or found.circle else Audience("")
