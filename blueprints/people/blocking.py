"""Having nothing to do with somebody any more: both ways, at once, everywhere, and without a word to them."""

from typing import NamedTuple

from blueprints.people.events import FriendLost, FriendRequestClosed, MemberBlocked, MemberUnblocked
from blueprints.people.friending import hold
from core import clock, stream_log
from core.db import atomic
from core.errors import Conflict, Gone
from core.limits import LIMITS
from core.policy import Actor, require
from core.signals import announce
from models import Block, FriendList, FriendListEntry, FriendRequest, Friendship, Member


class BlockedRow(NamedTuple):
    id: int
    username: str
    name: str
    avatar_key: str | None
    at: int

    @property
    def hue(self) -> int:
        return self.id % 12


def block(actor: Actor, other: int) -> bool:
    """What they were to each other ends with it: friendship, requests, places on lists. False when it is so already.
    Raises Gone, SignInNeeded, Denied, Conflict."""
    with atomic():
        require(actor, "people:block")
        me = actor.member_id or 0
        if other == me:
            raise Conflict("block_self")
        hold(me, other)  # or a yes to a request would come in between
        if _has_blocked(me, other):
            return False
        if _has_blocked(other, me):  # of whom they are to hear nothing: as if there were nobody
            raise Gone("no_such_member")
        if not Member.select(Member.id).where(Member.id == other, Member.erased_at.is_null()).exists():
            raise Gone("no_such_member")
        if Block.select(Block.at).where(Block.member == me).count() >= LIMITS["blocked"]:
            raise Conflict("blocked_many", most=LIMITS["blocked"])
        row = Block.insert(member=me, blocked=other, at=clock.now()).on_conflict_ignore()
        if not row.as_rowcount().execute():
            return False
        _part(me, other)
        announce(MemberBlocked(me, other))
        _look_again(me, other)
        return True


def unblock(actor: Actor, other: int) -> None:
    """What ended with the block stays ended. Doing it twice changes nothing. Raises SignInNeeded, Denied."""
    with atomic():
        require(actor, "people:block")
        me = actor.member_id or 0
        if Block.delete().where(Block.member == me, Block.blocked == other).execute():
            announce(MemberUnblocked(me, other))
            _look_again(me, other)


def _has_blocked(one: int, other: int) -> bool:
    return Block.select(Block.at).where(Block.member == one, Block.blocked == other).exists()


def _part(one: int, other: int) -> None:
    were_friends = 0
    for mine, theirs in ((one, other), (other, one)):
        were_friends += Friendship.delete().where(Friendship.member == mine, Friendship.friend == theirs).execute()
        if FriendRequest.delete().where(FriendRequest.asker == mine, FriendRequest.asked == theirs).execute():
            announce(FriendRequestClosed(mine, theirs))
        lists = FriendList.select(FriendList.id).where(FriendList.member == mine)
        FriendListEntry.delete().where(FriendListEntry.list.in_(lists), FriendListEntry.friend == theirs).execute()
    if were_friends:
        announce(FriendLost(one, other))


def _look_again(one: int, other: int) -> None:
    """Pages of the two that are open come back and ask anew whose words they do not get."""
    for member in (one, other):
        stream_log.revoke(f"m{member}")


def blocked(actor: Actor) -> list[BlockedRow]:
    """Whom the actor has blocked, the latest first; only they know. Raises SignInNeeded, Denied."""
    require(actor, "people:block")
    query = (
        Block.select(Member.id, Member.username, Member.display_name, Member.avatar_key, Block.at)
        .join(Member, on=Block.blocked == Member.id)
        .where(Block.member == (actor.member_id or 0), Member.erased_at.is_null())
        .order_by(Block.at.desc(), Member.id)
        .limit(LIMITS["blocked"])
    )
    return [BlockedRow(*row) for row in query.tuples()]


def blocked_named(actor: Actor, username: str) -> BlockedRow:
    """One of those whom the actor has blocked. Raises Gone, SignInNeeded, Denied."""
    found = next((row for row in blocked(actor) if row.username == username), None)
    if found is None:
        raise Gone("no_such_member")
    return found
