"""What moderation holds of a member. What was decided stays in the log, without a name and without what was written
about them."""

from typing import Any

from core.personal import holds
from models import (
    ModerationAppeal,
    ModerationCase,
    ModerationDecision,
    ModerationLook,
    Report,
    WatchedWord,
)


def exports(member: int) -> tuple[dict[str, Any], list[str]]:
    content = {
        "reports": list(
            Report.select(ModerationCase.subject_kind, Report.reason, Report.note, Report.reported_at)
            .join(ModerationCase)
            .where(Report.reporter == member)
            .dicts()
        ),
        "decisions": list(
            ModerationDecision.select(
                ModerationDecision.action, ModerationDecision.subject_kind, ModerationDecision.reason,
                ModerationDecision.note, ModerationDecision.until_at, ModerationDecision.decided_at,
                ModerationDecision.reversed_at,
            )
            .where(ModerationDecision.member == member, ModerationDecision.action != "dismiss")
            .dicts()
        ),
        "appeals": list(
            ModerationAppeal.select(
                ModerationAppeal.words, ModerationAppeal.asked_at, ModerationAppeal.answer, ModerationAppeal.upheld
            )
            .where(ModerationAppeal.member == member)
            .dicts()
        ),
        "looks": list(
            ModerationLook.select(ModerationLook.subject_kind, ModerationLook.looked_at)
            .where(ModerationLook.moderator == member)
            .dicts()
        ),
    }  # fmt: skip
    return content, []


def erases(member: int, keeps_words: bool) -> None:
    """The words of a report go with who wrote them, whatever they choose for their posts: nobody else was meant to
    read them."""
    Report.update(reporter=None, note="").where(Report.reporter == member).execute()
    ModerationAppeal.delete().where(ModerationAppeal.member == member).execute()
    ModerationAppeal.update(decided_by=None).where(ModerationAppeal.decided_by == member).execute()
    ModerationDecision.update(member=None, note="").where(ModerationDecision.member == member).execute()
    ModerationDecision.update(decided_by=None).where(ModerationDecision.decided_by == member).execute()
    ModerationCase.update(member=None).where(ModerationCase.member == member).execute()
    ModerationCase.update(closed_by=None).where(ModerationCase.closed_by == member).execute()
    ModerationLook.update(moderator=None).where(ModerationLook.moderator == member).execute()
    WatchedWord.update(added_by=None).where(WatchedWord.added_by == member).execute()


holds(
    "moderation",
    exports=exports,
    erases=erases,
    tables=(Report, ModerationAppeal, ModerationDecision, ModerationCase, ModerationLook, WatchedWord),
)
