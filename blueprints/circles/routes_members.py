"""Members of a circle: who is in, who asks to come in, who is invited, roles and removal."""

from flask import Response, render_template, request, url_for
from flask_babel import gettext as _

from blueprints.circles import actions, bp, queries
from blueprints.circles.forms import InviteForm
from blueprints.circles.forms import number as whole
from blueprints.circles.rooms import Room, room
from blueprints.circles.routes import around
from core import hx
from core.errors import Gone, Invalid
from core.guard import limit
from core.policy import can, require
from core.viewer import current_actor


@bp.get("/circles/<slug>/members", permission="circle:see")
def members(slug: str) -> Response:
    return _members_page(room(current_actor(), slug), InviteForm())


def _members_page(here: Room, form: InviteForm, status: int = 200) -> Response:
    actor = current_actor()
    require(actor, "circle:read", here)
    before = whole(request.args.get("before"))
    page = queries.members(actor, here, before)
    context = {
        "here": here,
        "page": page,
        "older_url": page.older and url_for(".members", slug=here.slug, before=page.older),
        "may_remove": can(actor, "circle:remove", here),
        "may_appoint": can(actor, "circle:appoint", here),
    }
    if before and hx.wants_fragment():
        return hx.fragment(render_template("circles/_people.html", **context))
    may_admit = can(actor, "circle:admit", here)
    return hx.page(
        "circles/members.html", status=status, **context | around(here, "members"), form=form, may_admit=may_admit,
        first_page=before is None,
    )  # fmt: skip


@bp.get("/circles/<slug>/requests", permission="circle:admit")
def asked(slug: str) -> Response:
    actor = current_actor()
    here = room(actor, slug)
    page = queries.asked(actor, here, whole(request.args.get("after")) or 0)
    next_url = page.older and url_for(".asked", slug=slug, after=page.older)
    return hx.page("circles/requests.html", page=page, next_url=next_url, **around(here, "asked"))


@bp.post("/circles/<slug>/requests/<int:number>", permission="circle:admit")
def decide(slug: str, number: int) -> Response:
    here = room(current_actor(), slug)
    if request.form.get("accept") not in ("0", "1"):
        raise Invalid("choice", field="accept")
    accept = request.form["accept"] == "1"
    accepted = actions.decide(current_actor(), here.id, number, accept=accept)
    toast = _("They are in.") if accepted else _("Declined.")
    return hx.changed(url_for(".asked", slug=slug), "", toast=toast)


@bp.post("/circles/<slug>/invitations/", permission="circle:admit")
def invite(slug: str) -> Response:
    actor = current_actor()
    here = room(actor, slug)
    require(actor, "circle:admit", here)
    form = InviteForm.posted()
    if form.validate():
        try:
            limit("invite.member", actor.member_id)
            member = queries.member_named(actor, (form.username.data or "").lstrip("@").lower())
            actions.invite(actor, here.id, member, form.reason.data or "")
            return hx.see_other(url_for(".members", slug=slug), toast=_("The invitation is on its way."))
        except Gone:
            form.refuse(Invalid("no_such_member", field="username"))
        except Invalid as refusal:
            form.refuse(refusal)
    return _members_page(here, form, status=422)


@bp.post("/circles/<slug>/members/<int:number>/role", permission="circle:appoint")
def appoint(slug: str, number: int) -> Response:
    here = room(current_actor(), slug)
    actions.set_role(current_actor(), here.id, number, request.form.get("role", ""))
    return hx.see_other(url_for(".members", slug=slug), toast=_("Saved."))


@bp.post("/circles/<slug>/members/<int:number>/remove", permission="circle:remove")
def remove(slug: str, number: int) -> Response:
    here = room(current_actor(), slug)
    actions.remove(current_actor(), here.id, number)
    return hx.see_other(url_for(".members", slug=slug), toast=_("They are no longer a member."))
