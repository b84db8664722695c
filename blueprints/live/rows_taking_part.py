"""Polls, questions and reactions as pages show them. What open pages get is the same for everybody; what is a reader's
own, such as their vote, stands in what is rendered for them alone, and a script puts it into what comes later."""

from typing import Any, NamedTuple

from markupsafe import Markup

from blueprints.live import asking, polling, reacting
from blueprints.live.halls import Hall
from blueprints.live.taking_part import SHUT
from core.fragments import region
from core.hx import new_key
from core.policy import Actor, can

# ---- for open pages -----------------------------------------------------------------------------------------


def poll_rows(event: int, refs: list[int]) -> dict[int, Markup]:
    """The poll that stands in the room; an older one shows there no more, and one that is gone leaves its place."""
    poll = polling.newest(event)
    newest = poll.id if poll else 0
    return {ref: region("live/_poll.html", event=event, poll=poll) for ref in refs if ref >= newest}


class QuestionRow(NamedTuple):
    html: Markup
    author: int | None


def question_rows(event: int, refs: list[int]) -> dict[int, QuestionRow]:
    """A hidden one comes as an empty place, which takes the place of what was there, and so does one that is gone."""
    found = {row.id: row for row in asking.some(event, refs)}
    shown = {ref: found.get(ref) or asking.gone(event, ref) for ref in refs}
    return {ref: QuestionRow(region("live/_question.html", row=row), row.author) for ref, row in shown.items()}


# ---- for one reader -----------------------------------------------------------------------------------------


def poll_region(actor: Actor, here: Hall) -> Markup:
    poll = polling.newest(here.id)
    mine = polling.choices(actor.member_id or 0, [poll.id]).get(poll.id) if poll else None
    return region("live/_poll.html", event=here.id, poll=poll, mine=mine)


def poll_form(typed: dict[str, Any] | None = None) -> dict[str, Any]:
    """What `_poll_form.html` shows: empty, or as it was typed, with its errors by field."""
    return {"question": "", "options": [], "key": new_key(), "errors": {}, **(typed or {})}


def question_row(actor: Actor, row: asking.Question) -> Markup:
    return _question(actor, row, asking.supported(actor, [row.id]))


def _question(actor: Actor, row: asking.Question, mine: set[int]) -> Markup:
    own = actor.signed_in and row.author == actor.member_id
    return region("live/_question.html", row=row, mine=row.id in mine, own=own)


def question_list(actor: Actor, here: Hall, after: str = "") -> dict[str, Any]:
    """Rows in their order, the reader's own votes, and where older ones are."""
    page = asking.page(actor, here, after)
    mine = asking.supported(actor, [row.id for row in page.rows])
    return {
        "rows": [_question(actor, row, mine) for row in page.rows],
        "mine": sorted(mine),
        "older_url": page.older and f"/live/{here.id}/questions?after={page.older}",
    }


def questions(actor: Actor, here: Hall, after: str = "", **typed: Any) -> dict[str, Any]:
    """What `_questions.html` takes as `asking`."""
    may_ask = here.state not in SHUT and can(actor, "live:react", here)
    return {**question_list(actor, here, after), **question_form(**typed), "can": may_ask}


def question_form(typed: str = "", errors: dict[str, list[str]] | None = None) -> dict[str, Any]:
    return {"typed": typed, "key": new_key(), "errors": errors or {}}


def reactions_region(here: Hall) -> Markup:
    """Buttons while it is on, afterwards how often each kind came."""
    if here.state in SHUT:
        return reaction_totals(here)
    return region("live/_reactions.html", event=here.id, is_open=True, totals={})


def reaction_totals(here: Hall) -> Markup:
    return region("live/_reactions.html", event=here.id, is_open=False, totals=reacting.totals(here.id))


def taking_part(actor: Actor, here: Hall) -> dict[str, Any]:
    """What the page of an event takes of all this."""
    asked = poll_form() if can(actor, "live:moderate", here) and here.state not in SHUT else None
    return {
        "poll": poll_region(actor, here), "asked": asked, "asking": questions(actor, here),
        "reactions": reactions_region(here),
    }  # fmt: skip
