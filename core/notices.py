"""Notices: that something happened which concerns a member. A row holds no words and no names; those are made when it
is read, by the slot `notices.row`, through the gate, so a notice never tells what its reader may not see any more.
"""

import json
from collections.abc import Iterable
from contextlib import nullcontext
from typing import Any, NamedTuple

from peewee import Case, ModelSelect, Value

from core import clock, stream_log
from core.db import Prepared, atomic
from models import Notice, Session, database

BATCH = 500
MOST_COUNTED = 99
"""The bell says 99+ above it: nobody needs to know better, and counting further would cost every page."""

LOOKING_MS = 30 * clock.MINUTE
MOST_RUNG = 2000
"""Of whoever is told by an announcement, those who were here lately hear it ring; the others find it when they come."""

READ_KEPT_MS = 90 * clock.DAY
UNREAD_KEPT_MS = 365 * clock.DAY
_FOR_GOOD = "="
"""Keys of what happens once begin with it: they stay on the row after it was read, so a job that runs again after its
reader was quicker tells nothing twice. Keys of groups go when the group is read."""


class Face(NamedTuple):
    """Somebody a notice speaks of, by the name that its reader has for them; empty for who left the site."""

    id: int
    name: str
    picture_key: str | None

    @property
    def hue(self) -> int:
        return self.id % 12


class NoticeRow(NamedTuple):
    """One notice as the slot `notices.row` gets it. `first_at` and `at` are when what it gathers began and last
    happened (ms since 1970); `facts` are small plain values."""

    id: int
    kind: str
    circle: int | None
    subject_kind: str
    subject_id: int
    facts: str
    first_at: int
    at: int
    read_at: int | None

    def fact(self, name: str) -> Any:
        return json.loads(self.facts).get(name)


COLUMNS = (
    Notice.id, Notice.kind, Notice.circle, Notice.subject_kind, Notice.subject_id, Notice.facts, Notice.first_at,
    Notice.at, Notice.read_at,
)  # fmt: skip
"""What a NoticeRow is made of."""


# ---- telling ------------------------------------------------------------------------------------------------


def tell(
    members: Iterable[int],
    kind: str,
    subject_kind: str,
    subject_id: int,
    *,
    circle: int | None = None,
    group: str = "",
    event: str = "",
    at: int | None = None,
    rings: bool = True,
    rings_again: bool = True,
    **facts: str | int,
) -> None:
    """Tell these members, inside the transaction of what happened. More than a few hundred are work for a job.

    With `group` (`reacted:post:5`) what happens again before it was read joins the same notice. Without one, each
    happening is a notice of its own and is told once, however often this is called; where the same can happen to the
    same thing again, `event` names this one time. `at` is when it happened (ms since 1970; now when None). Without
    `rings` the bell does not count it; without `rings_again` it does not when something joins."""
    moment = clock.now() if at is None else at
    key = group[:80] or _once(kind, subject_kind, subject_id, event)
    said = json.dumps(facts, ensure_ascii=False)
    row = (kind, circle, subject_kind, subject_id, said, key, moment, moment, None if rings else moment)
    again = _JOIN + (_RING if rings and rings_again else "") if group else _STAY
    told = list(dict.fromkeys(members))
    with nullcontext() if database.in_transaction() and len(told) <= BATCH else atomic():  # one statement is whole
        for start in range(0, len(told), BATCH):
            some = told[start : start + BATCH]
            marks = ", ".join([f"({', '.join([database.param] * 10)})"] * len(some))
            database.execute_sql(_TELL + marks + again, [value for member in some for value in (member, *row)])
        if rings:
            _ring(told)


_TELL = (
    'INSERT INTO "notice" ("member_id", "kind", "circle", "subject_kind", "subject_id", "facts", "open_key", '
    '"first_at", "at", "seen_at") VALUES '
)
_STAY = ' ON CONFLICT ("member_id", "open_key") DO NOTHING'
_JOIN = ' ON CONFLICT ("member_id", "open_key") DO UPDATE SET "at" = EXCLUDED."at", "facts" = EXCLUDED."facts"'
_RING = ', "seen_at" = NULL'


def _once(kind: str, subject_kind: str, subject_id: int, event: str) -> str:
    return f"{_FOR_GOOD}{event or f'{kind}:{subject_kind}:{subject_id}'}"[:80]


def tell_all(
    members: ModelSelect, kind: str, subject_kind: str, subject_id: int, *, circle: int | None, event: str = "",
    rings: bool = True,
) -> None:  # fmt: skip
    """Tell everybody whom a query names in its one column, each once; as `tell` without a group. The rows are made
    where they are kept: that holds up other writers for a tenth of the time."""
    now = clock.now()
    row: dict[Any, Any] = {
        Notice.kind: kind, Notice.circle: circle, Notice.subject_kind: subject_kind, Notice.subject_id: subject_id,
        Notice.facts: "{}", Notice.open_key: _once(kind, subject_kind, subject_id, event), Notice.first_at: now,
        Notice.at: now, Notice.seen_at: None if rings else now,
    }  # fmt: skip
    rows = members.select_extend(*(Value(value, converter=False) for value in row.values()))
    Notice.insert_from(rows, [Notice.member, *row]).on_conflict_ignore().execute()
    if rings:
        told = Notice.select(Notice.member).where(Notice.subject_kind == subject_kind, Notice.subject_id == subject_id)
        lately = Session.select(Session.member).where(Session.seen_at > now - LOOKING_MS, Session.member.in_(told))
        _ring(member for (member,) in lately.distinct().limit(MOST_RUNG).tuples())


def _ring(members: Iterable[int]) -> None:
    """The bells on the open pages of these members (blueprints/notices/streams.py)."""
    for member in members:
        stream_log.touch(f"bell-{member}")


def forget(
    subject_kind: str, subject_ids: list[int], members: list[int] | None = None, kinds: tuple[str, ...] = ()
) -> int:
    """Take back what was told of these things, of everybody or of some members, all or some kinds; how many."""
    about = (Notice.subject_kind == subject_kind) & Notice.subject_id.in_(subject_ids)
    if members is not None:
        about &= Notice.member.in_(members)
    if kinds:
        about &= Notice.kind.in_(kinds)
    return int(Notice.delete().where(about).execute())


def hush(subject_kind: str, subject_ids: list[int], limit: int | None = None) -> int:
    """These things are out of sight: the bell counts them no more. The rows stay, since they may come back, and the
    gate keeps them from being read. Returns how many were still new."""
    about = (Notice.subject_kind == subject_kind) & Notice.subject_id.in_(subject_ids) & Notice.seen_at.is_null()
    return hush_some(about, limit)


def hush_some(about: Any, limit: int | None = None) -> int:
    """The same for notices of one's own choice."""
    if limit is not None:
        some = Notice.select(Notice.id).where(about).limit(limit)
        about = Notice.id.in_([id_ for (id_,) in some.tuples()])
    return int(Notice.update(seen_at=clock.now()).where(about).execute())


def forget_circle(circle: int, member: int, keep: tuple[str, ...] = ()) -> None:
    """Take back all that a member was told of a circle, but for these kinds: they are not in it any more."""
    about = (Notice.circle == circle) & (Notice.member == member)
    Notice.delete().where(about & Notice.kind.not_in(keep) if keep else about).execute()


# ---- reading ------------------------------------------------------------------------------------------------


def _build_unseen(me: int, most: int) -> ModelSelect:
    return Notice.select(Notice.id).where(Notice.member == me, Notice.seen_at.is_null()).limit(most)


_unseen = Prepared(_build_unseen)


def unseen(member: int) -> int:
    """How many came since the member last looked; `MOST_COUNTED` + 1 stands for more than that."""
    return len(_unseen.rows(me=member, most=MOST_COUNTED + 1))


def mark_seen(member: int) -> int:
    """The member has looked at the list. Returns how many were new."""
    new = Notice.update(seen_at=clock.now()).where(Notice.member == member, Notice.seen_at.is_null()).execute()
    if new:
        _ring([member])
    return int(new)


def mark_read(member: int, ids: list[int] | None = None) -> int:
    """These of the member's notices are read, or all of them; returns how many were not before. What happens from now
    on begins a new notice."""
    now = clock.now()
    waiting = (Notice.member == member) & Notice.read_at.is_null()
    if ids is not None:
        waiting &= Notice.id.in_(ids)
    kept = Case(None, [(Notice.open_key.startswith(_FOR_GOOD), Notice.open_key)], None)
    seen = Case(None, [(Notice.seen_at.is_null(), now)], Notice.seen_at)
    count = int(Notice.update(read_at=now, seen_at=seen, open_key=kept).where(waiting).execute())
    if count:
        _ring([member])
    return count


# ---- time ---------------------------------------------------------------------------------------------------


def sweep(limit: int = 2000) -> int:
    """Take away some of what was read long ago, and of what nobody ever will; returns how many."""
    now = clock.now()
    nobody_will = Notice.at < now - UNREAD_KEPT_MS
    old = Notice.select(Notice.id).where(Notice.at < now - READ_KEPT_MS, Notice.read_at.is_null(False) | nobody_will)
    ids = [id_ for (id_,) in old.limit(limit).tuples()]
    return int(Notice.delete().where(Notice.id.in_(ids)).execute()) if ids else 0
