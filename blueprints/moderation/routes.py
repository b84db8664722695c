"""Reporting: a page, and the same form as a fragment."""

from flask import Response, request, url_for
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext as _

from blueprints.moderation import bp, reporting
from blueprints.moderation.context import excerpt, pictures_of
from blueprints.moderation.forms import ACTION_NAMES, HELD_NAMES, KIND_NAMES, WORD_ACTION_NAMES, ReportForm
from blueprints.moderation.reporting import Reportable
from blueprints.moderation.subjects import picture_named
from core import hx
from core.errors import Gone, Invalid
from core.guard import limit
from core.limits import LIMITS
from core.plain import clean_line
from core.viewer import current_actor

KINDS = {"post": "post", "comment": "comment", "picture": "picture", "person": "member",
         "live_comment": "live_comment", "moment": "moment", "moment_comment": "moment_comment"}  # fmt: skip


@bp.record_once
def _words_in_templates(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals["moderation_words"] = {
        "actions": ACTION_NAMES, "kinds": KIND_NAMES, "word_actions": WORD_ACTION_NAMES, "held": HELD_NAMES,
    }  # fmt: skip


def _whole(key: str) -> int | None:
    return int(key) if key.isdecimal() and len(key) < 18 else None


def _reported(kind: str, key: str) -> tuple[str, int]:
    """Raises Gone."""
    number = picture_named(key) if kind == "picture" else _whole(key)
    if kind not in KINDS or number is None:
        raise Gone
    return KINDS[kind], number


@bp.get("/report/<kind>/<key>", permission="report:write")
def report(kind: str, key: str) -> Response:
    what = reporting.reportable(current_actor(), *_reported(kind, key), circle=_circle())
    return _page(kind, key, what, ReportForm().offer(what.reasons))


def _circle() -> str:
    return clean_line(request.args.get("circle", ""))[: 2 * LIMITS["circle_slug"]]


def _page(kind: str, key: str, what: Reportable, form: ReportForm, status: int = 200) -> Response:
    subject = what.subject
    pictures = pictures_of(subject.kind, subject.id) if subject.kind in ("post", "moment") else []
    return hx.page(
        "moderation/report.html", {"report-form": "moderation/_report_form.html"}, status=status, form=form,
        url=url_for(".report", kind=kind, key=key, circle=_circle() or None), what=what, excerpt=excerpt(subject),
        pictures=pictures, back_url=_back(what),
    )  # fmt: skip


def _back(what: Reportable) -> str:
    subject = what.subject
    if subject.post and what.here:
        anchor = f"comment-{subject.id}" if subject.kind == "comment" else None
        return url_for("circles.post", slug=what.here.slug, number=subject.post, _anchor=anchor)
    if subject.event:
        return url_for("live.show", event=subject.event)
    if subject.moment:
        return url_for("feed.moment", number=subject.moment)
    return url_for("circles.show", slug=what.here.slug) if what.here else hx.back("/")


@bp.post("/report/<kind>/<key>", permission="report:write")
def send_report(kind: str, key: str) -> Response:
    actor = current_actor()
    known, number = _reported(kind, key)
    what = reporting.reportable(actor, known, number, circle=_circle())
    form = ReportForm.posted().offer(what.reasons)
    if form.validate():
        limit("report.write", actor.member_id)
        try:
            reporting.report(actor, known, number, form.draft(), circle=_circle())
            return hx.see_other(_back(what), toast=_("Thank you. Somebody will look at it."))
        except Invalid as refusal:
            form.refuse(refusal)
    return _page(kind, key, what, form, status=422)
