"""The pages of admin. Every form posts and leads back; with htmx only the region changes."""

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _

from blueprints.accounts.actions import make_reset_link, sign_out_everywhere
from blueprints.admin import actions, bp, queries
from blueprints.admin.forms import Invitation, Suspend, settings_form
from core import config, hx, limits, site
from core.blueprint import slot
from core.errors import Invalid
from core.plain import clean_line
from core.viewer import current_actor


def absolute(path: str) -> str:
    """The address to hand to somebody else."""
    return (config.current().base_url or request.host_url.rstrip("/")) + path


def before() -> int | None:
    text = request.args.get("before", "")
    return int(text) if text.isdecimal() and len(text) < 19 else None


def older(page: queries.Page, endpoint: str, **arguments: Any) -> str | None:
    if page.older is None:
        return None
    return url_for(endpoint, before=page.older, **{name: value for name, value in arguments.items() if value})


@bp.get("/", permission="admin:open")
def index() -> Response:
    waiting = slot("admin.index", current_actor(), ["index"])["index"]
    return hx.page("admin/index.html", now=queries.overview(current_actor()), waiting=waiting)


# ---- settings -----------------------------------------------------------------------------------------------


@bp.get("/settings", permission="site:configure")
def settings() -> Response:
    return hx.page("admin/settings.html", form=settings_form()(data=site.settings()))


@bp.post("/settings", permission="site:configure")
def change_settings() -> Response:
    form = settings_form().posted()
    if form.validate():
        try:
            actions.change_settings(current_actor(), dict(form.data))
            return hx.see_other(url_for("admin.settings"), toast=_("The settings are saved."))
        except Invalid as refusal:
            form.refuse(refusal)
    return hx.page("admin/settings.html", {"settings": "admin/_settings.html"}, status=422, form=form)


# ---- invitations --------------------------------------------------------------------------------------------


@bp.get("/invitations/", permission="site:invite")
def invitations() -> Response:
    return _invitations(Invitation())


@bp.post("/invitations/", permission="site:invite")
def invite() -> Response:
    form = Invitation.posted()
    if form.validate():
        try:
            actions.invite(current_actor(), form.draft(), form.key.data or "")
            return hx.see_other(url_for("admin.invitations"), toast=_("The invitation is ready. Copy its link."))
        except Invalid as refusal:
            form.refuse(refusal)
    return _invitations(form, 422)


def _invitations(form: Invitation, status: int = 200) -> Response:
    page = queries.invitations(current_actor(), before())
    links = {row.id: absolute(url_for("accounts.register", code=row.code)) for row in page.rows}
    return hx.page(
        "admin/invitations.html", {"invite": "admin/_invite.html"}, status=status, form=form, page=page, links=links,
        older=older(page, "admin.invitations"),
    )  # fmt: skip


@bp.post("/invitations/<int:number>/revoke", permission="site:invite")
def revoke(number: int) -> Response:
    actions.revoke_invitation(current_actor(), number)
    return hx.see_other(url_for("admin.invitations"), toast=_("The invitation can no longer be used."))


# ---- people -------------------------------------------------------------------------------------------------


@bp.get("/people/", permission="member:find")
def people() -> Response:
    actor, text = current_actor(), clean_line(request.args.get("q", ""))[: limits.LIMITS["search_query"]]
    which = request.args.get("which", "all")
    which = which if which in queries.WHICH else "all"
    page = queries.Page(queries.find_people(actor, text), None) if text else queries.people(actor, which, before())
    return hx.page(
        "admin/people.html", {"found": "admin/_people.html"}, page=page, q=text, which=which,
        older=older(page, "admin.people", which=which),
    )  # fmt: skip


@bp.get("/people/<username>", permission="member:find")
def person(username: str) -> Response:
    return _person(username, Suspend())


def _person(username: str, form: Suspend, status: int = 200, link: str = "") -> Response:
    actor = current_actor()
    found = queries.person(actor, username)
    return hx.page(
        "admin/person.html", {"suspend": "admin/_suspend.html", "reset-link": "admin/_reset_link.html"}, status=status,
        person=found, form=form, link=link, powers=queries.powers(actor, found.row.id),
    )  # fmt: skip


@bp.post("/people/<username>/suspend", permission="member:suspend")
def suspend(username: str) -> Response:
    actor, form = current_actor(), Suspend.posted()
    if form.validate():
        try:
            actions.suspend(actor, queries.member_id(actor, username), form.reason.data or "", form.days.data)
            return _back(username, _("The account is suspended."))
        except Invalid as refusal:
            form.refuse(refusal)
    return _person(username, form, 422)


@bp.post("/people/<username>/lift", permission="member:suspend")
def lift(username: str) -> Response:
    actor = current_actor()
    actions.lift(actor, queries.member_id(actor, username))
    return _back(username, _("The suspension is lifted."))


@bp.post("/people/<username>/sign-out", permission="account:sign_out_others")
def sign_out(username: str) -> Response:
    actor = current_actor()
    sign_out_everywhere(actor, queries.member_id(actor, username))
    return _back(username, _("Signed out everywhere."))


@bp.post("/people/<username>/reset-link", permission="account:reset_link")
def reset_link(username: str) -> Response:
    """Shown once, in the answer itself: it is written down nowhere, and no browser keeps the page."""
    actor = current_actor()
    token = make_reset_link(actor, queries.member_id(actor, username))
    response = _person(username, Suspend(), link=absolute(url_for("accounts.new_password", token=token)))
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/people/<username>/staff", permission="staff:appoint")
def appoint(username: str) -> Response:
    actor, on = current_actor(), request.form.get("on") == "1"
    actions.appoint(actor, queries.member_id(actor, username), on)
    return _back(username, _("Now helps to run the site.") if on else _("No longer helps to run the site."))


def _back(username: str, toast: str) -> Response:
    return hx.see_other(url_for("admin.person", username=username), toast=toast)


# ---- audit log, jobs ----------------------------------------------------------------------------------------


@bp.get("/audit", permission="audit:read")
def audit() -> Response:
    who, action = (clean_line(request.args.get(name, ""))[:64] for name in ("who", "action"))
    page = queries.audit_log(current_actor(), who, action, before())
    return hx.page(
        "admin/audit.html", page=page, who=who, action=action, older=older(page, "admin.audit", who=who, action=action)
    )


@bp.get("/jobs", permission="job:retry")
def jobs() -> Response:
    page = queries.failed_jobs(current_actor(), before())
    return hx.page("admin/jobs.html", page=page, older=older(page, "admin.jobs"))


@bp.post("/jobs/<int:number>/retry", permission="job:retry")
def retry(number: int) -> Response:
    actions.retry_job(current_actor(), number)
    return hx.see_other(url_for("admin.jobs"), toast=_("It will be tried again."))
