"""The front page, the health of the site, and every error as a designed page."""

from flask import Response, current_app, jsonify
from peewee import PeeweeException
from werkzeug.exceptions import HTTPException

from blueprints.site import bp
from core import db, hx, jobs
from core.config import VERSION
from core.errors import Refusal
from models import SiteSetting


@bp.get("/up", permission="site:health")
def up() -> tuple[Response, int]:
    state = {"version": VERSION, "database": "ok", "jobs": "ok"}
    try:
        SiteSetting.select().limit(1).execute()
        if not jobs.alive():
            state["jobs"] = "no worker"
    except PeeweeException:
        state |= {"database": "unreachable", "jobs": "unknown"}
    well = state["database"] == state["jobs"] == "ok"
    return jsonify(status="ok" if well else "failing", **state), 200 if well else 503


@bp.app_errorhandler(Refusal)
def refused(error: Refusal) -> Response:
    return hx.refusal_answer(error)


@bp.app_errorhandler(HTTPException)
def http_error(error: HTTPException) -> Response:
    return hx.refusal_answer(_as_refusal(error))


@bp.app_errorhandler(Exception)
def broken(error: Exception) -> Response:
    current_app.logger.exception("unhandled error", exc_info=error)
    db.release()
    return hx.error_page(500, bare=True)


def _as_refusal(error: HTTPException) -> Refusal:
    refusal = Refusal(f"http_{error.code}")
    refusal.status = error.code or 500
    return refusal
