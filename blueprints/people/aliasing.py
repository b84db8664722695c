"""What a member notes about a friend for themselves: a name of their own, and the lists the friend is on."""

from blueprints.people import lists
from core.db import atomic
from core.errors import Gone, Invalid
from core.limits import LIMITS
from core.plain import clean_line
from core.policy import Actor, require
from models import FriendList, FriendListEntry, Friendship


def note(actor: Actor, friend: int, alias: str, on: set[int]) -> None:
    """Call a friend by a name of one's own (empty: by theirs), and put them on these lists and no others.

    Raises Gone for who is no friend, or a list that is not the actor's own; Invalid."""
    clean = clean_line(alias)
    if len(clean) > LIMITS["friend_alias"]:
        raise Invalid("too_long", field="alias", most=LIMITS["friend_alias"])
    with atomic():
        require(actor, "friend:own")
        mine = (Friendship.member == actor.member_id) & (Friendship.friend == friend)
        if not Friendship.update(alias=clean).where(mine).execute():
            raise Gone
        before = lists_with(actor, friend)
        for number in sorted(on - before):
            lists.put_on(actor, number, [friend])
        for number in sorted(before - on):
            lists.take_off(actor, number, [friend])


def lists_with(actor: Actor, friend: int) -> set[int]:
    """The actor's lists that a friend is on."""
    rows = FriendListEntry.select(FriendListEntry.list).join(FriendList)
    mine = rows.where(FriendList.member == actor.member_id, FriendListEntry.friend == friend)
    return {number for (number,) in mine.tuples()}
