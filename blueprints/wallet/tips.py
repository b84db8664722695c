"""Questions about tips: what a thing was given, and what somebody got."""

from typing import Any, NamedTuple

from peewee import JOIN

from blueprints.people.apart import apart_ids
from blueprints.people.friends import aliases
from core.limits import LIMITS
from core.money import currency
from core.notices import NoticeRow
from core.policy import Actor, can, require
from models import Member, Tip, WalletSetting, database


class Tipped(NamedTuple):
    """How a thing stands with tips, as one reader sees it: `tips` counts them, `total` (minor units) is there for the
    author alone, `may` tells whether this reader can give one."""

    kind: str
    id: int
    tips: int
    total: int | None
    currency: str
    may: bool


def tipped(actor: Actor, kind: str, things: list[tuple[int, int | None]], off: set[int] | None = None) -> list[Tipped]:
    """Of things as (number, author), in one question however many there are. `off` are those that take none."""
    if not things:
        return []
    code, gives = currency().code, can(actor, "tip:give")
    counts, refuse = _counts(kind, code, things)
    shown = []
    for number, author in things:
        tips, total = counts.get(number, (0, 0))
        is_mine = author is not None and author == actor.member_id
        may = gives and not is_mine and author is not None and author not in refuse and number not in (off or ())
        shown.append(Tipped(kind, number, tips, total if is_mine and tips else None, code, may))
    return shown


def after(kind: str, number: int, tips: int) -> Tipped:
    """How it stands for whoever just gave one, or took it back."""
    return Tipped(kind, number, tips, None, currency().code, True)


def _counts(
    kind: str, code: str, things: list[tuple[int, int | None]]
) -> tuple[dict[int, tuple[int, int]], set[int]]:
    """What each was given, and who of the authors takes no tips."""
    numbers, authors = [number for number, _ in things], sorted({author for _, author in things if author is not None})
    sql = _COUNTS.format(database.param, _marks(numbers), _marks(authors))
    rows = database.execute_sql(sql, [kind, code, *numbers, *authors, False]).fetchall()
    counts = {number: (tips, total) for is_count, number, tips, total in rows if is_count}
    return counts, {number for is_count, number, _, _ in rows if not is_count}


_COUNTS = (
    'SELECT 1, "subject_id", "tips", "total" FROM "tip_total" WHERE "subject_kind" = {0} AND "currency" = {0} '
    'AND "subject_id" IN ({1}) UNION ALL '
    'SELECT 0, "member_id", 0, 0 FROM "wallet_setting" WHERE "member_id" IN ({2}) AND "takes_tips" = {0}'
)


def _marks(values: list[int]) -> str:
    return ", ".join([database.param] * len(values)) or "NULL"


# ---- what somebody got --------------------------------------------------------------------------------------


class TipRow(NamedTuple):
    """A tip as who got it sees it. `name` is what they call the giver; empty for somebody who is here no more, or with
    whom they have nothing to do."""

    id: int
    giver: int | None
    name: str
    username: str
    avatar_key: str | None
    posting: int
    subject_kind: str
    subject_id: int
    amount: int
    currency: str
    note: str
    at: int
    thanked_at: int | None

    @property
    def hue(self) -> int:
        return (self.giver or 0) % 12


class TipPage(NamedTuple):
    """`more` is where older ones begin."""

    rows: list[TipRow]
    more: int | None


def received(actor: Actor, before: int | None = None) -> TipPage:
    """The tips that the actor got, newest first, without those that were taken back. Raises Denied."""
    require(actor, "tip:own")
    me = actor.member_id or 0
    query = (
        Tip.select(
            Tip.id, Member.id, Member.display_name, Member.username, Member.avatar_key, Tip.posting, Tip.subject_kind,
            Tip.subject_id, Tip.amount, Tip.currency, Tip.note, Tip.at, Tip.thanked_at,
        )
        .join(Member, JOIN.LEFT_OUTER, on=(Tip.giver == Member.id) & Member.erased_at.is_null())
        .where(Tip.receiver == me, Tip.undone_at.is_null())
        .order_by(Tip.id.desc())
    )  # fmt: skip
    if before is not None:
        query = query.where(Tip.id < before)
    size = LIMITS["page_statement"]
    rows = [TipRow(*row) for row in query.limit(size + 1).tuples()]
    return TipPage(_named(me, rows[:size]), rows[size - 1].id if len(rows) > size else None)


def received_one(actor: Actor, tip: int) -> TipRow | None:
    """One of these, by its number."""
    rows = received(actor, tip + 1).rows
    return rows[0] if rows and rows[0].id == tip else None


def _named(me: int, rows: list[TipRow]) -> list[TipRow]:
    givers = [row.giver for row in rows if row.giver is not None]
    away, called = apart_ids(me), aliases(me, givers)
    return [
        row._replace(giver=None, name="", username="", avatar_key=None, note="" if row.giver in away else row.note)
        if row.giver is None or row.giver in away
        else row._replace(name=called.get(row.giver, row.name))
        for row in rows
    ]


# ---- what somebody chose ------------------------------------------------------------------------------------


class Choice(NamedTuple):
    """`amount` (minor units) is what a tap of theirs gives; None: another amount each time."""

    takes: bool
    amount: int | None


def choice(actor: Actor) -> Choice:
    row = WalletSetting.get_or_none(WalletSetting.member == actor.member_id)
    if row is None:
        return Choice(True, None)
    return Choice(row.takes_tips, row.tip_amount if row.currency in ("", currency().code) else None)


def called(actor: Actor, member: int) -> str:
    """What the actor calls a friend; empty when that is the name by which everybody knows them."""
    return aliases(actor.member_id or 0, [member]).get(member, "")


# ---- what is told -------------------------------------------------------------------------------------------

MOST_TOLD = 1000
"""Of the tips that a page of notices speaks of, so many of the newest are counted."""


class Group(NamedTuple):
    """Tips for one thing, told of together. `names` are those of its givers, last first, as far as they are to be
    named; `total` in minor units."""

    tips: int
    givers: int
    total: int
    currency: str
    names: tuple[str, ...]


def groups(actor: Actor, rows: list[NoticeRow]) -> list[Group]:
    """What each of these notices of the actor's own gathers, by what is still there."""
    if not rows:
        return []
    columns = (Tip.subject_kind, Tip.subject_id, Tip.giver, Tip.amount, Tip.currency, Tip.at)
    mine = (Tip.receiver == actor.member_id) & Tip.undone_at.is_null() & (Tip.at >= min(row.first_at for row in rows))
    found = list(Tip.select(*columns).where(mine).order_by(Tip.id.desc()).limit(MOST_TOLD).tuples())
    called = names(actor, sorted({giver for _kind, _id, giver, *_rest in found if giver}))
    return [_group(row, found, called) for row in rows]


def _group(row: NoticeRow, found: list[tuple[Any, ...]], called: dict[int, tuple[str, str]]) -> Group:
    about = (row.subject_kind, row.subject_id)
    tips = [tip for tip in found if tip[:2] == about and row.first_at <= tip[5] <= row.at]
    code = tips[0][4] if tips else ""
    givers = list(dict.fromkeys(tip[2] for tip in tips))
    named = tuple(called[giver][0] for giver in givers if giver in called)
    return Group(len(tips), len(givers), sum(tip[3] for tip in tips if tip[4] == code), code, named)


def names(actor: Actor, ids: list[int]) -> dict[int, tuple[str, str]]:
    """What the actor calls these people, and their usernames; without those with whom they have nothing to do."""
    wanted = sorted(set(ids) - apart_ids(actor.member_id))
    if not wanted:
        return {}
    columns = (Member.id, Member.display_name, Member.username)
    query = Member.select(*columns).where(Member.id.in_(wanted), Member.erased_at.is_null())
    called = aliases(actor.member_id or 0, wanted)
    return {id_: (called.get(id_, name), username) for id_, name, username in query.tuples()}
