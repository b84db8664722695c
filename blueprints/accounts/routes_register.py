"""Becoming a member, and the two letters: a new password, an address confirmed."""

from flask import Response, request, session, url_for
from flask_babel import gettext as _

from blueprints.accounts import actions, addresses, bp
from blueprints.accounts.forms import AskReset, NewPassword, Register
from blueprints.accounts.naming import folded
from core import guard, hx, i18n, jobs, site, viewer
from core.errors import Denied, Invalid
from core.viewer import current_actor


@bp.get("/register", permission="account:register")
def register() -> Response:
    wanted = hx.local_path(request.args.get("next", "/"))
    if current_actor().signed_in:
        return hx.see_other(wanted)
    code = request.args.get("code", "")
    door = site.get("registration")
    invited = actions.usable_invitation(code) is not None
    if door == "closed":
        return hx.page("accounts/closed.html", status=403)
    form = Register(data={"next": wanted, "code": code})
    if code and door == "invitation" and not invited:
        form.code.errors = [hx.say(Invalid("invitation"))]
    return _register_page(form)


@bp.post("/register", permission="account:register")
def sign_up() -> Response:
    form = Register.posted()
    if not form.validate():
        return _register_page(form, status=422)
    guard.limit("register.address")
    wanted = actions.Registration(
        username=form.username.data,
        password=form.password.data,
        display_name=form.display_name.data,
        email=form.email.data,
        locale=i18n.locale_code(),
        invitation=form.code.data,
        theme=session.get("theme", ""),
    )
    try:
        member_id = actions.register(current_actor(), wanted, form.key.data or "")
    except Invalid as refusal:
        form.refuse(refusal)
        return _register_page(form, status=422)
    except Denied as refusal:
        if refusal.code != "registration_closed":
            raise
        return hx.page("accounts/closed.html", status=403)
    if current_actor().signed_in:
        viewer.sign_out()
    viewer.sign_in(member_id)
    said = _("Welcome. An e-mail is on its way to you, with a link that confirms your address.")
    return hx.see_other(hx.local_path(form.next.data or "/"), toast=said if wanted.email else _("Welcome."))


def _register_page(form: Register, *, status: int = 200) -> Response:
    return hx.page("accounts/register.html", status=status, form=form, by_invitation=_by_invitation())


def _by_invitation() -> bool:
    return site.get("registration") == "invitation"


# ---- a new password -----------------------------------------------------------------------------------------


@bp.get("/reset", permission="account:reset")
def reset() -> Response:
    return hx.page("accounts/reset.html", form=AskReset(), sent=False)


@bp.post("/reset", permission="account:reset")
def ask_reset() -> Response:
    """The same answer, and the same job left behind, whoever is asked for."""
    form = AskReset.posted()
    if not form.validate():
        return hx.page("accounts/reset.html", status=422, form=form, sent=False)
    name = folded(form.username.data)
    guard.limit("reset.address")
    guard.limit("reset.name", name)
    jobs.later("accounts.send_reset", {"name": name})
    return hx.see_other(url_for("accounts.reset_sent"))


@bp.get("/reset/sent", permission="account:reset")
def reset_sent() -> Response:
    return hx.page("accounts/reset.html", form=AskReset(), sent=True)


@bp.get("/reset/<token>", permission="account:reset")
def new_password(token: str) -> Response:
    _link, member = actions.of_reset_link(token)
    return _new_password_page(NewPassword(), member.username, token)


@bp.post("/reset/<token>", permission="account:reset")
def set_new_password(token: str) -> Response:
    form = NewPassword.posted()
    try:
        if form.validate():
            member_id = actions.reset_password(current_actor(), token, form.password.data)
            if current_actor().signed_in:
                viewer.sign_out()
            viewer.sign_in(member_id)
            return hx.see_other("/", toast=_("Your new password is set. Other devices were signed out."))
    except Invalid as refusal:
        form.refuse(refusal)
    _link, member = actions.of_reset_link(token)
    return _new_password_page(form, member.username, token, status=422)


def _new_password_page(form: NewPassword, username: str, token: str, *, status: int = 200) -> Response:
    response = hx.page("accounts/new_password.html", status=status, form=form, username=username, token=token)
    return _unseen(response)


def _unseen(response: Response) -> Response:
    """The address holds the token: it goes into no cache and no referrer. Not `no-referrer`: under that policy a
    browser says of a form that it comes from nowhere (`Origin: null`), and such a form is refused (core/guard.py)."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "strict-origin"
    return response


# ---- an address ---------------------------------------------------------------------------------------------


@bp.get("/confirm/<token>", permission="account:confirm")
def confirm(token: str) -> Response:
    """A page with a button: programs that look into letters follow links, but they press nothing."""
    link, member = addresses.of_link(token)
    page = hx.page("accounts/confirm.html", token=token, email=link.email, username=member.username)
    return _unseen(page)


@bp.post("/confirm/<token>", permission="account:confirm")
def confirm_address(token: str) -> Response:
    member_id = addresses.confirm(current_actor(), token)
    own = current_actor().member_id == member_id
    return hx.see_other(url_for("accounts.address") if own else "/", toast=_("Your e-mail address is confirmed."))
