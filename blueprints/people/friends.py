"""Who is whose friend: questions that other blueprints ask as well."""

from typing import Any

from peewee import fn

from models import Friendship


def is_friend(of: Any, me: Any) -> Any:
    """SQL: whether `of` counts me among their friends. Each is a column or a number."""
    return fn.EXISTS(Friendship.select(Friendship.member).where(Friendship.member == of, Friendship.friend == me))


def are_friends(one: int, other: int) -> bool:
    return Friendship.select(Friendship.member).where(Friendship.member == one, Friendship.friend == other).exists()


def friend_ids_among(member_id: int, ids: list[int]) -> set[int]:
    """Those of them who are friends of this member."""
    rows = Friendship.select(Friendship.friend).where(Friendship.member == member_id, Friendship.friend.in_(ids))
    return {id_ for (id_,) in rows.tuples()} if ids else set()


def aliases(member_id: int, ids: list[int]) -> dict[int, str]:
    """What a member calls these friends, for those who have such a name."""
    named = (Friendship.member == member_id) & Friendship.friend.in_(ids) & (Friendship.alias != "")
    return dict(Friendship.select(Friendship.friend, Friendship.alias).where(named).tuples()) if ids else {}
