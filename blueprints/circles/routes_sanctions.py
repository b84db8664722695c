"""Removing, muting and banning a member, with the reason they are told; what is in force, and lifting it."""

from flask import Response, request, url_for
from flask_babel import gettext as _

from blueprints.circles import actions, admission, bp
from blueprints.circles.admission import Person
from blueprints.circles.forms import number as whole
from blueprints.circles.forms_joining import KIND_HINTS, KIND_NAMES, SanctionForm, kind_of
from blueprints.circles.rooms import Room, room
from blueprints.circles.routes_settings import around_settings
from core import hx
from core.errors import Gone, Invalid
from core.guard import limit
from core.policy import require
from core.viewer import current_actor


@bp.get("/circles/<slug>/banned", permission="circle:remove")
def banned(slug: str) -> Response:
    actor = current_actor()
    here = room(actor, slug)
    page = admission.sanctioned(actor, here, whole(request.args.get("before")))
    return hx.page(
        "circles/banned.html", page=page, older_url=page.older and url_for(".banned", slug=slug, before=page.older),
        **around_settings(here, "circles.banned"),
    )  # fmt: skip


@bp.get("/circles/<slug>/members/<int:number>/sanction", permission="circle:remove")
def sanction(slug: str, number: int) -> Response:
    here, who = _whom(slug, number)
    form = SanctionForm()
    if request.args.get("kind") in KIND_NAMES:
        form.kind.data = request.args["kind"]
    return _sanction_page(here, who, form)


@bp.post("/circles/<slug>/members/<int:number>/sanction", permission="circle:remove")
def decide_sanction(slug: str, number: int) -> Response:
    here, who = _whom(slug, number)
    form = SanctionForm.posted()
    if form.validate():
        limit("decision.write", current_actor().member_id)
        try:
            said = _carry_out(here, who, form)
            return hx.see_other(url_for(".members", slug=slug), toast=said)
        except Invalid as refusal:
            form.refuse(refusal)
    return _sanction_page(here, who, form, status=422)


def _carry_out(here: Room, who: Person, form: SanctionForm) -> str:
    actor, reason, note = current_actor(), form.reason.data or "", form.note.data or ""
    if form.kind.data == "mute":
        actions.mute(actor, here.id, who.id, reason, note, form.until_at())
        return _("%(name)s is muted.", name=who.display_name)
    if form.kind.data == "ban":
        actions.ban(actor, here.id, who.id, reason, note, form.until_at())
        return _("%(name)s is banned.", name=who.display_name)
    actions.remove(actor, here.id, who.id, reason, note)
    return _("%(name)s is no longer a member.", name=who.display_name)


def _sanction_page(here: Room, who: Person, form: SanctionForm, status: int = 200) -> Response:
    actor = current_actor()
    return hx.page(
        "circles/sanction.html", {"sanction-form": "circles/_sanction_form.html"}, status=status, here=here, who=who,
        form=form, hints=KIND_HINTS, reasons=admission.reasons(here), kinds=KIND_NAMES,
        in_force=admission.sanctioned(actor, here, member=who.id).rows,
    )  # fmt: skip


@bp.post("/circles/<slug>/members/<int:number>/lift", permission="circle:remove")
def lift(slug: str, number: int) -> Response:
    here = room(current_actor(), slug)
    require(current_actor(), "circle:remove", here)
    actions.lift(current_actor(), here.id, number, kind_of(request.form.get("kind")))
    return hx.changed(url_for(".banned", slug=slug), "", toast=_("Lifted."))


def _whom(slug: str, number: int) -> tuple[Room, Person]:
    actor = current_actor()
    here = room(actor, slug)
    require(actor, "circle:remove", here)
    who = admission.person(actor, number)
    if who is None:
        raise Gone("no_such_member")
    return here, who
