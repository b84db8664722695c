"""What was decided about a member, as they and those who decide see it; asking again, answering, taking it back. And
the log that everybody reads."""

from flask import Response, render_template, request, url_for
from flask_babel import gettext as _

from blueprints.circles.rooms import Room, room
from blueprints.moderation import actions, appealing, bp, context, queries
from blueprints.moderation.decisions import LASTING
from blueprints.moderation.forms import AnswerForm, AppealForm
from blueprints.moderation.routes_queue import counts, whole
from blueprints.moderation.rules import Bench
from blueprints.moderation.subjects import locate, sees
from core import hx
from core.errors import Conflict, Gone, Invalid
from core.limits import LIMITS
from core.policy import can
from core.viewer import current_actor
from models import Circle, ModerationAppeal, ModerationDecision


@bp.get("/moderation/decisions/<int:number>", permission="decision:see")
def decision(number: int) -> Response:
    return _page(number)


def _bench(row: ModerationDecision) -> Bench | None:
    """None for whom the decision concerns and for everybody else who does not decide there."""
    try:
        return actions.decision_bench(current_actor(), row)
    except Gone:
        return None


def _page(
    number: int, form: AppealForm | None = None, answer_form: AnswerForm | None = None, status: int = 200
) -> Response:
    actor = current_actor()
    row = appealing.decision_of(number)
    bench = _bench(row)
    if not (can(actor, "decision:see", row) or bench):
        raise Gone
    asked = ModerationAppeal.get_or_none(ModerationAppeal.decision == number)
    circle = Circle.get_or_none(Circle.id == row.circle_id) if row.circle_id else None
    return hx.page(
        "moderation/decision.html",
        {"appeal-form": "moderation/_appeal_form.html", "answer-form": "moderation/_answer_form.html"}, status=status,
        decision=row, circle=circle, asked=asked, number=number,
        may_appeal=appealing.may_appeal(actor, row), form=form or AppealForm(), days=LIMITS["appeal_days"],
        may_answer=bool(
            bench and asked and not asked.decided_at and can(actor, "appeal:decide", (bench, asked, row))
        ),
        answer_form=answer_form or AnswerForm(), back_url=_way_back(circle, bench), **_thing(row, bench),
    )  # fmt: skip


def _way_back(circle: Circle | None, bench: Bench | None) -> str:
    """To the list that a decision was opened from: what waits for those who decide, notices for whom it concerns."""
    if bench is None:
        return url_for("notices.index")
    return url_for(".queue", slug=circle.slug, what="decided") if circle else url_for(".site_queue", what="decided")


def _thing(row: ModerationDecision, bench: Bench | None) -> dict[str, object]:
    """A line of what it was about, for its author and for those who decide, and a way to it for who may go there."""
    actor = current_actor()
    subject = locate(row.subject_kind, row.subject_id)
    shown: dict[str, object] = {
        "excerpt": "", "thing_url": None, "case_url": None,
        "may_reverse": bool(
            bench and row.reversed_at is None and row.action in LASTING and can(actor, "case:decide", bench)
        ),
    }  # fmt: skip
    if subject is None or subject.kind == "member":
        return shown
    seen = sees(actor, subject)
    if seen or can(actor, "decision:see", row):  # others open the case, where a look is on record
        shown["excerpt"] = context.excerpt(subject)
    if seen and subject.circle and subject.post:
        slug = Circle.select(Circle.slug).where(Circle.id == subject.circle).scalar()
        anchor = f"comment-{subject.id}" if subject.kind == "comment" else None
        shown["thing_url"] = url_for("circles.post", slug=slug, number=subject.post, _anchor=anchor)
    if seen and subject.event:
        shown["thing_url"] = url_for("live.show", event=subject.event)
    if seen and subject.moment:
        shown["thing_url"] = url_for("feed.moment", number=subject.moment)
    if bench and row.case_id:
        shown["case_url"] = url_for(".case", number=row.case_id)
    return shown


@bp.post("/moderation/decisions/<int:number>/appeal", permission="appeal:write")
def appeal(number: int) -> Response:
    form = AppealForm.posted()
    if form.validate():
        try:
            appealing.appeal(current_actor(), number, form.words.data or "")
            return hx.see_other(url_for(".decision", number=number), toast=_("Somebody will look at it again."))
        except (Invalid, Conflict) as refusal:
            form.refuse(refusal)
    return _page(number, form, status=422)


@bp.post("/moderation/decisions/<int:number>/answer", permission="appeal:decide")
def answer(number: int) -> Response:
    form = AnswerForm.posted()
    if form.validate():
        try:
            upheld = form.upheld.data == "1"
            appealing.answer(current_actor(), number, upheld=upheld, words=form.answer.data or "")
            return hx.see_other(url_for(".decision", number=number), toast=_("They are told."))
        except (Invalid, Conflict) as refusal:
            form.refuse(refusal)
    return _page(number, answer_form=form, status=422)


@bp.post("/moderation/decisions/<int:number>/reverse", permission="case:decide")
def reverse(number: int) -> Response:
    actions.reverse(current_actor(), number)
    return hx.see_other(hx.back(url_for(".decision", number=number)), toast=_("Taken back."))


# ---- the log ------------------------------------------------------------------------------------------------


@bp.get("/circles/<slug>/log", permission="circle:see")
def log(slug: str) -> Response:
    here = room(current_actor(), slug)
    page = queries.log(current_actor(), here, whole("before"))
    return _rows_or_page("moderation/log.html", "moderation/_log.html", here, page, ".log")


@bp.get("/circles/<slug>/moderation/looks", permission="circle:screen")
def looks(slug: str) -> Response:
    here = room(current_actor(), slug)
    page = queries.looks(current_actor(), here, whole("before"))
    return _rows_or_page("moderation/looks.html", "moderation/_looks.html", here, page, ".looks")


def _rows_or_page(template: str, rows: str, here: Room, page: queries.Page, endpoint: str) -> Response:
    older_url = page.older and url_for(endpoint, slug=here.slug, before=page.older)
    if hx.wants_fragment() and request.args.get("before"):
        return hx.fragment(render_template(rows, page=page, older_url=older_url))
    waiting = counts(here) if can(current_actor(), "circle:moderate", here) else None
    return hx.page(template, here=here, page=page, older_url=older_url, counts=waiting)
