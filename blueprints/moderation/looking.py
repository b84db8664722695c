"""A look at what is not the looker's to see, and that it is written down. Without a report there is none."""

from blueprints.moderation.actions import bench_of, case_of
from blueprints.moderation.subjects import Subject, of_case, sees
from core import clock
from core.db import atomic
from core.policy import Actor
from models import ModerationCase, ModerationLook

SAME_LOOK_MS = 10 * clock.MINUTE
"""Turning back to a page within this is still the same look."""


def open_for(actor: Actor, number: int) -> tuple[ModerationCase, Subject | None]:
    """A case and what it is about, to be shown to the actor: a look is on record before anything is seen. Raises
    Gone."""
    case = case_of(number)
    bench_of(actor, case)
    subject = of_case(case)
    if subject is not None and not sees(actor, subject):
        _write_down(actor, case)
    return case, subject


def _write_down(actor: Actor, case: ModerationCase) -> None:
    with atomic():
        mine = (ModerationLook.case == case.id) & (ModerationLook.moderator == actor.member_id)
        if ModerationLook.select().where(mine, ModerationLook.looked_at > clock.now() - SAME_LOOK_MS).exists():
            return
        ModerationLook.create(
            circle=case.circle_id, case=case.id, moderator=actor.member_id, subject_kind=case.subject_kind,
            subject_id=case.subject_id, looked_at=clock.now(),
        )  # fmt: skip
