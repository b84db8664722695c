"""Questions about a member's notices."""

from typing import NamedTuple

from core import notices
from core.limits import LIMITS
from core.notices import COLUMNS, NoticeRow
from core.policy import Actor, require, visible
from models import Notice


class NoticePage(NamedTuple):
    """Rows as they are kept: which of them are shown, the gate says when they are worded. `older` is where the next
    page starts; None at the end."""

    rows: list[NoticeRow]
    older: str | None


def notices_before(actor: Actor, before: str = "") -> NoticePage:
    """What happened last comes first. `before` is `at.id` of the last row shown."""
    require(actor, "notice:read")
    query = visible(Notice.select(*COLUMNS), actor)
    moment, _, number = before.partition(".")
    if moment.isdecimal() and number.isdecimal() and max(len(moment), len(number)) < 19:
        at, id_ = int(moment), int(number)
        query = query.where((Notice.at < at) | ((Notice.at == at) & (Notice.id < id_)))
    size = LIMITS["page_notices"]
    found = query.order_by(Notice.at.desc(), Notice.id.desc()).limit(size + 1).tuples()
    rows = [NoticeRow(*row) for row in found]
    last = rows[size - 1] if len(rows) > size else None
    return NoticePage(rows[:size], f"{last.at}.{last.id}" if last else None)


def unread_since(actor: Actor, since: int) -> list[NoticeRow]:
    """What has happened since that moment (ms since 1970) and is not read, last first; a summary's worth."""
    query = visible(Notice.select(*COLUMNS).where(Notice.at > since, Notice.read_at.is_null()), actor)
    return [NoticeRow(*row) for row in query.order_by(Notice.at.desc()).limit(LIMITS["page_notices"]).tuples()]


def unseen(actor: Actor) -> int:
    """How many came since the actor last looked at the list."""
    require(actor, "notice:read")
    return notices.unseen(actor.member_id or 0)


def some(actor: Actor, ids: list[int]) -> list[NoticeRow]:
    """These of the actor's own notices."""
    require(actor, "notice:read")
    return [NoticeRow(*row) for row in visible(Notice.select(*COLUMNS).where(Notice.id.in_(ids)), actor).tuples()]
