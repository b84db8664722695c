"""How the reader stands to somebody, and what they may do about it."""

from dataclasses import dataclass

from blueprints.people.privacy import may_ask
from core.policy import Actor, can
from models import FriendRequest, Friendship


@dataclass(frozen=True)
class Tie:
    """`state`: open (may be asked), waiting (was asked), asks (waits for the reader's answer), friends, or empty where
    there is nothing to show. `words` and `met` are those of who asks."""

    state: str = ""
    alias: str = ""
    words: str = ""
    met: str = ""
    since_at: int = 0


def tie(actor: Actor, other: int, *, by_code: bool = False) -> Tie:
    """Empty for oneself, for who may not be asked, and for whoever cannot have friends."""
    me = actor.member_id
    if me is None or me == other or not can(actor, "friend:own"):
        return Tie()
    known = Friendship.select(Friendship.alias, Friendship.met, Friendship.since_at).where(
        Friendship.member == me, Friendship.friend == other
    )
    if row := known.tuples().first():
        alias, met, since_at = row
        return Tie("friends", alias=alias, met=met, since_at=since_at)
    asked = FriendRequest.select(
        FriendRequest.asker, FriendRequest.words, FriendRequest.met, FriendRequest.declined_at
    ).where(
        ((FriendRequest.asker == me) & (FriendRequest.asked == other))
        | ((FriendRequest.asker == other) & (FriendRequest.asked == me)),
        FriendRequest.withdrawn_at.is_null(),
    )
    between = {row[0]: row[1:] for row in asked.tuples()}
    if other in between and between[other][2] is None:
        words, met, _ = between[other]
        return Tie("asks", words=words, met=met)
    if me in between:
        return Tie("waiting")
    return Tie("open") if may_ask(actor, other, by_code) else Tie()
