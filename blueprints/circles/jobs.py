"""Daily work: words of what was deleted a while ago, and texts made under an older policy."""

from blueprints.circles import (
    card_fetching,
    cards,
    jobs_telling,  # noqa: F401 - its jobs
    naming,
    presence,
)
from blueprints.circles import pending as waiting_room
from blueprints.circles.erasing import purge_deleted
from blueprints.circles.wording import renew
from core import clock
from core.jobs import Running, job
from models import Comment, Post


@job("circles.purge", every_seconds=24 * 3600)
def purge(running: Running) -> None:
    while purge_deleted():
        pass


@job("circles.members", every_seconds=24 * 3600)
def look_after_members(running: Running) -> None:
    """Traces of who was here go; whoever came in bulk can be found by name."""
    presence.sweep()
    while naming.note_missing():
        pass


@job("circles.publish")
def publish(running: Running, pending: int) -> None:
    """What was meant for this moment. Changed meanwhile, taken back or out already: nothing happens."""
    waiting_room.come_out(pending)


@job("circles.publish_late", every_seconds=600)
def publish_late(running: Running) -> None:
    """What should have come out and did not, because its own job was given up."""
    for pending in waiting_room.overdue(clock.now() - clock.MINUTE):
        waiting_room.come_out(pending)


@job("circles.card")
def card(running: Running, card: int) -> None:
    card_fetching.fill(card)


@job("circles.cards_sweep", every_seconds=24 * 3600)
def sweep_cards(running: Running) -> None:
    cards.sweep()


@job("circles.render_again", every_seconds=24 * 3600)
def render_again(running: Running) -> None:
    """Texts whose HTML was made under an older policy (core/markup.py) are made again from what was typed."""
    for table in (Post, Comment):
        renew(table)
