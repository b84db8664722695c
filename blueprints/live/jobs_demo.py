"""The demo event that runs goes on after it was planted, so that whoever looks in sees comments fly."""

from blueprints.live import commenting, reacting
from blueprints.live.demo.script import GOES_ON, Cheer, Line, story_named
from core import clock, jobs
from core.errors import Refusal
from core.jobs import Running, job
from core.policy import Actor, Standing
from models import LiveEvent, Member

LATE_MS = clock.MINUTE
"""What should have been said longer ago than this is not said any more: nobody was here to hear it."""


@job(GOES_ON)
def goes_on(running: Running, event: int, story: str, planted: int, place: int) -> None:
    """Say what is due and leave the rest to a job like this one. Killed in the middle it says nothing twice: a comment
    is known by its key. Ends with the event, and when the demo is removed."""
    told = story_named(story, planted).told
    now = clock.now()
    while place < len(told) and told[place].at <= now:
        if told[place].at > max(planted - 1, now - LATE_MS) and not _tell(event, told[place], f"demo-{place}"):
            return
        place += 1
    if place < len(told) and LiveEvent.select().where(LiveEvent.id == event, LiveEvent.ended_at.is_null()).exists():
        again = {"event": event, "story": story, "planted": planted, "place": place}
        jobs.later(GOES_ON, again, due=told[place].at, unique_key=f"demo:{event}:{place}")


def _tell(event: int, each: Line | Cheer, key: str) -> bool:
    """Whether there is still somebody who could go on."""
    row = Member.get_or_none(Member.username == each.by, Member.is_demo == True)  # noqa: E712 - SQL
    if row is None:
        return False
    actor = Actor(row.id, Standing.MEMBER, row.username)
    try:
        if isinstance(each, Line):
            commenting.write_bullet(actor, event, each.text, each.mode, key)
        else:
            reacting.react(actor, event, each.kind, each.hits)
    except Refusal:  # muted, slowed down or closed by whoever tries the tools out
        pass
    return True
