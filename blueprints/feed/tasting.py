"""What a reader wants of their feed: less of somebody, nothing of somebody, whom they take for a seller, words that
they do not want to meet for a while. It is theirs alone, and nobody learns of it.
"""

from typing import Any, NamedTuple

from peewee import JOIN, ModelSelect, fn

from blueprints.feed.seeing import in_places
from blueprints.people.apart import apart, are_apart
from blueprints.people.friends import are_friends
from core import clock
from core.db import Prepared, atomic
from core.errors import Conflict, Gone, Invalid
from core.likeness import fold
from core.limits import LIMITS
from core.plain import clean_line
from core.policy import Actor, require
from models import FeedEntry, FeedMute, FeedSetting, FeedTaste, Friendship, Member

KINDS = ("less", "hide", "seller")
MUTE_DAYS = (1, 7, 30, 0)
"""How long a word is kept out; 0: for good."""


class Tasted(NamedTuple):
    """Somebody of whom the reader wants something else than of others; `name` is what the reader calls them."""

    id: int
    username: str
    name: str
    avatar_key: str | None
    kind: str

    @property
    def hue(self) -> int:
        return self.id % 12


class Mute(NamedTuple):
    """`until_at` in ms since 1970, None: for good."""

    id: int
    word: str
    until_at: int | None


class Reading(NamedTuple):
    """How somebody reads. `read_moment`: up to where, `read_at`: when (ms since 1970, 0: never)."""

    folds_sellers: bool = True
    sells: bool = False
    read_moment: int = 0
    read_at: int = 0


def want(actor: Actor, author: int, kind: str) -> str:
    """What the reader wants of a friend from now on: one of KINDS, empty for all there is. Returns what it was before.
    Raises Gone for whose moments do not come into the feed, Invalid."""
    if kind and kind not in KINDS:
        raise Invalid("choice", field="kind")
    with atomic():
        require(actor, "feed:own")
        mine = (FeedTaste.member == actor.member_id) & (FeedTaste.author == author)
        before = str(FeedTaste.select(FeedTaste.kind).where(mine).scalar() or "")
        if not kind:
            FeedTaste.delete().where(mine).execute()
        elif not are_friends(author, actor.member_id or 0) or are_apart(author, actor.member_id or 0):
            raise Gone
        else:
            changes: dict[str, Any] = {"kind": kind, "at": clock.now()}
            FeedTaste.insert(member=actor.member_id, author=author, **changes).on_conflict(
                conflict_target=[FeedTaste.member, FeedTaste.author], update=changes
            ).execute()
        return before


def mute(actor: Actor, word: str, days: int) -> int:
    """Keep moments with this word out of the feed for so many days, one of MUTE_DAYS; returns the mute's number. Saying
    it again gives it another end. Raises Invalid, Conflict."""
    clean = clean_line(word)
    if not fold(clean):
        raise Invalid("feed_mute_empty", field="word")
    if len(clean) > LIMITS["feed_mute"]:
        raise Invalid("too_long", field="word", most=LIMITS["feed_mute"])
    if days not in MUTE_DAYS:
        raise Invalid("choice", field="days")
    now = clock.now()
    until = now + days * clock.DAY if days else None
    with atomic():
        require(actor, "feed:own")
        mine = FeedMute.member == actor.member_id
        FeedMute.delete().where(mine, FeedMute.until_at <= now).execute()
        others = FeedMute.select().where(mine, FeedMute.word != clean).count()
        if others >= LIMITS["feed_mutes"]:
            raise Conflict("feed_mutes_many", most=LIMITS["feed_mutes"])
        FeedMute.insert(member=actor.member_id, word=clean, until_at=until, made_at=now).on_conflict(
            conflict_target=[FeedMute.member, FeedMute.word], update={"until_at": until, "made_at": now}
        ).execute()
        return int(FeedMute.select(FeedMute.id).where(mine, FeedMute.word == clean).scalar())


def unmute(actor: Actor, number: int) -> None:
    """Somebody else's, or one that is gone, changes nothing."""
    with atomic():
        require(actor, "feed:own")
        FeedMute.delete().where(FeedMute.id == number, FeedMute.member == actor.member_id).execute()


def choose(actor: Actor, *, folds_sellers: bool, sells: bool) -> None:
    with atomic():
        require(actor, "feed:own")
        _keep(actor, {"folds_sellers": folds_sellers, "sells": sells})


def look(actor: Actor, known: Reading) -> int:
    """The actor sees the top of their feed: its dot goes out. Returns the newest moment that lies in it, whether they
    see it or not. Within the hour nothing is written when nothing is new."""
    require(actor, "feed:read")
    rows = _newest.rows(me=actor.member_id or 0, size=1)
    newest = int(rows[0][0]) if rows else 0
    if newest > known.read_moment or clock.now() - known.read_at > clock.HOUR:
        with atomic():
            _keep(actor, {"read_moment": max(newest, known.read_moment), "read_at": clock.now()})
    return newest


def _build_newest(me: int, size: int) -> ModelSelect:
    mine = FeedEntry.select(FeedEntry.moment).where(FeedEntry.member == me)
    return mine.order_by(FeedEntry.moment.desc()).limit(size)


_newest = Prepared(_build_newest)


def _keep(actor: Actor, changes: dict[str, Any]) -> None:
    FeedSetting.insert(member=actor.member_id, **changes).on_conflict(
        conflict_target=[FeedSetting.member], update=changes
    ).execute()


# ---- questions ----------------------------------------------------------------------------------------------


def _build_reading(me: int) -> ModelSelect:
    kept = (FeedSetting.folds_sellers, FeedSetting.sells, FeedSetting.read_moment, FeedSetting.read_at)
    return FeedSetting.select(*kept).where(FeedSetting.member == me)


_reading = Prepared(_build_reading)


def reading(actor: Actor) -> Reading:
    rows = _reading.rows(me=actor.member_id or 0)
    return Reading(bool(rows[0][0]), bool(rows[0][1]), *rows[0][2:]) if rows else Reading()


def tastes(actor: Actor) -> list[Tasted]:
    """Of whom the reader wants something else, the latest first."""
    me = actor.member_id or 0
    alias = (Friendship.member == me) & (Friendship.friend == FeedTaste.author)
    query = (
        FeedTaste.select(
            Member.id, Member.username, Friendship.alias, Member.display_name, Member.avatar_key, FeedTaste.kind
        )
        .join(Member, on=FeedTaste.author == Member.id)
        .switch(FeedTaste)
        .join(Friendship, JOIN.LEFT_OUTER, on=alias)
        .where(FeedTaste.member == actor.member_id, Member.erased_at.is_null(), ~apart(me, FeedTaste.author))
        .order_by(FeedTaste.at.desc(), Member.id)
        .limit(LIMITS["page_avoided"])
    )
    return [
        Tasted(id_, username, called or name, picture, kind)
        for id_, username, called, name, picture, kind in query.tuples()
    ]


def _build_of_friends(room: int, me: int, **ids: int) -> ModelSelect:
    taste = (FeedTaste.member == Friendship.member) & (FeedTaste.author == Friendship.friend)
    return (
        Friendship.select(Friendship.friend, fn.COALESCE(FeedTaste.kind, ""))
        .join(FeedTaste, JOIN.LEFT_OUTER, on=taste)
        .where(Friendship.member == me, Friendship.friend.in_(list(ids.values())))
    )


_of_friends = Prepared(_build_of_friends)


def of_friends(actor: Actor, authors: list[int]) -> dict[int, str]:
    """What the reader wants of those of these who are their friends; empty for all there is."""
    if not authors:
        return {}
    room, places = in_places(authors)
    return dict(_of_friends.rows(room, me=actor.member_id or 0, **places))


def mutes(actor: Actor) -> list[Mute]:
    """The words that are kept out now."""
    in_force = FeedMute.until_at.is_null() | (FeedMute.until_at > clock.now())
    query = FeedMute.select(FeedMute.id, FeedMute.word, FeedMute.until_at).where(
        FeedMute.member == actor.member_id, in_force
    )
    return [Mute(*row) for row in query.order_by(FeedMute.id.desc()).tuples()]
