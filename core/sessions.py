"""Ending sessions: the only way in which their rows go, since what a session watches ends with it."""

from typing import Any

from core import stream_log
from core.db import atomic
from models import Session


def end(which: Any, but: int | None = None) -> int:
    """End the sessions that a condition names, except for the one numbered `but`; returns how many."""
    with atomic():
        ids = [id_ for (id_,) in Session.select(Session.id).where(which).tuples() if id_ != but]
        ended = 0
        for start in range(0, len(ids), 500):
            ended += int(Session.delete().where(Session.id.in_(ids[start : start + 500])).execute())
        for id_ in ids:
            stream_log.revoke(f"s{id_}")
        return ended
