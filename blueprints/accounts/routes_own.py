"""Devices, a copy of one's data, leaving: open to half-states too."""

from flask import Response, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from blueprints.accounts import bp, exporting, leaving
from blueprints.accounts import devices as sessions
from blueprints.accounts.forms import Leave
from core import guard, hx, streams, viewer
from core.blueprint import slot
from core.errors import Invalid
from core.fragments import region
from core.limits import LIMITS
from core.viewer import current_actor, current_user


@bp.get("/settings/devices", permission="account:manage")
def devices() -> Response:
    return hx.page(
        "accounts/devices.html", devices=sessions.devices(current_actor()), here=current_user.session_id
    )  # fmt: skip


@bp.post("/settings/devices/<int:session_id>/sign-out", permission="account:manage")
def sign_out_device(session_id: int) -> Response:
    if session_id == current_user.session_id:
        viewer.sign_out()
        return hx.see_other("/", toast=_("You are signed out."))
    sessions.sign_out_device(current_actor(), session_id)
    return hx.see_other(url_for("accounts.devices"), toast=_("That device is signed out."))


@bp.post("/settings/devices/sign-out-elsewhere", permission="account:manage")
def sign_out_elsewhere() -> Response:
    ended = sessions.sign_out_elsewhere(current_actor(), current_user.session_id)
    said = ngettext("%(num)s other device is signed out.", "%(num)s other devices are signed out.", ended)
    return hx.see_other(url_for("accounts.devices"), toast=said)


# ---- a copy of my data --------------------------------------------------------------------------------------


@bp.get("/settings/export", permission="account:export")
def export() -> Response:
    state = exporting.latest(current_actor())
    return hx.page("accounts/export.html", state=state, kept_days=LIMITS["export_kept_seconds"] // 86_400)


@bp.post("/settings/export", permission="account:export")
def ask_export() -> Response:
    actor = current_actor()
    state = exporting.latest(actor)
    if state is None or not state.is_running:
        guard.limit("export.member", actor.member_id)
    exporting.ask_export(actor, request.form.get("key", ""))
    return hx.see_other(url_for("accounts.export"))


@bp.get("/settings/export/progress", permission="account:export")
def export_progress() -> Response:
    """204 while nothing changed; then how far it is, and whether to ask again."""
    state = exporting.latest(current_actor())
    if state is None:
        return hx.see_other(url_for("accounts.export"))
    if state.stamp == streams.position():
        return hx.unchanged()
    return hx.fragment(
        region("accounts/_export_asking.html", state=state), region("accounts/_export.html", state=state, oob=True)
    )


@bp.get("/settings/export/<int:export_id>.zip", permission="account:export")
def download_export(export_id: int) -> Response:
    actor = current_actor()
    path = exporting.download(actor, export_id)
    response = send_file(
        path, mimetype="application/zip", as_attachment=True, download_name=f"quanzi-{actor.name}.zip", max_age=0
    )  # fmt: skip
    response.headers["Cache-Control"] = "private, no-store"
    return response


# ---- leaving ------------------------------------------------------------------------------------------------


@bp.get("/settings/leave", permission="account:leave")
def leave() -> Response:
    departure = leaving.departure(current_actor())
    chosen = "keep" if departure is None or departure.keeps_words else "remove"
    return _leave_page(Leave(data={"words": chosen}))


@bp.post("/settings/leave", permission="account:leave")
def ask_to_leave() -> Response:
    form, actor = Leave.posted(), current_actor()
    try:
        if form.validate():
            guard.limit("password.member", actor.member_id)
            leaving.ask_to_leave(actor, form.password.data, keeps_words=form.words.data == "keep")
            return hx.see_other(url_for("accounts.leave"))
    except Invalid as refusal:
        form.refuse(refusal)
    return _leave_page(form, status=422)


@bp.post("/settings/leave/cancel", permission="account:leave")
def stay() -> Response:
    leaving.stay(current_actor())
    return hx.see_other(url_for("accounts.settings"), toast=_("Good to have you here. Everything is as it was."))


def _leave_page(form: Leave, *, status: int = 200) -> Response:
    return hx.page(
        "accounts/leave.html", status=status, form=form, departure=leaving.departure(current_actor()),
        days=LIMITS["leaving_seconds"] // 86_400,
        notes=slot("accounts.leaving", current_actor(), ["leaving"]).get("leaving", []),
    )  # fmt: skip
