"""What is filled in when a moment is written, changed or narrowed. Read without a message of its own: the action says
what is wrong, whoever calls it."""

from dataclasses import dataclass, field

from flask import request

from blueprints.feed import audience, sharing
from blueprints.feed.audience import Audience
from blueprints.feed.posting import Change, NewMoment
from core.limits import LIMITS
from core.media import NewPicture
from core.policy import Actor
from core.uploads import picture_changes

MOST_LISTS = 50


@dataclass(frozen=True)
class Typed:
    """What the composer shows: how it begins, or all that was typed."""

    body: str = ""
    audience: Audience = field(default_factory=Audience)
    lasts: str = ""
    comments_by: str = "all"
    takes_tips: bool = True
    video: str = ""
    shared: str = ""
    key: str = ""
    seen_at: str = ""
    insists: bool = False


def typed(actor: Actor) -> Typed:
    form = request.form
    return Typed(
        form.get("body", ""), chosen_audience(actor), form.get("lasts", ""), form.get("comments_by", "all"),
        takes_tips(), form.get("video", ""), form.get("shared", ""), form.get("key", "")[: LIMITS["key"] + 1],
        form.get("seen_at", ""), "insists" in form,
    )  # fmt: skip


def chosen_audience(actor: Actor, *, asked: bool = False) -> Audience:
    """What was chosen. A program that says nothing of it gets what its member chose last; a form that asked for it
    (`asked`, or it says so) and brings no answer has none that could be guessed."""
    form = request.form
    if "audience" not in form:
        return Audience("") if asked or "asks_audience" in form else audience.last(actor)
    kind = form["audience"]
    lists = tuple(map(whole, form.getlist(f"{kind}_list")[:MOST_LISTS]))
    return Audience(kind, lists, whole(form["circle"]) if form.get("circle") else None)


def takes_tips() -> bool:
    """A box that is not ticked sends nothing; the form says that it had one."""
    return "takes_tips" in request.form or "asks_tips" not in request.form


def whole(text: str) -> int:
    """0, which is nobody's number, for what is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else 0


def new_moment(values: Typed, pictures: list[NewPicture]) -> NewMoment:
    """Raises Invalid for something shared that can be nothing."""
    return NewMoment(
        values.body, values.audience, pictures, values.video, sharing.read(values.shared), values.lasts,
        values.comments_by, values.takes_tips, values.insists,
    )  # fmt: skip


def change() -> Change:
    """As it was typed, without new pictures."""
    form = request.form
    return Change(form.get("body", ""), form.get("comments_by", "all"), takes_tips(), **vars(picture_changes()))
