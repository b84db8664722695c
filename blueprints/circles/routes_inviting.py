"""Inviting: members by name, anybody by a link or its picture, and the page that a link leads to."""

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from blueprints.circles import actions, admission, bp, invite_links, queries
from blueprints.circles.forms import InviteForm
from blueprints.circles.forms import number as whole
from blueprints.circles.forms_joining import JoinForm, LinkForm
from blueprints.circles.invite_links import LinkRow
from blueprints.circles.rooms import Room, room
from blueprints.circles.routes_settings import around_settings
from core import guard, hx, site
from core.config import current
from core.errors import Conflict, Gone, Invalid
from core.markup import trusted
from core.policy import require
from core.qr_codes import qr_svg
from core.viewer import current_actor


def address_of(row: LinkRow) -> str:
    """As it is given to people: with the site's public name."""
    return (current().base_url or request.host_url.rstrip("/")) + url_for("circles.landing", code=row.code)


def picture_of(row: LinkRow) -> Markup:
    return trusted(qr_svg(address_of(row), _("QR code of the invitation link")))


@bp.get("/circles/<slug>/invitations/", permission="circle:admit")
def invitations(slug: str) -> Response:
    return _invitations_page(room(current_actor(), slug))


def _invitations_page(
    here: Room, status: int = 200, form: InviteForm | None = None, link_form: LinkForm | None = None
) -> Response:
    actor = current_actor()
    require(actor, "circle:admit", here)
    page = invite_links.links(actor, here, whole(request.args.get("before")))
    invited = admission.invited(actor, here, whole(request.args.get("invited")))
    shown: dict[str, Any] = {
        "links": page.rows,
        "addresses": {row.id: address_of(row) for row in page.rows if row.state == "open"},
        "codes": {row.id: picture_of(row) for row in page.rows if row.state == "open"},
        "older_url": page.older and url_for(".invitations", slug=here.slug, before=page.older),
        "invited": invited.rows,
        "more_invited_url": invited.older and url_for(".invitations", slug=here.slug, invited=invited.older),
    }
    regions = {"link-form": "circles/_link_form.html", "invite-form": "circles/_invite_form.html"}
    return hx.page(
        "circles/invitations.html", regions, status=status, form=form or InviteForm(),
        link_form=link_form or LinkForm(), **shown | around_settings(here, "circles.invitations"),
    )  # fmt: skip


@bp.post("/circles/<slug>/invitations/", permission="circle:admit")
def invite(slug: str) -> Response:
    actor = current_actor()
    here = room(actor, slug)
    require(actor, "circle:admit", here)
    form = InviteForm.posted()
    if form.validate():
        try:
            guard.limit("invite.member", actor.member_id)
            member = queries.member_named(actor, (form.username.data or "").lstrip("@").lower())
            actions.invite(actor, here.id, member, form.reason.data or "")
            return hx.see_other(url_for(".invitations", slug=slug), toast=_("The invitation is on its way."))
        except Gone:
            form.refuse(Invalid("no_such_member", field="username"))
        except Invalid as refusal:
            form.refuse(refusal)
    return _invitations_page(here, 422, form=form)


@bp.post("/circles/<slug>/invitations/members/<int:number>/withdraw", permission="circle:admit")
def withdraw_invitation(slug: str, number: int) -> Response:
    here = room(current_actor(), slug)
    actions.withdraw_invitation(current_actor(), here.id, number)
    return hx.changed(url_for(".invitations", slug=slug), "", toast=_("The invitation was taken back."))


# ---- links --------------------------------------------------------------------------------------------------


@bp.post("/circles/<slug>/invitations/links/", permission="circle:admit")
def make_link(slug: str) -> Response:
    actor = current_actor()
    here = room(actor, slug)
    require(actor, "circle:admit", here)
    form = LinkForm.posted()
    if form.validate():
        try:
            guard.limit("invite.link", actor.member_id)
            invite_links.make_link(actor, here.id, form.draft(), form.key.data or "")
            return hx.see_other(
                url_for(".invitations", slug=slug) + "#links", toast=_("The link is ready. Copy it, or show its code.")
            )
        except (Invalid, Conflict) as refusal:
            form.refuse(refusal)
            form.key.data = hx.new_key()
    return _invitations_page(here, 422, link_form=form)


@bp.post("/circles/<slug>/invitations/<int:number>/revoke", permission="circle:admit")
def revoke_link(slug: str, number: int) -> Response:
    here = room(current_actor(), slug)
    invite_links.revoke_link(current_actor(), here.id, number)
    return hx.see_other(url_for(".invitations", slug=slug), toast=_("Nobody comes in by this link any more."))


@bp.get("/circles/<slug>/invitations/<int:number>/print", permission="circle:admit")
def print_link(slug: str, number: int) -> Response:
    here = room(current_actor(), slug)
    row = invite_links.link(current_actor(), here, number)
    if row.state != "open":
        raise Gone
    return hx.page("circles/print.html", here=here, link=row, address=address_of(row), code=picture_of(row))


# ---- what a link leads to -----------------------------------------------------------------------------------


@bp.get("/i/<code>", permission="invitation:see")
def landing(code: str) -> Response:
    return _landing_page(_landing(code), code, JoinForm())


def _landing(code: str) -> invite_links.Landing:
    """Only what leads nowhere counts, so that a room full of people can open one link. Raises Gone, Over, TooMany."""
    guard.look("link.guess")
    try:
        return invite_links.landing(current_actor(), code)
    except Gone:
        guard.limit("link.guess")
        raise


def _landing_page(seen: invite_links.Landing, code: str, form: JoinForm, status: int = 200) -> Response:
    response = hx.page(
        "circles/landing.html", {"join-form": "circles/_landing_form.html"}, status=status, seen=seen, code=code,
        join_form=form, registration=site.get("registration"),
    )  # fmt: skip
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@bp.post("/i/<code>", permission="invitation:take")
def redeem(code: str) -> Response:
    actor, form = current_actor(), JoinForm.posted()
    seen = _landing(code)
    guard.limit("circle.join", actor.member_id)
    try:
        invite_links.redeem(actor, code, accepts=bool(form.accept.data))
    except Invalid as refusal:
        form.refuse(refusal)
        return _landing_page(seen, code, form, status=422)
    return hx.see_other(url_for(".show", slug=seen.slug), toast=_("Welcome to %(circle)s.", circle=seen.name))
