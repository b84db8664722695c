"""Notices: that something happened which concerns a member. A row holds no words and no names; those are made when it
is read, by the slot `notices.row`, through the gate, so a notice never tells what its reader may not see any more.
"""

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from core import clock
from core.db import atomic
from models import Notice

BATCH = 500


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


def tell(
    members: Iterable[int],
    kind: str,
    subject_kind: str,
    subject_id: int,
    *,
    circle: int | None = None,
    group: str = "",
    **facts: str | int,
) -> None:
    """Tell these members, inside the transaction of what happened. With `group` (`liked:post:5`) what happens again
    before it was read joins the same notice. More than a few hundred recipients are work for a job."""
    now = clock.now()
    # Without a group every event is a notice of its own, but the same event told twice (a job that ran again) is one.
    key = group or f"{kind}:{subject_kind}:{subject_id}"
    row = {
        "kind": kind, "circle": circle, "subject_kind": subject_kind, "subject_id": subject_id,
        "facts": json.dumps(facts, ensure_ascii=False), "open_key": key[:80], "first_at": now, "at": now,
    }  # fmt: skip
    rows = [{**row, "member": member} for member in dict.fromkeys(members)]
    with atomic():
        for start in range(0, len(rows), BATCH):
            Notice.insert_many(rows[start : start + BATCH]).on_conflict(
                conflict_target=[Notice.member, Notice.open_key],
                update={Notice.at: now, Notice.facts: row["facts"], Notice.seen_at: None},
            ).execute()


def forget(subject_kind: str, subject_ids: list[int], members: list[int] | None = None) -> None:
    """Take back what was told of these things, of everybody or of some members."""
    about = (Notice.subject_kind == subject_kind) & Notice.subject_id.in_(subject_ids)
    Notice.delete().where(about if members is None else about & Notice.member.in_(members)).execute()


def forget_circle(circle: int, member: int) -> None:
    """Take back all that a member was told of a circle: they are not in it any more."""
    Notice.delete().where(Notice.circle == circle, Notice.member == member).execute()
