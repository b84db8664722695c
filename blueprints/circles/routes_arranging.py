"""What lasts in a circle: pins, digest, topics, each with its way in; sharing to another circle."""

from typing import Any

from flask import Response, render_template, request, url_for
from flask_babel import gettext as _

from blueprints.circles import arranged, arranging, bp, posting, reading, sharing, topics
from blueprints.circles.forms import number as whole
from blueprints.circles.queries import some
from blueprints.circles.rooms import Room, room
from blueprints.circles.routes import around
from blueprints.circles.routes_polls import POST
from blueprints.circles.routes_posts import address, kept_back
from blueprints.circles.rows import post_rows
from blueprints.circles.rows_arranged import asked_topic, pin_strip, topic_chips
from core import hx
from core.errors import Conflict, Invalid
from core.forms import on_or_off
from core.guard import limit
from core.limits import LIMITS
from core.policy import can, require
from core.viewer import current_actor
from models import Pending


@bp.get("/circles/<slug>/pinned", permission="circle:see")
def pinned(slug: str) -> Response:
    """What was pinned, and what was chosen to last, newest first; of one topic where one is asked for."""
    actor = current_actor()
    here = room(actor, slug)
    require(actor, "circle:read", here)
    before, topic = whole(request.args.get("before")), asked_topic(here)
    page = arranged.digest(actor, here, topic, before)
    context = {
        "rows": post_rows(actor, here, page.rows),
        "older_url": page.older and url_for(".pinned", slug=slug, before=page.older, topic=topic),
    }
    if before and hx.wants_fragment():
        return hx.fragment(render_template("circles/_posts.html", **context))
    first = before is None and topic is None
    pins = reading.some_posts(actor, [row.id for row in arranged.pins(actor, here)]) if first else []
    return hx.page(
        "circles/pinned.html", **context | around(here, "pinned"), pins=post_rows(actor, here, pins),
        chips=topic_chips(here, "circles.pinned", topic),
    )  # fmt: skip


# ---- pins ---------------------------------------------------------------------------------------------------


def _back(here: Room, number: int) -> str:
    """The page that a moderator came from, at the post that they acted on."""
    return f"{hx.back(url_for('.show', slug=here.slug)).partition('#')[0]}#post-{number}"


@bp.get(f"{POST}/pin", permission="post:arrange")
def pin_form(slug: str, number: int) -> Response:
    actor = current_actor()
    here = room(actor, slug)
    row = reading.post(actor, here, number)
    require(actor, "post:arrange", here)
    return hx.page("circles/pin.html", here=here, post=row, pins=len(arranged.pins(actor, here)), error="", tells=False)


@bp.post(f"{POST}/pin", permission="post:arrange")
def pin(slug: str, number: int) -> Response:
    """`on` 1 pins, with `tells` everybody is told; 0 unpins."""
    actor = current_actor()
    here = room(actor, slug)
    if not on_or_off():
        arranging.unpin_post(actor, here.id, number)
        return _pins_changed(here, number, toast=_("No longer pinned."))
    tells = bool(request.form.get("tells"))
    try:
        if tells:
            limit("pin.tell", actor.member_id)
        arranging.pin_post(actor, here.id, number, tells=tells)
    except Conflict as refusal:
        row = reading.post(actor, here, number)
        return hx.page(
            "circles/pin.html", status=409, here=here, post=row, pins=len(arranged.pins(actor, here)),
            error=hx.say(refusal), tells=tells,
        )  # fmt: skip
    return hx.see_other(url_for(".show", slug=slug), toast=_("Pinned."))


def _pins_changed(here: Room, number: int, **options: Any) -> Response:
    if hx.target() == "pins":
        return hx.fragment(pin_strip(current_actor(), here), **options)
    return hx.see_other(_back(here, number), **options)


@bp.post(f"{POST}/pin/move", permission="post:arrange")
def move_pin(slug: str, number: int) -> Response:
    here = room(current_actor(), slug)
    way = request.form.get("way")
    if way not in ("up", "down"):
        raise Invalid("choice", field="way")
    arranging.move_pin(current_actor(), here.id, number, up=way == "up")
    return _pins_changed(here, number)


@bp.post(f"{POST}/fold", permission="circle:belong")
def fold_pin(slug: str, number: int) -> Response:
    here = room(current_actor(), slug)
    limit("like.write", current_actor().member_id)
    arranging.fold_pin(current_actor(), here.id, number, on_or_off())
    return _pins_changed(here, number)


# ---- digest, topics -----------------------------------------------------------------------------------------


@bp.post(f"{POST}/choose", permission="post:arrange")
def choose(slug: str, number: int) -> Response:
    here, on = room(current_actor(), slug), on_or_off()
    arranging.choose_post(current_actor(), here.id, number, on)
    said = _("It is in the digest.") if on else _("It is no longer in the digest.")
    return hx.see_other(_back(here, number), toast=said)


@bp.get(f"{POST}/topic", permission="circle:belong")
def topic_form(slug: str, number: int) -> Response:
    actor = current_actor()
    here = room(actor, slug)
    row = reading.post(actor, here, number)
    if not can(actor, "post:edit", (here, row.author_id)):
        require(actor, "post:arrange", here)
    return hx.page("circles/file.html", here=here, post=row, topics=topics.of_circle(here))


@bp.post(f"{POST}/topic", permission="circle:belong")
def file_post(slug: str, number: int) -> Response:
    """`topic` is a number, or empty for none."""
    here = room(current_actor(), slug)
    text = request.form.get("topic", "")
    topic = whole(text)
    if text and topic is None:
        raise Invalid("choice", field="topic")
    arranging.file_post(current_actor(), here.id, number, topic)
    return hx.see_other(address(slug, number), toast=_("Saved."))


# ---- sharing ------------------------------------------------------------------------------------------------


@bp.get(f"{POST}/share", permission="post:keep")
def share_form(slug: str, number: int) -> Response:
    return _share_page(room(current_actor(), slug), number)


@bp.post(f"{POST}/share", permission="post:keep")
def share(slug: str, number: int) -> Response:
    """A post in the circle `target`, with own words, that shows this one."""
    actor = current_actor()
    here = room(actor, slug)
    row = reading.post(actor, here, number)
    require(actor, "post:keep", here)
    target, body = whole(request.form.get("target")), request.form.get("body", "")
    try:
        if target is None:
            raise Invalid("share_where", field="target")
        draft = posting.PostDraft("", body, shared=row.id)
        limit("post.write", actor.member_id)
        made = posting.write_post(actor, target, draft, key=request.form.get("key", ""))
    except (Invalid, Conflict) as refusal:
        status = 409 if isinstance(refusal, Conflict) else 422
        field = "target" if getattr(refusal, "field", "") == "target" else "body"
        return _share_page(here, number, status=status, target=target, body=body, errors={field: [hx.say(refusal)]})
    there = some(actor, [target])[0]
    if isinstance(made, Pending):
        return kept_back(room(actor, there.slug), made)
    return hx.see_other(address(there.slug, made.id), toast=_("Shared."))


def _share_page(here: Room, number: int, status: int = 200, **typed: Any) -> Response:
    actor = current_actor()
    row = reading.post(actor, here, number)
    require(actor, "post:keep", here)
    found, visibility = sharing.source(actor, row)
    values: dict[str, Any] = {"target": None, "body": "", "errors": {}, "key": hx.new_key()} | typed
    return hx.page(
        "circles/share.html", {"share-form": "circles/_share_form.html"}, status=status, here=here, number=number,
        source=found, visibility=visibility, targets=sharing.targets(actor, found, visibility), typed=values,
        most=LIMITS["post_bytes"],
    )  # fmt: skip
