"""Profiles are rows of accounts; people only keep them findable."""

from typing import Any

from core import search
from core.personal import holds


def exports(member_id: int) -> tuple[dict[str, Any], list[str]]:
    return {}, []


def erases(member_id: int, keeps_words: bool) -> None:
    search.remove("member", [member_id])


holds("people", exports=exports, erases=erases)
