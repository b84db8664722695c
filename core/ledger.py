"""Money: double-entry books in minor units, which are only ever added to. The only writer of the ledger's tables.

An account is named for whose it is, what for and in which currency: `member:5:CNY`, `escrow:payout:CNY`,
`issuance:credit`. Money that comes into being leaves `issuance` or `provider`, so all balances of a currency sum to
zero. A posting has two entries or more, they sum to zero, and its key makes it once. What was wrong is set right by
another posting, never by changing one: triggers refuse that (migrations/0004).

Whoever posts holds a durable transaction (`atomic(durable=True)`): on SQLite writers come one after the other, on
PostgreSQL the accounts are locked in the order of their ids.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from typing import NamedTuple

from peewee import JOIN, fn

from core import clock, db
from core.db import Prepared, atomic
from core.errors import Conflict, Gone, Invalid, MoneyStopped, Overdrawn
from core.money import DECIMALS, MOST
from models import LedgerAccount, LedgerEntry, LedgerPosting, LedgerStop, database

KINDS = ("member", "escrow", "issuance", "provider", "chest", "fees")
MAY_OWE = ("issuance", "provider")
"""Where money comes from: the only accounts whose balance may lie below zero."""


HELD_MS = clock.MINUTE
"""What came in can be spent after this at the latest."""


class Move(NamedTuple):
    """`amount` goes into `account`, or out of it when less than zero (minor units). Until `free_at` (ms since 1970, at
    most HELD_MS ahead) what came in cannot be spent."""

    account: str
    amount: int
    free_at: int = 0


class Posted(NamedTuple):
    """`is_new` is False when the same request had been carried out before."""

    id: int
    is_new: bool


def member(member_id: int, currency: str) -> str:
    return f"member:{member_id}:{currency}"


def house(kind: str, currency: str, purpose: str = "") -> str:
    """An account of the site's own; escrow is kept by purpose. Raises ValueError for a kind that there is not."""
    if kind not in KINDS or kind == "member" or bool(purpose) != (kind == "escrow"):
        raise ValueError(f"there is no account {kind} {purpose}")
    return f"{kind}:{purpose}:{currency}" if purpose else f"{kind}:{currency}"


# ---- posting ------------------------------------------------------------------------------------------------


def post(
    kind: str, moves: Iterable[Move] | Callable[[], Iterable[Move]], *, key: str, content: object = None,
    by: int | None = None, about: tuple[str, int | None] = ("", None),
) -> Posted:  # fmt: skip
    """Write one event of the books. `content` is the request as far as it matters: the same key with another one is a
    mistake. `about` names the row that it is about. `moves` may be a question that is asked for what is new only, in
    which all may be refused; then `content` is needed.

    Raises Conflict("key_reused"), Overdrawn(account, short) when an account cannot pay, MoneyStopped while the books
    are halted, ValueError for moves that do not balance, RuntimeError outside a durable transaction."""
    if not db.is_durable():
        raise RuntimeError("money moves in a durable transaction")
    if callable(moves) and content is None:
        raise ValueError("a posting whose moves are a question is told apart by its content")
    listed = [] if callable(moves) else _checked(list(moves))
    digest = _digest(kind, listed, by, content)
    before = _begin(key)
    if before.id is not None:
        return Posted(before.same_as(digest), False)
    if before.is_stopped:
        raise MoneyStopped
    if callable(moves):
        listed = _checked(list(moves()))
    now = clock.now()
    _hold([move.account for move in listed], now)
    if db.is_postgres() and (before := _begin(key)).id is not None:  # written while this waited for the accounts
        return Posted(before.same_as(digest), False)
    return Posted(_write(kind, listed, key, digest, by, about, None, now), True)


def reverse(posting: int, *, key: str, kind: str = "undo", by: int | None = None) -> Posted:
    """Post the opposite of a posting; once, whatever the key. What it gave and nobody can spend yet is taken back in
    any case. Raises Gone, Overdrawn, MoneyStopped, Invalid or Conflict for a key that is none or another's, ValueError
    for what is an undo itself: whoever wants that back posts anew."""
    if not db.is_durable():
        raise RuntimeError("money moves in a durable transaction")
    if (done := _reversal(posting)) is not None:
        return Posted(done, False)
    original = LedgerPosting.get_or_none(LedgerPosting.id == posting)
    if original is None:
        raise Gone
    if original.reverses_id is not None:
        raise ValueError(f"posting {posting} is an undo itself")
    before = _begin(key)
    if before.id is not None:
        raise Conflict("key_reused")
    if before.is_stopped:
        raise MoneyStopped
    rows = (
        LedgerEntry.select(LedgerAccount.name, LedgerEntry.amount, LedgerEntry.free_at)
        .join(LedgerAccount)
        .where(LedgerEntry.posting == posting)
        .order_by(LedgerEntry.id)
    )
    moves = [Move(name, -amount, free_at) for name, amount, free_at in rows.tuples()]
    digest = _digest(kind, moves, by, posting)
    now = clock.now()
    _hold([move.account for move in moves], now)
    if db.is_postgres() and (done := _reversal(posting)) is not None:
        return Posted(done, False)
    about = (original.subject_kind, original.subject_id)
    return Posted(_write(kind, moves, key, digest, by, about, posting, now), True)


def _reversal(posting: int) -> int | None:
    row = LedgerPosting.select(LedgerPosting.id).where(LedgerPosting.reverses == posting).tuples().first()
    return int(row[0]) if row else None


def _checked(moves: list[Move]) -> list[Move]:
    currencies = {move.account.rpartition(":")[2] for move in moves}
    amounts = [move.amount for move in moves]
    if len(moves) < 2 or len(currencies) != 1 or not currencies <= DECIMALS.keys():
        raise ValueError("a posting has two sides in one currency")
    if sum(amounts) or not all(isinstance(amount, int) and 0 < abs(amount) <= MOST for amount in amounts):
        raise ValueError("a posting sums to zero and moves whole minor units")
    if len({move.account for move in moves}) != len(moves):
        raise ValueError("a posting touches each account once")
    if max(move.free_at for move in moves) > clock.now() + HELD_MS:
        raise ValueError("a posting holds what came in for a minute at most")
    return moves


def _digest(kind: str, moves: list[Move], by: int | None, content: object) -> str:
    """What is random or told by the clock is left out: a repetition has another amount to offer, and is the same."""
    said = content if content is not None else [[move.account, move.amount] for move in moves]
    return hashlib.sha256(json.dumps([kind, by, said], sort_keys=True, default=str).encode()).hexdigest()


class _Before(NamedTuple):
    """How the books stand before a posting: whether they are halted, and what was posted with its key."""

    is_stopped: bool
    id: int | None
    request_hash: str | None

    def same_as(self, digest: str) -> int:
        """Raises Conflict when the key was another request's."""
        if self.request_hash != digest:
            raise Conflict("key_reused")
        return self.id or 0


_BEFORE = (
    'SELECT EXISTS (SELECT 1 FROM "ledger_stop" WHERE "lifted_at" IS NULL), "id", "request_hash" '
    'FROM (SELECT 1) AS "once" LEFT JOIN "ledger_posting" ON "key" = {}'
)


def _begin(key: str) -> _Before:
    if not 0 < len(key) <= LedgerPosting.key.max_length or "\0" in key:
        raise Invalid("key", field="key")
    stopped, *known = database.execute_sql(_BEFORE.format(database.param), (key,)).fetchone()
    return _Before(bool(stopped), *known)


def known(key: str) -> int | None:
    """The posting that was made with this key. Raises Invalid for what cannot be one."""
    return _begin(key).id


def _write(
    kind: str, moves: list[Move], key: str, digest: str, by: int | None, about: tuple[str, int | None],
    reverses: int | None, now: int,
) -> int:  # fmt: skip
    currency = moves[0].account.rpartition(":")[2]
    values = (key, digest, kind, currency, by, about[0], about[1], reverses, now)
    posting = int(database.execute_sql(_INSERT_POSTING.format(*[database.param] * 9), values).fetchone()[0])
    entries: list[int] = []
    for move in moves:
        account, balance = _moved(move, now)
        entries += (posting, account, move.amount, balance, move.free_at, now)
    marks = ", ".join([f"({', '.join([database.param] * 6)})"] * len(moves))
    database.execute_sql(_INSERT_ENTRIES + marks, entries)
    return posting


_INSERT_POSTING = (
    'INSERT INTO "ledger_posting" ("key", "request_hash", "kind", "currency", "by", "subject_kind", "subject_id", '
    '"reverses_id", "at") VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}) RETURNING "id"'
)
_INSERT_ENTRIES = (
    'INSERT INTO "ledger_entry" ("posting_id", "account_id", "amount", "balance", "free_at", "at") VALUES '
)


def _hold(names: list[str], now: int) -> None:
    """On PostgreSQL nobody else moves these accounts until the end: those that are missing are made, and all are locked
    in the order of their ids."""
    if not db.is_postgres():
        return
    there = {name for (name,) in LedgerAccount.select(LedgerAccount.name).where(LedgerAccount.name << names).tuples()}
    for name in sorted(set(names) - there):  # two who make the same ones at once do not wait for each other
        _make(name, now)
    list(LedgerAccount.select().where(LedgerAccount.name << names).order_by(LedgerAccount.id).for_update())


def _make(name: str, now: int) -> None:
    kind, _, rest = name.partition(":")
    owner = int(rest.partition(":")[0]) if kind == "member" else None
    row = {"name": name, "kind": kind, "owner": owner, "currency": name.rpartition(":")[2], "made_at": now}
    LedgerAccount.insert(row).on_conflict_ignore().execute()


_MOVE = 'UPDATE "ledger_account" SET "balance" = "balance" + {0} WHERE "name" = {0}'
_IF_FREE = (
    ' AND "balance" + {0} >= (SELECT COALESCE(SUM("amount"), 0) FROM "ledger_entry" WHERE "account_id" = '
    '"ledger_account"."id" AND "at" >= {0} AND "free_at" > {0}) + {0}'
)


def _moved(move: Move, now: int) -> tuple[int, int]:
    """The account's id, and its balance after it. The condition stands in the update itself, so nothing that was read
    before counts."""
    sql, values = _MOVE, [move.amount, move.account]
    if move.amount < 0 and move.account.partition(":")[0] not in MAY_OWE:
        sql += _IF_FREE
        values += [move.amount, now - HELD_MS, now, move.amount if move.free_at > now else 0]
    sql = (sql + ' RETURNING "id", "balance"').format(database.param)
    row = database.execute_sql(sql, values).fetchone()
    if row is None and not LedgerAccount.select().where(LedgerAccount.name == move.account).exists():
        _make(move.account, now)
        row = database.execute_sql(sql, values).fetchone()
    if row is None:
        raise Overdrawn(account=move.account)
    return int(row[0]), int(row[1])


def let_go(account: int) -> None:
    """Its owner is removed, row and all, and their number may be given to somebody new, whose account this must not
    become: it gets a name that leads from nobody."""
    former = LedgerAccount.get_by_id(account)
    LedgerAccount.update(name=f"former:{account}:{former.currency}").where(LedgerAccount.id == account).execute()


# ---- reading ------------------------------------------------------------------------------------------------


class Balance(NamedTuple):
    """`free` can be spent; the rest of `whole` came in a moment ago. Minor units."""

    whole: int
    free: int


def balance(name: str) -> Balance:
    """Of an account by its name; nothing when there is none yet."""
    now = clock.now()
    rows = _balances.rows(name=name, now=now, since=now - HELD_MS)
    return Balance(rows[0][0], rows[0][0] - int(rows[0][1])) if rows else Balance(0, 0)


def _build_balance(name: str, now: int, since: int) -> object:
    there = (LedgerEntry.account == LedgerAccount.id) & (LedgerEntry.at >= since) & (LedgerEntry.free_at > now)
    kept = LedgerEntry.select(fn.COALESCE(fn.SUM(LedgerEntry.amount), 0)).where(there)
    return LedgerAccount.select(LedgerAccount.balance, kept).where(LedgerAccount.name == name)


_balances = Prepared(_build_balance)


# ---- proof --------------------------------------------------------------------------------------------------


def prove() -> list[str]:
    """Whether the books add up: one line for each thing that is wrong, at most ten of a kind."""
    with db.snapshot():
        return [*_unbalanced(), *_miscounted(), *_broken_chains(), *_below_zero(), *_unsettled()]


MOST_LINES = 10


def _unbalanced() -> list[str]:
    total, sides = fn.SUM(LedgerEntry.amount), fn.COUNT(LedgerEntry.id)
    summed = LedgerEntry.select(LedgerEntry.posting, total, sides).group_by(LedgerEntry.posting)
    wrong = summed.having((total != 0) | (sides < 2)).limit(MOST_LINES)
    lines = [f"posting {id_}: {count} entries that sum to {amount}" for id_, amount, count in wrong.tuples()]
    sided = fn.EXISTS(LedgerEntry.select(LedgerEntry.id).where(LedgerEntry.posting == LedgerPosting.id))
    bare = LedgerPosting.select(LedgerPosting.id).where(~sided).limit(MOST_LINES)
    lines += [f"posting {id_} has no entries" for (id_,) in bare.tuples()]
    mixed = (
        LedgerEntry.select(LedgerEntry.posting)
        .join(LedgerAccount)
        .switch(LedgerEntry)
        .join(LedgerPosting)
        .where(LedgerAccount.currency != LedgerPosting.currency)
        .limit(MOST_LINES)
    )
    return lines + [f"posting {id_} moves two currencies" for (id_,) in mixed.tuples()]


def _miscounted() -> list[str]:
    sums = LedgerEntry.select(LedgerEntry.account, fn.SUM(LedgerEntry.amount).alias("total"))
    sums = sums.group_by(LedgerEntry.account).alias("sums")
    truth = fn.COALESCE(sums.c.total, 0)
    wrong = (
        LedgerAccount.select(LedgerAccount.name, LedgerAccount.balance, truth)
        .join(sums, JOIN.LEFT_OUTER, on=sums.c.account_id == LedgerAccount.id)
        .where(LedgerAccount.balance != truth)
        .limit(MOST_LINES)
    )
    return [f"{name}: its balance says {kept}, its entries sum to {total}" for name, kept, total in wrong.tuples()]


_CHAIN = """
SELECT "id", "balance", "truth" FROM (
    SELECT "id", "balance", SUM("amount") OVER (PARTITION BY "account_id" ORDER BY "id") AS "truth" FROM "ledger_entry"
) AS "running" WHERE "balance" <> "truth" LIMIT {most}
"""


def _broken_chains() -> list[str]:
    wrong = database.execute_sql(_CHAIN.format(most=MOST_LINES)).fetchall()
    return [f"entry {id_}: its balance says {kept}, the sum up to it is {truth}" for id_, kept, truth in wrong]


def _below_zero() -> list[str]:
    low = LedgerAccount.select(LedgerAccount.name, LedgerAccount.balance)
    low = low.where(LedgerAccount.balance < 0, LedgerAccount.kind.not_in(MAY_OWE)).limit(MOST_LINES)
    return [f"{name} lies below zero: {amount}" for name, amount in low.tuples()]


def _unsettled() -> list[str]:
    total = fn.SUM(LedgerAccount.balance)
    all_of = LedgerAccount.select(LedgerAccount.currency, total).group_by(LedgerAccount.currency).having(total != 0)
    return [f"all balances in {code} sum to {amount} instead of 0" for code, amount in all_of.tuples()]


# ---- standing still -----------------------------------------------------------------------------------------


def is_stopped() -> bool:
    return bool(LedgerStop.select().where(LedgerStop.lifted_at.is_null()).exists())


def stop(why: str) -> bool:
    """Halt all money until somebody lifts it; whether it ran until now."""
    with atomic(durable=True):
        if is_stopped():
            return False
        LedgerStop.insert(at=clock.now(), why=why[: LedgerStop.why.max_length]).execute()
        return True


def resume(by: int | None) -> bool:
    """Let money move again; whether it stood still. The caller has asked who may, and whether the books add up."""
    with atomic(durable=True):
        lifted = LedgerStop.update(lifted_at=clock.now(), lifted_by=by).where(LedgerStop.lifted_at.is_null())
        return bool(lifted.execute())
