"""Signing in and out, and what was typed when that had to be done first."""

from urllib.parse import urlsplit

from flask import Response, current_app, g, request, session, url_for
from flask_babel import gettext as _
from flask_babel import refresh
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from blueprints.accounts import bp, resume
from blueprints.accounts.demo_accounts import DEMO_PASSWORD, demo_accounts
from blueprints.accounts.forms import SignIn
from blueprints.accounts.naming import folded
from blueprints.accounts.signing_in import authenticate
from core import guard, hx, rates, site, viewer
from core.errors import Invalid, Refusal, TooMany
from core.i18n import choose_again
from core.viewer import current_actor, current_user

NOT_RESUMED = frozenset(("accounts.sign_in", "accounts.logout"))
SENT_TWICE = frozenset(("accounts.sign_in", "accounts.sign_up", "accounts.logout"))


@bp.get("/login", permission="account:sign_in")
def login() -> Response:
    wanted = hx.local_path(request.args.get("next", "/"))
    if current_actor().signed_in:
        return hx.see_other(wanted)
    return _sign_in_page(SignIn(data={"next": wanted}))


@bp.post("/login", permission="account:sign_in")
def sign_in() -> Response:
    form = SignIn.posted()
    kept = resume.carried(request.form.items(multi=True))
    if kept and not (_is_ours(kept.path) and hx.local_path(kept.back) == kept.back):
        kept = None
    try:
        if not form.validate():
            return _sign_in_page(form, kept, status=422)
        member_id = _who(form)
    except Invalid as refusal:
        form.refuse(refusal)
        return _sign_in_page(form, kept, status=422)
    except TooMany as refusal:
        form.form_errors.append(hx.say(refusal))
        response = _sign_in_page(form, kept, status=429)
        response.headers["Retry-After"] = str(refusal.retry_after)
        return response
    if current_actor().signed_in:
        viewer.sign_out()
    viewer.sign_in(member_id)
    _forget_the_guest()
    return _kept_page(kept) if kept else hx.see_other(_first_page(form.next.data or "/"))


def _who(form: SignIn) -> int:
    """Only failures count; those of one address keep nobody out at another. Raises Invalid, TooMany."""
    name = folded(form.username.data)
    tries = guard.from_here(name)
    guard.look("login.address")
    guard.look("login.name", tries)
    guard.look("login.name_anywhere", name)
    try:
        member_id = authenticate(current_actor(), name, form.password.data, on_this_machine=guard.is_on_this_machine())
    except Invalid:
        guard.limit("login.address")
        guard.limit("login.name", tries)
        guard.limit("login.name_anywhere", name)
        raise
    rates.forgive("login.name", tries)
    return member_id


def _forget_the_guest() -> None:
    """Token and language of the page that follows are the member's."""
    g.pop("csrf_token", None)
    choose_again()
    refresh()


def _first_page(wanted: str) -> str:
    """Who is about to leave sees that first."""
    if current_user.leaves_at is not None:
        return url_for("accounts.leave")
    return hx.local_path(wanted)


def _sign_in_page(form: SignIn, kept: resume.Kept | None = None, *, status: int = 200) -> Response:
    demo = demo_accounts() if guard.is_on_this_machine() and kept is None else []
    response = hx.page(
        "accounts/login.html", status=status, form=form, kept=kept, ended=viewer.was_signed_in(), needed=status == 401,
        demo=demo, demo_password=DEMO_PASSWORD, registration=site.get("registration"),
    )  # fmt: skip
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/logout", permission="account:sign_out")
def logout() -> Response:
    viewer.sign_out()
    return hx.see_other("/", toast=_("You are signed out."))


# ---- what was typed when something stood in the way ---------------------------------------------------------


@hx.answers("sign_in")
def sign_in_first(refusal: Refusal) -> Response:
    """The sign-in form, with what was typed into the form that could not be taken."""
    if request.method == "POST":
        back = hx.back("/")
        return _sign_in_page(SignIn(data={"next": back}), _kept_of_request(back), status=401)
    return _sign_in_page(SignIn(data={"next": hx.local_path(request.full_path.rstrip("?"))}), status=401)


@hx.answers("csrf")
def send_once_more(refusal: Refusal) -> Response | None:
    """The page was older than the session that it was made for."""
    if current_actor().signed_in and request.endpoint in SENT_TWICE:
        return hx.see_other("/")
    back = hx.back("/")
    if request.endpoint == "accounts.sign_in":
        form = SignIn.posted()
        form.form_errors.append(hx.say(refusal))
        kept = resume.carried(request.form.items(multi=True)) if _is_from_us() else None
        return _sign_in_page(form, kept, status=400)
    kept = _kept_of_request(back)
    return _kept_page(kept, status=400) if kept else None


def _is_from_us() -> bool:
    """Another site's text must not wait here for a careless tap. A browser names the origin of a post (core/guard.py
    has compared it), and sends our cookie with none but our own."""
    return bool(request.headers.get("Origin") or request.headers.get("Sec-Fetch-Site") == "same-origin" or session)


def _kept_of_request(back: str) -> resume.Kept | None:
    if request.method != "POST" or not _is_from_us() or not _is_ours(request.path):
        return None
    try:
        fields = list(request.form.items(multi=True))
        files = [name for name, file in request.files.items(multi=True) if file.filename]
    except HTTPException:  # larger than we take
        return None
    return resume.keep(request.full_path.rstrip("?"), fields, files, back)


def _is_ours(path: str) -> bool:
    """Whether a form can be sent to this path of this site."""
    if hx.local_path(path) != path:
        return False
    try:
        endpoint, _values = current_app.create_url_adapter(request).match(urlsplit(path).path, method="POST")  # type: ignore[union-attr]
    except (HTTPException, RequestRedirect):
        return False
    return endpoint not in NOT_RESUMED


def _kept_page(kept: resume.Kept, *, status: int = 200) -> Response:
    labels = {
        "password": _("Password"), "new_password": _("New password"), "pin": _("Payment PIN"),
        "pin_again": _("Payment PIN"),
    }  # fmt: skip
    response = hx.page(
        "accounts/resume.html", status=status, kept=kept, stale=status == 400, no_cookies=not session,
        secrets=[(name, labels.get(name, _("Password"))) for name in kept.secrets],
    )  # fmt: skip
    response.headers["Cache-Control"] = "no-store"
    return response
