"""What a member keeps for themselves."""

from typing import Any

from flask import Response, render_template, request, url_for
from flask_babel import gettext as _

from blueprints.circles import bookmarks, bp, reading
from blueprints.circles.rooms import room
from blueprints.circles.routes_polls import POST
from blueprints.circles.routes_posts import address
from blueprints.circles.rows import shelf
from core import hx
from core.errors import Invalid
from core.forms import on_or_off
from core.guard import limit
from core.policy import require
from core.viewer import current_actor


@bp.get("/me/bookmarks", endpoint="bookmarks", permission="bookmark:own")
def bookmarked() -> Response:
    page = bookmarks.kept(current_actor(), request.args.get("before", ""))
    context: dict[str, Any] = {"rows": page.rows, "older_url": page.older and url_for(".bookmarks", before=page.older)}
    if request.args.get("before") and hx.wants_fragment():
        return hx.fragment(render_template("circles/_bookmarks.html", **context))
    return hx.page("circles/bookmarks.html", **context)


@bp.get(f"{POST}/keep", permission="post:keep")
def keep_form(slug: str, number: int) -> Response:
    actor = current_actor()
    here = room(actor, slug)
    row = reading.post(actor, here, number)
    require(actor, "post:keep", here)
    note = bookmarks.note_of(actor, number)
    return hx.page("circles/keep.html", here=here, post=row, note=note, errors=[])


@bp.post(f"{POST}/keep", permission="post:keep")
def keep(slug: str, number: int) -> Response:
    """`on` 1 keeps, with the `note` where one is sent; 0 lets go."""
    actor = current_actor()
    here = room(actor, slug)
    limit("like.write", actor.member_id)
    row = reading.post(actor, here, number)
    on, note = on_or_off(), request.form.get("note")
    try:
        if on:
            bookmarks.keep(actor, here.id, number, note)
        else:
            require(actor, "post:keep", here)
            bookmarks.let_go(actor, number)
    except Invalid as refusal:
        return hx.page("circles/keep.html", status=422, here=here, post=row, note=note, errors=[hx.say(refusal)])
    if note is not None:
        return hx.see_other(address(slug, number), toast=_("Saved."))
    shown = shelf(actor, here, reading.post(actor, here, number))
    region = render_template("circles/_post_tools.html", shown=shown, oob=False)
    return hx.changed(hx.back(address(slug, number)), region)


@bp.post("/me/bookmarks/<int:number>/note", permission="bookmark:own")
def annotate(number: int) -> Response:
    note = request.form.get("note", "")
    try:
        bookmarks.annotate(current_actor(), number, note)
    except Invalid as refusal:
        row = bookmarks.one(current_actor(), number)._replace(note=note, wrong=hx.say(refusal))
        return hx.page("circles/bookmarks.html", status=422, rows=[row], older_url=None)
    return hx.see_other(f"{hx.back(url_for('.bookmarks')).partition('#')[0]}#kept-{number}", toast=_("Saved."))


@bp.post("/me/bookmarks/<int:number>/remove", permission="bookmark:own")
def forget_bookmark(number: int) -> Response:
    bookmarks.let_go(current_actor(), number)
    if hx.target() == f"kept-{number}":
        return hx.fragment("", toast=_("Removed."))
    return hx.see_other(hx.back(url_for(".bookmarks")), toast=_("Removed."))
