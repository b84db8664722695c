"""Settings of a circle: what it is, who comes in by which rules, its pictures."""

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from blueprints.circles import actions, bp
from blueprints.circles.forms_joining import BasicsForm, DoorForm
from blueprints.circles.rooms import Room, room
from core import hx
from core.blueprint import slot
from core.errors import Invalid
from core.fragments import region
from core.guard import limit
from core.markup import trusted
from core.policy import can, require
from core.uploads import store_uploads, uploads
from core.viewer import current_actor


def settings_nav(here: Room, current: str) -> Markup:
    """The row of all settings pages of a circle that the reader may open. `current` is the endpoint of this one, such
    as `circles.edit`. Other blueprints add theirs by the slot `circles.settings`."""
    actor = current_actor()
    more = slot("circles.settings", actor, [here])[here] if can(actor, "circle:moderate", here) else []
    return region(
        "circles/_settings_nav.html", here=here, current=current, owns=can(actor, "circle:edit", here),
        moderates=can(actor, "circle:moderate", here), more=trusted("".join(more)),
    )  # fmt: skip


def around_settings(here: Room, current: str) -> dict[str, Any]:
    """What every settings page of a circle takes beside its content."""
    return {"here": here, "settings_nav": settings_nav(here, current)}


@bp.get("/circles/<slug>/edit", permission="circle:edit")
def edit(slug: str) -> Response:
    here = _own(slug)
    return hx.page("circles/edit.html", form=BasicsForm(data=here.__dict__), **around_settings(here, "circles.edit"))


@bp.post("/circles/<slug>/edit", permission="circle:edit")
def save(slug: str) -> Response:
    here, form = _own(slug), BasicsForm.posted()
    if form.validate():
        limit("text.render", current_actor().member_id)
        try:
            actions.edit_circle(current_actor(), here.id, form.draft())
            return hx.see_other(url_for(".about", slug=here.slug), toast=_("Saved."))
        except Invalid as refusal:
            form.refuse(refusal)
    return hx.page(
        "circles/edit.html", {"circle-form": "circles/_basics_form.html"}, status=422, form=form,
        **around_settings(here, "circles.edit"),
    )  # fmt: skip


@bp.get("/circles/<slug>/door", permission="circle:edit")
def door(slug: str) -> Response:
    here = _own(slug)
    return hx.page("circles/door.html", form=DoorForm(data=here.__dict__), **around_settings(here, "circles.door"))


@bp.post("/circles/<slug>/door", permission="circle:edit")
def save_door(slug: str) -> Response:
    here, form = _own(slug), DoorForm.posted()
    if form.validate():
        limit("text.render", current_actor().member_id)
        try:
            here = actions.edit_circle(current_actor(), here.id, form.draft())
            return hx.see_other(url_for(".about", slug=here.slug), toast=_("Saved."))
        except Invalid as refusal:
            form.refuse(refusal)
    return hx.page(
        "circles/door.html", {"door-form": "circles/_door_form.html"}, status=422, form=form,
        **around_settings(here, "circles.door"),
    )  # fmt: skip


@bp.post("/circles/<slug>/pictures", permission="circle:edit")
def pictures(slug: str) -> Response:
    """A new picture or cover; `which` is picture or cover, `remove` takes it away."""
    actor, here = current_actor(), _own(slug)
    which = request.form.get("which")
    if which not in ("picture", "cover"):
        raise Invalid("choice")
    stored = None
    if not request.form.get("remove"):
        files = uploads()
        if not files:
            raise Invalid("no_file")
        limit("picture.store", actor.member_id)
        stored = store_uploads(files, most=1)[0].stored
    actions.set_picture(actor, here.id, which, stored)
    return hx.see_other(url_for(".edit", slug=slug), toast=_("Saved."))


def _own(slug: str) -> Room:
    here = room(current_actor(), slug)
    require(current_actor(), "circle:edit", here)
    return here
