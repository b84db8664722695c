"""Who did what: written in the transaction of the act, never edited."""

import json
from collections.abc import Mapping
from typing import Any

from core import clock
from core.policy import Actor
from models import AuditEntry


def record(
    actor: Actor, action: str, kind: str = "", id_: int | None = None, *, circle: int | None = None, **detail: object
) -> None:
    """`action` is `noun.verb`; `detail` holds small plain values and never a password, token or text of a person."""
    AuditEntry.insert(
        at=clock.now(),
        actor=actor.member_id,
        action=action,
        subject_kind=kind,
        subject_id=id_,
        circle=circle,
        detail=json.dumps(detail, ensure_ascii=False),
    ).execute()


_phrases: dict[str, Any] = {}


def words(phrases: Mapping[str, Any]) -> None:
    """What happened, in a few words for each action, for those who read the log."""
    _phrases.update(phrases)


def phrase(action: str) -> str:
    """The words of an action; the action itself where nobody has worded it."""
    return str(_phrases.get(action, action))
