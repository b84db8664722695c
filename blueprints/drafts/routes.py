"""Drafts for scripts, which keep and fetch them while somebody writes, and for people: a list of their own."""

from typing import Any
from urllib.parse import urlsplit

from flask import Response, jsonify, request, url_for
from flask_babel import gettext as _

from blueprints.drafts import actions, bp, queries
from blueprints.drafts.actions import Writing
from blueprints.drafts.queries import DraftRow
from core import hx
from core.blueprint import slot
from core.errors import Conflict
from core.guard import limit
from core.limits import LIMITS
from core.markup import trusted
from core.viewer import current_actor

MOST_AT_ONCE = 20


@bp.get("/me/drafts", permission="draft:own")
def index() -> Response:
    actor = current_actor()
    rows = queries.all_of(actor)
    places = slot("drafts.where", actor, rows)
    return hx.page("drafts/index.html", drafts=[(row, trusted("").join(places.get(row.name, ()))) for row in rows])


@bp.get("/drafts/<names>", permission="draft:own")
def read(names: str) -> Response:
    """The drafts of the composers on a page, for scripts: several names stand behind commas."""
    found = queries.some(current_actor(), names.split(",")[:MOST_AT_ONCE])
    return jsonify({name: _packed(row) for name, row in found.items()})


@bp.post("/drafts/<name>", permission="draft:own")
def save(name: str) -> Response:
    """Scripts say what they have seen (`seen_at`) and are answered in JSON; a plain form leads to the list."""
    actor = current_actor()
    limit("draft.save", actor.member_id)
    wants_json = "application/json" in request.headers.get("Accept", "")
    try:
        changed_at = actions.save(actor, name, _writing(is_script=wants_json))
    except Conflict as refusal:
        return _changed_meanwhile(name, refusal, wants_json)
    if wants_json:
        return jsonify({"changed_at": changed_at})
    said = _("Your draft is kept. Pictures and files are not part of it.") if changed_at else _("Discarded.")
    return hx.changed(url_for(".index"), toast=said)


def _writing(*, is_script: bool) -> Writing:
    form = request.form
    seen = form.get("seen_at", "")
    # Somebody who discards a draft has read it in the list; whoever writes over another one has been asked.
    knows = form.get("over") or (not is_script and not form.get("body", "").strip())
    seen_at = None if knows else int(seen) if seen.isdecimal() and len(seen) < 18 else 0
    path = form.get("path") or urlsplit(hx.back("/")).path
    return Writing(form.get("title", ""), form.get("body", ""), path, seen_at, form.get("key", "")[: LIMITS["key"]])


def _changed_meanwhile(name: str, refusal: Conflict, wants_json: bool) -> Response:
    newer = queries.one(current_actor(), name)
    if wants_json:
        answer = jsonify({"draft": _packed(newer) if newer else None})
        answer.status_code = 409
        return answer
    return hx.page(
        "drafts/newer.html", status=409, name=name, newer=newer, title=request.form.get("title", ""),
        body=request.form.get("body", ""), path=_writing(is_script=False).path, why=hx.say(refusal),
    )  # fmt: skip


def _packed(row: DraftRow) -> dict[str, Any]:
    return {"title": row.title, "body": row.body, "changed_at": row.changed_at}
