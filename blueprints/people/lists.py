"""A member's lists of friends. Nobody else knows of them, and whoever is on one is not told."""

from collections.abc import Iterable

from peewee import IntegrityError

from blueprints.people.events import FriendListChanged, FriendListDropped
from blueprints.people.friending import hold
from core import clock
from core.db import atomic, is_postgres
from core.errors import Conflict, Gone, Invalid
from core.limits import LIMITS
from core.plain import clean_line
from core.policy import Actor, require
from core.signals import announce
from models import FriendList, FriendListEntry, Friendship


def make_list(actor: Actor, name: str) -> int:
    """Returns its id. Raises Invalid for the name, Conflict when there are as many as fit."""
    clean, me = _name(name), actor.member_id or 0
    try:
        with atomic():
            require(actor, "friend:own")
            _require_free(me, clean)
            if FriendList.select(FriendList.id).where(FriendList.member == me).count() >= LIMITS["friend_lists"]:
                raise Conflict("friend_lists_full", most=LIMITS["friend_lists"])
            return int(FriendList.create(member=me, name=clean, made_at=clock.now()).id)
    except IntegrityError:  # where writers do not queue, the same form can come twice
        raise Invalid("friend_list_taken", field="name") from None


def rename_list(actor: Actor, number: int, name: str) -> None:
    """Raises Gone, Invalid."""
    clean = _name(name)
    try:
        with atomic():
            require_own(actor, number)
            _require_free(actor.member_id or 0, clean, number)
            FriendList.update(name=clean).where(FriendList.id == number).execute()
    except IntegrityError:
        raise Invalid("friend_list_taken", field="name") from None


def drop_list(actor: Actor, number: int) -> None:
    """Nobody hears of it. It is announced while the list is still there, since what was shown by it, or kept from those
    on it, is to be settled first. Raises Gone."""
    with atomic():
        require_own(actor, number)
        if is_postgres():  # whoever writes for this list right now comes first, or does not find it (feed/audience.py)
            FriendList.select(FriendList.id).where(FriendList.id == number).for_update().execute()
        announce(FriendListDropped(actor.member_id or 0, number))
        announce(FriendListChanged(actor.member_id or 0, number, tuple(sorted(on_list(number)))))
        FriendList.delete().where(FriendList.id == number).execute()


def put_on(actor: Actor, number: int, friends: Iterable[int]) -> None:
    """Raises Gone for a list that is not the actor's own, or somebody who is no friend."""
    with atomic():
        require_own(actor, number)
        wanted = set(friends)
        hold(actor.member_id or 0, *wanted)
        mine = Friendship.select(Friendship.friend).where(
            Friendship.member == actor.member_id, Friendship.friend.in_(sorted(wanted))
        )
        if {id_ for (id_,) in mine.tuples()} != wanted:
            raise Gone
        new = sorted(wanted - on_list(number))
        if new:
            rows = [(number, friend) for friend in new]
            FriendListEntry.insert_many(
                rows, [FriendListEntry.list, FriendListEntry.friend]
            ).on_conflict_ignore().execute()
            announce(FriendListChanged(actor.member_id or 0, number, tuple(new)))


def take_off(actor: Actor, number: int, friends: Iterable[int]) -> None:
    """Raises Gone for a list that is not the actor's own."""
    with atomic():
        require_own(actor, number)
        gone = sorted(set(friends) & on_list(number))
        if gone:
            FriendListEntry.delete().where(
                FriendListEntry.list == number, FriendListEntry.friend.in_(gone)
            ).execute()  # fmt: skip
            announce(FriendListChanged(actor.member_id or 0, number, tuple(gone)))


def on_list(number: int) -> set[int]:
    """Who is on a list that the actor is known to own."""
    return {id_ for (id_,) in FriendListEntry.select(FriendListEntry.friend).where(
        FriendListEntry.list == number).tuples()}  # fmt: skip


def require_own(actor: Actor, number: int) -> None:
    """Raises Gone for a list that is not the actor's own."""
    require(actor, "friend:own")
    own = (FriendList.id == number) & (FriendList.member == actor.member_id)
    if not FriendList.select(FriendList.id).where(own).exists():
        raise Gone


def _name(name: str) -> str:
    clean = clean_line(name)
    if not clean:
        raise Invalid("needed", field="name")
    if len(clean) > LIMITS["friend_list"]:
        raise Invalid("too_long", field="name", most=LIMITS["friend_list"])
    return clean


def _require_free(member: int, name: str, but: int = 0) -> None:
    taken = (FriendList.member == member) & (FriendList.name == name) & (FriendList.id != but)
    if FriendList.select(FriendList.id).where(taken).exists():
        raise Invalid("friend_list_taken", field="name")
