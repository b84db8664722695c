"""Profiles are rows of accounts; people keep them findable, and hold whom a member knows."""

from typing import Any

from peewee import Model

from blueprints.people import covers
from core import search
from core.personal import holds
from models import Block, FriendList, FriendListEntry, FriendRequest, Friendship, Member, PersonSetting

TABLES: tuple[type[Model], ...] = (Block, FriendList, FriendListEntry, FriendRequest, Friendship, PersonSetting)


def exports(member_id: int) -> tuple[dict[str, Any], list[str]]:
    """Of what somebody asked them, only who and when: the words are the other's. Of their own requests not whether they
    were declined, which they are not to know."""
    settings = _rows(PersonSetting.select().where(PersonSetting.member == member_id))
    asked, asking = FriendRequest.asked, FriendRequest.asker
    content = {
        "privacy": settings,
        "friends": _rows(
            Friendship.select(Member.username, Friendship.alias, Friendship.met, Friendship.since_at)
            .join(Member, on=Friendship.friend == Member.id)
            .where(Friendship.member == member_id).order_by(Friendship.since_at)
        ),
        "friends_asked": _rows(
            FriendRequest.select(Member.username, FriendRequest.words, FriendRequest.met, FriendRequest.asked_at)
            .join(Member, on=asked == Member.id)
            .where(asking == member_id, FriendRequest.withdrawn_at.is_null()).order_by(FriendRequest.asked_at)
        ),
        "asked_by": _rows(
            FriendRequest.select(Member.username, FriendRequest.asked_at, FriendRequest.declined_at)
            .join(Member, on=asking == Member.id)
            .where(asked == member_id, FriendRequest.withdrawn_at.is_null()).order_by(FriendRequest.asked_at)
        ),
        "lists": [
            {"name": name, "friends": _on_list(number)}
            for number, name in FriendList.select(FriendList.id, FriendList.name)
            .where(FriendList.member == member_id).order_by(FriendList.id).tuples()
        ],
        "blocked": _rows(
            Block.select(Member.username, Block.at)
            .join(Member, on=Block.blocked == Member.id).where(Block.member == member_id).order_by(Block.at)
        ),
    }  # fmt: skip
    return content, [row["cover_key"] for row in settings if row["cover_key"]]


def _rows(query: Any) -> list[dict[str, Any]]:
    return list(query.dicts())


def _on_list(number: int) -> list[str]:
    rows = FriendListEntry.select(Member.username).join(Member, on=FriendListEntry.friend == Member.id)
    return [name for (name,) in rows.where(FriendListEntry.list == number).order_by(Member.username).tuples()]


def erases(member_id: int, keeps_words: bool) -> None:
    """Others lose them as a friend without being told, as when somebody parts."""
    Friendship.delete().where((Friendship.member == member_id) | (Friendship.friend == member_id)).execute()
    FriendRequest.delete().where((FriendRequest.asker == member_id) | (FriendRequest.asked == member_id)).execute()
    FriendListEntry.delete().where(FriendListEntry.friend == member_id).execute()
    FriendList.delete().where(FriendList.member == member_id).execute()
    Block.delete().where((Block.member == member_id) | (Block.blocked == member_id)).execute()
    covers.drop(member_id)
    PersonSetting.delete().where(PersonSetting.member == member_id).execute()
    search.remove("member", [member_id])


holds("people", exports=exports, erases=erases, tables=TABLES)
