"""What those who look after a circle work through: cases, what waits, appeals; and deciding about each."""

from typing import Any

from flask import Response, render_template, request, send_file, url_for
from flask_babel import gettext as _

from blueprints.circles import pending
from blueprints.circles.queries import Page
from blueprints.circles.rooms import Room, room
from blueprints.moderation import actions, bp, context, looking, queries
from blueprints.moderation.context import Scene
from blueprints.moderation.forms import PERSON_HINTS, THING_HINTS, RulingForm
from blueprints.moderation.reasons import reasons_of
from blueprints.moderation.rules import Bench
from blueprints.moderation.subjects import locate, of_case
from core import hx, media
from core.config import current
from core.errors import Conflict, Gone, Invalid
from core.guard import limit
from core.limits import LIMITS
from core.policy import can, require
from core.viewer import current_actor
from models import ModerationCase

WHAT = ("cases", "waiting", "appeals", "decided")


def whole(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 18 else None


@bp.get("/circles/<slug>/moderation/", permission="circle:moderate")
def queue(slug: str) -> Response:
    actor = current_actor()
    here = room(actor, slug)
    require(actor, "circle:moderate", here)
    what = request.args.get("what", "")
    what = what if what in WHAT else WHAT[0]
    page = _page_of(here, what)
    shown: dict[str, Any] = {"here": here, "what": what, "page": page, "older_url": further(page, ".queue", what, slug)}
    if hx.wants_fragment() and (whole("after") or whole("before")):
        return hx.fragment(render_template("moderation/_rows.html", **shown))
    return hx.page("moderation/queue.html", counts=counts(here), **shown)


def further(page: Page, endpoint: str, what: str, slug: str | None = None) -> str | None:
    """The address of the rows after these: what waits goes on to newer ones, what was decided to older ones."""
    if page.older is None:
        return None
    step: dict[str, Any] = {"before" if what == "decided" else "after": page.older}
    return url_for(endpoint, slug=slug, what=what, **step)


def _page_of(here: Room, what: str) -> Page:
    actor, after = current_actor(), whole("after") or 0
    if what == "waiting":
        return pending.waiting(actor, here, after)
    if what == "appeals":
        return queries.appeals(actor, here, after)
    if what == "decided":
        return queries.closed_cases(actor, here, whole("before"))
    return queries.open_cases(actor, here, after)


def counts(here: Room) -> dict[str, int]:
    """What waits in each section."""
    cases, waiting = queries.case_count(here), pending.waiting_count(here)
    return {"cases": cases, "waiting": waiting, "appeals": queries.appeal_count(here)}


@bp.post("/circles/<slug>/moderation/waiting/<int:number>", permission="circle:moderate")
def decide_waiting(slug: str, number: int) -> Response:
    actor = current_actor()
    here = room(actor, slug)
    require(actor, "circle:moderate", here)
    back = url_for(".queue", slug=slug, what="waiting")
    if request.form.get("accept") == "1":
        pending.approve(actor, here.id, number)
        return hx.changed(back, "", toast=_("It is out."))
    if request.form.get("accept") != "0":
        raise Invalid("choice", field="accept")
    pending.refuse(actor, here.id, number, request.form.get("reason", "")[: 2 * LIMITS["reason"]])
    return hx.changed(back, "", toast=_("Its author is told."))


# ---- one case -----------------------------------------------------------------------------------------------


@bp.get("/moderation/cases/<int:number>", permission="case:see")
def case(number: int) -> Response:
    return _case_page(number)


def _case_page(number: int, form: RulingForm | None = None, status: int = 200) -> Response:
    actor = current_actor()
    row, subject = looking.open_for(actor, number)
    scene = context.scene(subject) if subject else None
    bench = actions.bench_of(actor, row)
    form = form or _offer(RulingForm(), bench, scene, row.circle_id)
    return hx.page(
        "moderation/case.html", {"ruling-form": "moderation/_ruling_form.html"}, status=status, case=row, scene=scene,
        here=bench.here, form=form, url=url_for(".decide", number=number), hints=(THING_HINTS, PERSON_HINTS),
        reports=context.reports(number), history=context.about_thing(row), before=context.about_member(row),
        sanctions=context.sanctions(row), may_decide=row.closed_at is None and can(actor, "case:decide", bench),
        back_url=_back(row, bench),
    )  # fmt: skip


def _back(row: ModerationCase, bench: Bench) -> str:
    return url_for(".queue", slug=bench.here.slug) if bench.here else url_for(".site_queue")


def _offer(form: RulingForm, bench: Bench, scene: Scene | None, circle: int | None) -> RulingForm:
    """Only what can be done to it as it is now."""
    things, persons = [""], [""]
    if scene and not scene.is_gone and scene.subject.kind != "member" and scene.words:
        things.append("restore" if scene.words.hidden_at else "hide")
        if scene.subject.kind == "post":
            things.append("unlock" if scene.words.locked_at else "lock")
    circles = context.destinations(bench.here, current_actor().member_id or 0) if bench.here else []
    if circles and len(things) > 1 and scene and scene.subject.kind == "post":
        things.append("move")
    if scene and scene.person:
        persons += ["warn", "mute", "remove", "ban"] if bench.here else ["warn"]
    return form.offer(things, persons, reasons_of(circle), circles)


@bp.post("/moderation/cases/<int:number>", permission="case:decide")
def decide(number: int) -> Response:
    actor = current_actor()
    row = actions.case_of(number)
    bench = actions.bench_of(actor, row)
    subject = of_case(row)
    form = _offer(RulingForm.posted(), bench, context.scene(subject) if subject else None, row.circle_id)
    if form.validate():
        limit("decision.write", actor.member_id)
        try:
            actions.decide(actor, number, form.ruling())
            return hx.see_other(_back(row, bench), toast=_("Decided."))
        except (Invalid, Conflict) as refusal:
            if refusal.code == "case_closed":
                return hx.see_other(url_for(".case", number=number), toast=hx.say(refusal))
            form.refuse(refusal)
    return _case_page(number, form, status=422)


@bp.get("/moderation/cases/<int:number>/pictures/<key>", permission="case:see")
def case_picture(number: int, key: str) -> Response:
    """What was reported, also for those who could not see it otherwise; only what belongs to the case."""
    _, subject = looking.open_for(current_actor(), number)
    if subject is None or key not in context.scene(subject).pictures:
        raise Gone
    response = send_file(media.path_of(current().data / "media", key, "m"), mimetype="image/webp")
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


# ---- straight from where it stands --------------------------------------------------------------------------


@bp.get("/circles/<slug>/moderation/act/<kind>/<int:number>", permission="circle:moderate")
def act(slug: str, kind: str, number: int) -> Response:
    here, scene = _thing(slug, kind, number)
    form = _offer(RulingForm(), Bench("circle", here, scene.subject.member), scene, here.id)
    wanted = request.args.get("do")
    if wanted in {value for value, *_rest in form.thing.iter_choices()}:
        form.thing.data = wanted
    return _act_page(here, scene, form)


def _thing(slug: str, kind: str, number: int) -> tuple[Room, Scene]:
    """Raises Gone, also for what has another address."""
    here = room(current_actor(), slug)
    require(current_actor(), "circle:moderate", here)
    subject = locate(kind, number)
    if subject is None or subject.circle != here.id or kind not in ("post", "comment"):
        raise Gone
    scene = context.scene(subject)
    if scene.is_gone:
        raise Gone
    return here, scene


def _act_page(here: Room, scene: Scene, form: RulingForm, status: int = 200) -> Response:
    subject = scene.subject
    return hx.page(
        "moderation/act.html", {"ruling-form": "moderation/_ruling_form.html"}, status=status, here=here, scene=scene,
        form=form, url=url_for(".carry_out", slug=here.slug, kind=subject.kind, number=subject.id), case=None,
        hints=(THING_HINTS, PERSON_HINTS), back_url=_place(here, scene),
    )  # fmt: skip


def _place(here: Room, scene: Scene) -> str:
    anchor = f"comment-{scene.subject.id}" if scene.subject.kind == "comment" else None
    return url_for("circles.post", slug=here.slug, number=scene.subject.post, _anchor=anchor)


@bp.post("/circles/<slug>/moderation/act/<kind>/<int:number>", permission="circle:moderate")
def carry_out(slug: str, kind: str, number: int) -> Response:
    here, scene = _thing(slug, kind, number)
    form = _offer(RulingForm.posted(), Bench("circle", here, scene.subject.member), scene, here.id)
    if form.validate():
        limit("decision.write", current_actor().member_id)
        try:
            actions.act(current_actor(), kind, number, form.ruling(), form.key.data or "")
            moved = form.ruling().thing == "move"
            way = url_for("circles.show", slug=here.slug) if moved else _place(here, scene)
            return hx.see_other(way, toast=_("Decided."))
        except (Invalid, Conflict) as refusal:
            form.refuse(refusal)
    return _act_page(here, scene, form, status=422)
