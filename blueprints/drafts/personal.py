"""What drafts hold of a member."""

from typing import Any

from core.personal import holds
from models import Draft


def exports(member: int) -> tuple[dict[str, Any], list[str]]:
    mine = Draft.select(Draft.name, Draft.title, Draft.body, Draft.path, Draft.changed_at).where(Draft.member == member)
    return {"drafts": list(mine.order_by(Draft.changed_at).dicts())}, []


def erases(member: int, keeps_words: bool) -> None:
    """Kept words are those that others have read; a draft has been read by nobody."""
    Draft.delete().where(Draft.member == member).execute()


holds("drafts", exports=exports, erases=erases, tables=(Draft,))
