"""What notices hold of a member."""

from typing import Any

from core.personal import holds
from models import DigestSubscription, Notice


def exports(member: int) -> tuple[dict[str, Any], list[str]]:
    notices = Notice.select(
        Notice.kind, Notice.circle, Notice.subject_kind, Notice.subject_id, Notice.first_at, Notice.at, Notice.seen_at,
        Notice.read_at,
    )  # fmt: skip
    summary = DigestSubscription.select(
        DigestSubscription.every, DigestSubscription.sent_at, DigestSubscription.next_at
    )
    return {
        "notices": list(notices.where(Notice.member == member).order_by(Notice.id).dicts()),
        "summary": list(summary.where(DigestSubscription.member == member).dicts()),
    }, []


def erases(member: int, keeps_words: bool) -> None:
    """Nothing in them is anybody's word."""
    Notice.delete().where(Notice.member == member).execute()
    DigestSubscription.delete().where(DigestSubscription.member == member).execute()


holds("notices", exports=exports, erases=erases, tables=(Notice, DigestSubscription))
