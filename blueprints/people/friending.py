"""Asking to be friends, answering, and ending it. Who asks hears of a yes only: a no and a silence look the same.

A friendship is two rows, so the reader's side is always their own: it holds what they call the other.
"""

from typing import Any

from blueprints.people.apart import require_together
from blueprints.people.events import FriendAsked, FriendLost, FriendMade, FriendRequestClosed
from blueprints.people.friends import are_friends
from blueprints.people.privacy import may_ask, share_circle
from core import clock
from core.db import atomic, is_postgres
from core.errors import Conflict, Denied, Gone, Invalid
from core.limits import LIMITS
from core.plain import clean_line
from core.policy import Actor, require, visible
from core.signals import announce
from models import FriendList, FriendListEntry, FriendRequest, Friendship, Member

METS = ("search", "profile", "code", "circle")
"""How two people found each other."""


def ask(actor: Actor, other: int, words: str = "", met: str = "", *, by_code: bool = False) -> bool:
    """Ask somebody to be friends. True when the two are friends now, since the other had asked as well.

    Asking again while it is open changes nothing. `by_code`: the actor holds the other's code (codes.py). Raises Gone,
    Denied, Invalid, Conflict when one of the two has as many friends as there can be."""
    clean, me = _words(words), actor.member_id or 0
    with atomic():
        require(actor, "friend:own")
        hold(me, other)
        _require_other(actor, other)
        if are_friends(me, other):
            return True
        if _wants(other, me).exists():
            _befriend(me, other)
            return True
        if not _wants(me, other).exists():
            if not may_ask(actor, other, by_code):
                raise Denied("friend_closed")
            _require_room(me, "friends_full")
            _note(me, other, clean, _met(me, other, met, by_code))
    return False


def _words(words: str) -> str:
    clean = clean_line(words)
    if len(clean) > LIMITS["friend_words"]:
        raise Invalid("too_long", field="words", most=LIMITS["friend_words"])
    return clean


def _met(me: int, other: int, said: str, by_code: bool) -> str:
    """What the other is told of how they were found, so it has to be true."""
    if by_code:
        return "code"
    if said == "circle" and share_circle(me, other):
        return "circle"
    return said if said == "search" else "profile"


def _require_other(actor: Actor, other: int) -> None:
    """Raises Gone for oneself, and for who is not there for the actor."""
    require_together(actor, other)
    there = visible(Member.select(Member.id).where(Member.id == other), actor).exists()
    if other == actor.member_id or not there:
        raise Gone


def hold(*members: int) -> None:
    """Where writers do not queue, what changes between these people waits for its turn: two who ask each other at once
    would both wait for the other's answer. Before anything is read that it hangs on."""
    if is_postgres():
        list(Member.select(Member.id).where(Member.id.in_(members)).order_by(Member.id).for_update())


def _wants(asker: int, asked: int) -> Any:
    """The request that is open for who asked, whether or not the other has declined it."""
    return FriendRequest.select(FriendRequest.asker).where(
        FriendRequest.asker == asker, FriendRequest.asked == asked, FriendRequest.withdrawn_at.is_null()
    )


def _note(me: int, other: int, words: str, met: str) -> None:
    """One that was declined comes back as it went: the other sees nothing of it."""
    now = clock.now()
    FriendRequest.insert(asker=me, asked=other, words=words, met=met, asked_at=now).on_conflict(
        conflict_target=[FriendRequest.asker, FriendRequest.asked],
        update={
            FriendRequest.words: words, FriendRequest.met: met, FriendRequest.asked_at: now,
            FriendRequest.withdrawn_at: None,
        },
    ).execute()  # fmt: skip
    if _waiting(me, other).exists():
        announce(FriendAsked(me, other))


def _require_room(member: int, code: str) -> None:
    if Friendship.select(Friendship.friend).where(Friendship.member == member).count() >= LIMITS["friends"]:
        raise Conflict(code, most=LIMITS["friends"])


def _befriend(me: int, asker: int) -> None:
    _require_room(me, "friends_full")
    _require_room(asker, "friends_full_theirs")
    now = clock.now()
    met = FriendRequest.select(FriendRequest.met).where(
        FriendRequest.asker == asker, FriendRequest.asked == me
    ).scalar()  # fmt: skip
    both = [(me, asker, met or "", now), (asker, me, met or "", now)]
    Friendship.insert_many(
        both, [Friendship.member, Friendship.friend, Friendship.met, Friendship.since_at]
    ).execute()  # fmt: skip
    _drop_requests(me, asker)
    announce(FriendMade(me, asker))


def _drop_requests(one: int, other: int) -> None:
    between = ((FriendRequest.asker == one) & (FriendRequest.asked == other)) | (
        (FriendRequest.asker == other) & (FriendRequest.asked == one)
    )
    FriendRequest.delete().where(between).execute()


# ---- answers ------------------------------------------------------------------------------------------------


def _waiting(asker: int, asked: int) -> Any:
    """The request as it waits for an answer."""
    return _wants(asker, asked).where(FriendRequest.declined_at.is_null())


def withdraw(actor: Actor, asked: int) -> None:
    """Take back what one asked; what was never asked changes nothing."""
    me = actor.member_id or 0
    with atomic():
        require(actor, "friend:own")
        hold(me, asked)
        mine = (FriendRequest.asker == me) & (FriendRequest.asked == asked)
        gone = FriendRequest.delete().where(mine, FriendRequest.declined_at.is_null()).execute()
        FriendRequest.update(withdrawn_at=clock.now()).where(mine, FriendRequest.withdrawn_at.is_null()).execute()
        if gone:
            announce(FriendRequestClosed(me, asked))


def accept(actor: Actor, asker: int) -> None:
    """Twice is once. Raises Gone when nobody asks (any more), Conflict when there is no room for another friend."""
    me = actor.member_id or 0
    with atomic():
        require(actor, "friend:own")
        hold(me, asker)
        _require_other(actor, asker)
        if are_friends(me, asker):
            return
        if not _waiting(asker, me).exists():
            raise Gone("friend_request_gone")
        _befriend(me, asker)


def decline(actor: Actor, asker: int) -> None:
    """Without a trace: for who asked it goes on waiting. Declining what is not there changes nothing."""
    me = actor.member_id or 0
    with atomic():
        require(actor, "friend:own")
        theirs = (FriendRequest.asker == asker) & (FriendRequest.asked == me)
        if FriendRequest.update(declined_at=clock.now()).where(theirs, FriendRequest.declined_at.is_null()).execute():
            announce(FriendRequestClosed(asker, me))


# ---- the end ------------------------------------------------------------------------------------------------


def end(actor: Actor, friend: int) -> None:
    """Be friends no more, on both sides; the other is not told. Twice changes nothing."""
    me = actor.member_id or 0
    with atomic():
        require(actor, "friend:own")
        hold(me, friend)
        _part(me, friend)


def _part(by: int, other: int) -> None:
    sides = ((Friendship.member == by) & (Friendship.friend == other)) | (
        (Friendship.member == other) & (Friendship.friend == by)
    )
    if not Friendship.delete().where(sides).execute():
        return
    for owner, friend in ((by, other), (other, by)):
        lists = FriendList.select(FriendList.id).where(FriendList.member == owner)
        FriendListEntry.delete().where(FriendListEntry.list.in_(lists), FriendListEntry.friend == friend).execute()
    announce(FriendLost(by, other))
