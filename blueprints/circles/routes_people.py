"""Who is in a circle: the list, the search in it, roles and flairs; and what a member sets for themselves."""

from typing import Any

from flask import Response, render_template, request, url_for
from flask_babel import gettext as _

from blueprints.circles import actions, bp, flairs, members, presence
from blueprints.circles.forms import number as whole
from blueprints.circles.forms_people import MineForm
from blueprints.circles.members import Only
from blueprints.circles.rooms import Room, room
from blueprints.circles.routes import around
from blueprints.circles.rows_people import person_row, person_rows, team_rows
from core import hx
from core.errors import Gone, Invalid
from core.limits import LIMITS
from core.policy import can, require
from core.viewer import current_actor

ROLES_LISTED = ("owner", "moderator")


@bp.get("/circles/<slug>/members", permission="circle:see", endpoint="members")
def people(slug: str) -> Response:
    actor = current_actor()
    here = room(actor, slug)
    require(actor, "circle:read", here)
    query = request.args.get("q", "")[: LIMITS["search_query"]].strip()
    known = flairs.of_circle(here)
    only = _only({flair.id for flair in known})
    before = whole(request.args.get("before"))
    if query:
        found = members.named(actor, here, query)
        rows, older_url, more = found.rows, None, found.more
    else:
        page = members.listed(actor, here, only, before)
        rows, more = page.rows, False
        older_url = page.older and url_for(".members", slug=here.slug, **_chosen(only), before=page.older)
    listed = person_rows(actor, here, rows, known)
    if before and hx.wants_fragment():
        return hx.fragment(render_template("circles/_people.html", rows=listed, older_url=older_url))
    return hx.page(
        "circles/members.html", {"who": "circles/_who.html"}, **around(here, "members"), rows=listed,
        older_url=older_url, may_admit=can(actor, "circle:admit", here), query=query, more=more, only=only,
        flairs=known,
        runners=team_rows(actor, here, known) if not (query or before or only.role or only.flair) else [],
    )  # fmt: skip


def _only(known: set[int]) -> Only:
    """What the address asks for; what the circle does not have is nothing."""
    role, flair = request.args.get("role", ""), whole(request.args.get("flair")) or 0
    return Only(role if role in ROLES_LISTED else "", flair if flair in known else 0)


def _chosen(only: Only) -> dict[str, Any]:
    return {"role": only.role or None, "flair": only.flair or None}


# ---- what is done to a member -------------------------------------------------------------------------------


@bp.post("/circles/<slug>/members/<int:number>/role", permission="circle:appoint")
def appoint(slug: str, number: int) -> Response:
    here = room(current_actor(), slug)
    actions.set_role(current_actor(), here.id, number, request.form.get("role", ""))
    return _row_again(here, number)


@bp.post("/circles/<slug>/members/<int:number>/flair", permission="circle:moderate")
def give_flair(slug: str, number: int) -> Response:
    here = room(current_actor(), slug)
    flairs.give(current_actor(), here.id, number, _flair())
    return _row_again(here, number)


def _flair() -> int | None:
    """The flair that was chosen; 0 is none. Raises Invalid."""
    chosen = whole(request.form.get("flair"))
    if chosen is None:
        raise Invalid("choice", field="flair")
    return chosen or None


def _row_again(here: Room, member: int) -> Response:
    """The row as it is now, seen by somebody who may have just given up a role of their own."""
    actor = current_actor()
    here = room(actor, here.slug)
    row = members.one(here, member)
    if row is None:
        raise Gone("no_such_member")
    address = hx.back(url_for(".members", slug=here.slug))
    return hx.changed(address, person_row(actor, here, row, flairs.of_circle(here)), toast=_("Saved."))


# ---- one's own membership -----------------------------------------------------------------------------------


@bp.get("/circles/<slug>/mine", permission="circle:belong")
def mine(slug: str) -> Response:
    here = room(current_actor(), slug)
    require(current_actor(), "circle:belong", here)
    form = MineForm(data={"notify": here.tie.notify, "flair": str(here.tie.flair_id or 0)})
    return _mine_page(here, form)


@bp.post("/circles/<slug>/mine", permission="circle:belong")
def set_mine(slug: str) -> Response:
    actor = current_actor()
    here = room(actor, slug)
    require(actor, "circle:belong", here)
    form = MineForm.posted()
    form.offer(flairs.of_circle(here))
    if form.validate():
        try:
            members.set_notify(actor, here.id, form.notify.data)
            if here.flair_by == "members":
                flairs.choose(actor, here.id, whole(form.flair.data) or None)
            return hx.see_other(url_for(".mine", slug=slug), toast=_("Saved."))
        except Gone:  # the circle took it off its list meanwhile
            form.refuse(Invalid("choice", field="flair"))
        except Invalid as refusal:
            form.refuse(refusal)
    return _mine_page(here, form, status=422)


def _mine_page(here: Room, form: MineForm, *, status: int = 200) -> Response:
    known = flairs.of_circle(here)
    form.offer(known)
    own = next((flair for flair in known if flair.id == here.tie.flair_id), None)
    return hx.page(
        "circles/mine.html", {"mine-form": "circles/_mine_form.html"}, status=status, **around(here, "mine"),
        form=form, flair=own, chooses=here.flair_by == "members" and bool(known),
    )  # fmt: skip


# ---- who is here now ----------------------------------------------------------------------------------------


@bp.get("/circles/<slug>/here", permission="circle:see")
def here_now(slug: str) -> Response:
    """Who is here, if that is not what the page shows already."""
    actor = current_actor()
    here = room(actor, slug)
    require(actor, "circle:read", here)
    presence.note(actor, here)
    present = presence.seen_by(actor, here)
    if present is None or present.digest == request.args.get("seen"):
        return hx.unchanged()
    return hx.fragment(render_template("circles/_here.html", here=here, present=present, oob=True))
