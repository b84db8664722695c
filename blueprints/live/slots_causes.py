"""What money was about, as far as it was about comments on events."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from core.blueprint import fills
from core.fragments import region
from core.policy import Actor, visible
from models import LiveComment, LiveEvent


@fills("wallet.cause")
def causes(actor: Actor, things: list[Any]) -> dict[int, str]:
    wanted = {posting: number for posting, _kind, subject, number in things if subject == "live_comment"}
    if not wanted:
        return {}
    query = LiveComment.select(LiveComment.id, LiveEvent.id, LiveEvent.title).join(LiveEvent)
    rows = visible(query.where(LiveComment.id.in_(sorted(set(wanted.values())))), actor).tuples()
    events = {comment: (event, title) for comment, event, title in rows}
    return {
        posting: region(
            "live/_cause.html", url=url_for("live.show", event=events[number][0]),
            words=_("For a comment on “%(event)s”", event=events[number][1]),
        )
        for posting, number in wanted.items()
        if number in events
    }  # fmt: skip
