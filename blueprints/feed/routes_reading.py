"""What a reader chooses for their feed: of whom less or nothing, which words not, sellers beside it or folded away."""

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from blueprints.feed import bp, tasting
from core import hx
from core.errors import Conflict, Invalid
from core.guard import limit
from core.viewer import current_actor

TASTES = {"less": _l("Less: only the newest post of each day"), "hide": _l("None of their posts"),
          "seller": _l("Their posts are in the sellers’ lane")}  # fmt: skip
ENDS = {"1": _l("For a day"), "7": _l("For a week"), "30": _l("For a month"), "0": _l("Until I take it back")}
REGIONS = {"feed-tastes": "feed/_tastes.html", "feed-mutes": "feed/_mutes.html", "feed-lanes": "feed/_lanes.html"}


@bp.get("/feed/settings", permission="feed:own")
def settings() -> Response:
    return _settings()


def _settings(status: int = 200, **typed: Any) -> Response:
    actor = current_actor()
    shown = {"word": "", "days": "30", "errors": []} | typed
    return hx.page(
        "feed/settings.html", REGIONS, status=status, people=tasting.tastes(actor), tastes=TASTES,
        mutes=tasting.mutes(actor), ends=ENDS, reading=tasting.reading(actor), **shown,
    )  # fmt: skip


@bp.post("/feed/settings", permission="feed:own")
def save_settings() -> Response:
    actor, form = current_actor(), request.form
    limit("feed.choose", actor.member_id)
    tasting.choose(actor, folds_sellers="folds_sellers" in form, sells="sells" in form)
    if hx.wants_fragment():
        return _settings()
    return hx.see_other(url_for(".settings"), toast=_("Saved."))


@bp.post("/feed/people/<int:member>", permission="feed:own")
def want(member: int) -> Response:
    """`kind` is less, hide or seller, empty for all there is."""
    actor, kind = current_actor(), request.values.get("kind", "")
    limit("feed.choose", actor.member_id)
    before = tasting.want(actor, member, kind)
    if hx.target() == "feed-tastes":
        return _settings()
    undo = (url_for(".want", member=member, kind=before), _("Undo")) if kind != before else None
    return hx.see_other(hx.back(url_for(".index")), toast=_said(kind), undo=undo)


def _said(kind: str) -> str:
    return {
        "less": _("From this person you see only the newest post of each day."),
        "hide": _("You see no posts of this person in your feed any more. They do not learn of it."),
        "seller": _("Posts of this person are in the sellers’ lane from now on."),
    }.get(kind, _("You see all posts of this person again."))


@bp.post("/feed/mutes", permission="feed:own")
def mute() -> Response:
    """`word` and for how many `days`, 0 for good."""
    actor, form = current_actor(), request.form
    word, days = form.get("word", ""), form.get("days", "30")
    limit("feed.choose", actor.member_id)
    try:
        tasting.mute(actor, word, int(days) if days in ENDS else -1)
    except (Invalid, Conflict) as refusal:
        return _settings(422, word=word, days=days if days in ENDS else "30", errors=[hx.say(refusal)])
    if hx.wants_fragment():
        return _settings()
    return hx.see_other(url_for(".settings"), toast=_("Posts with this word stay out of your feed."))


@bp.post("/feed/mutes/<int:number>/remove", permission="feed:own")
def unmute(number: int) -> Response:
    actor = current_actor()
    limit("feed.choose", actor.member_id)
    tasting.unmute(actor, number)
    if hx.wants_fragment():
        return _settings()
    return hx.see_other(url_for(".settings"), toast=_("Posts with this word come back into your feed."))
