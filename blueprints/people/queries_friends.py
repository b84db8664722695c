"""Questions about one's own friends: listed and looked for, who asks, whom one has asked, one's lists."""

from typing import Any, NamedTuple

from peewee import JOIN, ModelSelect, fn

from blueprints.people.lists import require_own
from core.db import Prepared
from core.limits import LIMITS
from core.plain import clean_line
from core.policy import Actor, require, visible
from models import FriendList, FriendListEntry, FriendRequest, Friendship, Member


class FriendRow(NamedTuple):
    """`at` is since when (ms since 1970), `alias` what the reader calls them, `listed` whether they are on the list
    that was asked about."""

    id: int
    username: str
    display_name: str
    avatar_key: str | None
    at: int
    alias: str = ""
    met: str = ""
    listed: bool = False

    @property
    def name(self) -> str:
        return self.alias or self.display_name

    @property
    def hue(self) -> int:
        return self.id % 12


class RequestRow(NamedTuple):
    """Who asks, or who was asked; `words` and `met` as the request has them."""

    id: int
    username: str
    display_name: str
    avatar_key: str | None
    at: int
    words: str
    met: str

    @property
    def hue(self) -> int:
        return self.id % 12


class ListRow(NamedTuple):
    id: int
    name: str
    many: int


class Page(NamedTuple):
    """Rows and where the next page starts; None at the end."""

    rows: list[Any]
    older: str | None


_PERSON = (Member.id, Member.username, Member.display_name, Member.avatar_key)


# ---- friends ------------------------------------------------------------------------------------------------


def friends(actor: Actor, query: str = "", *, of_list: int | None = None, not_on: int | None = None,
            before: str = "") -> Page:  # fmt: skip
    """The latest first: all, those whose name holds these letters, those on one of the actor's lists, or those who are
    not on it. `before` comes from the page before. Raises Gone for a list that is not theirs."""
    require(actor, "friend:own")
    rows = Member.select(*_PERSON, Friendship.since_at, Friendship.alias, Friendship.met).join(
        Friendship, on=(Friendship.friend == Member.id) & (Friendship.member == actor.member_id)
    )
    if number := of_list or not_on:
        require_own(actor, number)
        entry = (FriendListEntry.list == number) & (FriendListEntry.friend == Member.id)
        rows = rows.switch(Member).join(FriendListEntry, JOIN.INNER if of_list else JOIN.LEFT_OUTER, on=entry)
        rows = rows if of_list else rows.where(FriendListEntry.friend.is_null())
    wanted = clean_line(query).lstrip("@＠")[: LIMITS["search_query"]]
    if wanted:
        named = (Friendship.alias, Member.display_name, Member.username)
        rows = rows.where(_any(column.contains(wanted) for column in named))
    rows = _before(visible(rows, actor), Friendship.since_at, Member.id, before)
    size = LIMITS["page_friends"]
    listed = [FriendRow(*row)._replace(listed=of_list is not None) for row in rows.limit(size + 1).tuples()]
    return _cut(listed, size)


def friend(actor: Actor, member: int) -> FriendRow | None:
    """One of the actor's friends."""
    rows = Member.select(*_PERSON, Friendship.since_at, Friendship.alias, Friendship.met).join(
        Friendship, on=(Friendship.friend == Member.id) & (Friendship.member == actor.member_id)
    )
    found = visible(rows.where(Member.id == member), actor).tuples().first()
    return FriendRow(*found) if found else None


def _any(conditions: Any) -> Any:
    first, *others = conditions
    for other in others:
        first |= other
    return first


def _before(rows: ModelSelect, at: Any, id_: Any, before: str) -> ModelSelect:
    """Only what comes after this place in the order, which is the newest first."""
    moment, _, number = before.partition(".")
    if moment.isdecimal() and number.isdecimal() and max(len(moment), len(number)) < 18:
        rows = rows.where((at < int(moment)) | ((at == int(moment)) & (id_ < int(number))))
    return rows.order_by(at.desc(), id_.desc())


def _cut(rows: list[Any], size: int) -> Page:
    return Page(rows[:size], f"{rows[size - 1].at}.{rows[size - 1].id}" if len(rows) > size else None)


def friend_count(actor: Actor) -> int:
    return int(Friendship.select().where(Friendship.member == actor.member_id).count())


# ---- requests -----------------------------------------------------------------------------------------------


def asking(actor: Actor, before: str = "") -> Page:
    """Who waits for the actor's answer, the latest first."""
    require(actor, "friend:own")
    return _requests(actor, FriendRequest.asker, _waits_for(actor.member_id or 0), before)


def asked(actor: Actor, before: str = "") -> Page:
    """Whom the actor has asked; of a no they see nothing."""
    require(actor, "friend:own")
    mine = (FriendRequest.asker == actor.member_id) & FriendRequest.withdrawn_at.is_null()
    return _requests(actor, FriendRequest.asked, mine, before)


def _requests(actor: Actor, other: Any, which: Any, before: str) -> Page:
    rows = (
        Member.select(*_PERSON, FriendRequest.asked_at, FriendRequest.words, FriendRequest.met)
        .join(FriendRequest, on=(other == Member.id))
        .where(which)
    )
    size = LIMITS["page_friends"]
    listed = _before(visible(rows, actor), FriendRequest.asked_at, Member.id, before).limit(size + 1)
    return _cut([RequestRow(*row) for row in listed.tuples()], size)


def _waits_for(me: int) -> Any:
    return (FriendRequest.asked == me) & FriendRequest.declined_at.is_null() & FriendRequest.withdrawn_at.is_null()


def asking_words(actor: Actor, ids: list[int]) -> dict[int, str]:
    """Those of them who wait for the actor's answer, with what they said."""
    rows = FriendRequest.select(FriendRequest.asker, FriendRequest.words).where(
        _waits_for(actor.member_id or 0), FriendRequest.asker.in_(ids)
    )
    return dict(rows.tuples()) if ids else {}


MOST_COUNTED = 99


def _build_waiting(me: int, most: int) -> ModelSelect:
    return FriendRequest.select(FriendRequest.asker).where(_waits_for(me)).limit(most)


_waiting = Prepared(_build_waiting)


def waiting_count(actor: Actor) -> int:
    """How many wait for an answer; `MOST_COUNTED` + 1 stands for more."""
    return len(_waiting.rows(me=actor.member_id or 0, most=MOST_COUNTED + 1))


def anyone_waits(actor: Actor) -> bool:
    return bool(_waiting.rows(me=actor.member_id or 0, most=1))


# ---- lists --------------------------------------------------------------------------------------------------


def own_lists(actor: Actor) -> list[ListRow]:
    """By name, each with how many are on it."""
    require(actor, "friend:own")
    rows = (
        FriendList.select(FriendList.id, FriendList.name, fn.COUNT(FriendListEntry.friend))
        .join(FriendListEntry, JOIN.LEFT_OUTER, on=FriendListEntry.list == FriendList.id)
        .where(FriendList.member == actor.member_id)
        .group_by(FriendList.id, FriendList.name)
        .order_by(FriendList.name)
    )
    return [ListRow(*row) for row in rows.tuples()]
