"""Every error as a designed page, and what stands before all pages: the gate of a site that nobody has set up."""

from flask import Response, current_app, request, url_for
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext as _
from peewee import InterfaceError, OperationalError
from werkzeug.exceptions import HTTPException, InternalServerError

from blueprints.site import bp
from blueprints.site.queries import is_set_up, suspension_of
from core import db, hx
from core.errors import Refusal
from core.viewer import current_actor

OPEN_BEFORE_SETUP = frozenset(("assets", "site.up", "site.setup", "site.set_up", "site.favicon", "site.prefer"))
RETRY_SECONDS = 10


@bp.app_errorhandler(Refusal)
def refused(error: Refusal) -> Response:
    return hx.refusal_answer(error)


@hx.answers("suspended")
def suspended(refusal: Refusal) -> Response:
    """Why, until when, and whom to ask."""
    suspension = suspension_of(current_actor())
    return hx.page("site/suspended.html", status=403, suspension=suspension, typed=hx.typed())


@hx.answers("leaving")
def leaving(refusal: Refusal) -> Response:
    return hx.error_page(403, hx.say(refusal), way=(url_for("accounts.leave"), _("Change your mind")))


@bp.app_errorhandler(HTTPException)
def http_error(error: HTTPException) -> Response:
    if isinstance(error, InternalServerError):
        return _last_words(500)
    response = hx.refusal_answer(_as_refusal(error))
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After", "Content-Range"):
            response.headers[name] = value
    return response


def _as_refusal(error: HTTPException) -> Refusal:
    refusal = Refusal(f"http_{error.code}")
    refusal.status = error.code or 500
    return refusal


@bp.app_errorhandler(OperationalError)
@bp.app_errorhandler(InterfaceError)
def no_database(error: Exception) -> Response:
    """The database is away, full or busy for longer than we wait: nothing may ask it on the way out."""
    current_app.logger.error("the database does not answer: %s", error)
    return _last_words(503)


@bp.app_errorhandler(Exception)
def broken(error: Exception) -> Response:
    current_app.logger.exception("unhandled error", exc_info=error)
    return _last_words(500)


def _last_words(status: int) -> Response:
    try:
        db.release()
    except Exception:
        current_app.logger.exception("the connection could not be closed")
    if hx.wants_fragment():
        return Response(status=status)
    try:
        response = hx.error_page(status, bare=True)
    except Exception:
        current_app.logger.exception("the page that says so broke as well")
        text = "Something broke on our side. Please try again in a moment.\n"
        response = Response(text, status, mimetype="text/plain")
    if status == 503:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


# ---- before the first visit ---------------------------------------------------------------------------------


@bp.record_once
def _stand_before_all(state: BlueprintSetupState) -> None:
    """First of all: nothing else has an answer for a site without people."""
    state.app.before_request_funcs.setdefault(None, []).insert(0, wait_for_owner)


def wait_for_owner() -> Response | None:
    """Once somebody is here the site stays open, so the question is asked no more."""
    if current_app.extensions.get("set_up") or request.endpoint in OPEN_BEFORE_SETUP:
        return None
    if is_set_up():
        current_app.extensions["set_up"] = True
        return None
    if hx.wants_fragment():
        return Response(status=503)
    text = _("If this site is yours, open the link that was printed at the console when it was started.")
    return hx.error_page(503, text, title=_("Not set up yet"), bare=True, way=("/", _("Try again")))


