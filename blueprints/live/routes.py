"""Pages of events: the list, announcing, the event itself, and what its hosts change about it."""

from typing import Any

from flask import Response, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext as _

from blueprints.circles.rooms import Room, room
from blueprints.live import bp, queries, rows_page, rows_web, scheduling
from blueprints.live.forms import (
    STAGE_HINTS,
    STAGE_NAMES,
    VISIBILITY_HINTS,
    VISIBILITY_NAMES,
    EventForm,
    TimesForm,
    shown,
    uploaded_cover,
)
from blueprints.live.halls import Hall, hall
from blueprints.live.rows_guests import door
from core import hx, stream_log
from core.errors import Conflict, Denied, Invalid, SignInNeeded
from core.guard import limit
from core.i18n import time_zone, zone_name
from core.policy import Actor, can, require
from core.viewer import current_actor


@bp.record_once
def _words_in_templates(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals["live_words"] = {
        "visibilities": VISIBILITY_NAMES, "visibility_hints": VISIBILITY_HINTS, "stages": STAGE_NAMES,
        "stage_hints": STAGE_HINTS,
    }  # fmt: skip


# ---- lists --------------------------------------------------------------------------------------------------


@bp.get("/live/", permission="live:list")
def index() -> Response:
    actor = current_actor()
    if not can(actor, "live:list"):
        raise SignInNeeded
    rows_web.show_list()
    return _listed(actor, None, "live/index.html", may_announce=can(actor, "live:announce") or bool(_homes(actor)))


@bp.get("/circles/<slug>/live", permission="circle:see")
def of_circle(slug: str) -> Response:
    actor = current_actor()
    here = room(actor, slug)
    may_announce = can(actor, "circle:moderate", here)
    return _listed(actor, here, "live/circle.html", here=here, may_announce=may_announce)


def _listed(actor: Actor, circle: Room | None, template: str, **context: Any) -> Response:
    """What is on, what comes and what was, of everybody or of one circle; for htmx the next part of a list."""
    before, after = request.args.get("before", ""), request.args.get("after", "")
    of = circle.id if circle else None
    if hx.wants_fragment() and (before or after):
        page = queries.past(actor, of, before) if before else queries.upcoming(actor, of, after)
        way = {"before": page.older} if before else {"after": page.older}
        more = page.older and _list_url(circle, **way)
        return hx.fragment(render_template("live/_cards.html", rows=page.rows, more_url=more, label="", id="more"))
    coming, past = queries.upcoming(actor, of, after), queries.past(actor, of, before)
    running = [] if before or after else queries.running(actor, of)
    return hx.page(
        template, running=running, watching=queries.watching([row.id for row in running]),
        coming=[] if before else coming.rows, past=[] if after else past.rows, first=not (before or after),
        later_url=coming.older and not before and _list_url(circle, after=coming.older),
        older_url=past.older and not after and _list_url(circle, before=past.older), **context,
    )  # fmt: skip


def _list_url(circle: Room | None, **place: Any) -> str:
    return url_for(".of_circle", slug=circle.slug, **place) if circle else url_for(".index", **place)


# ---- announcing ---------------------------------------------------------------------------------------------


def _homes(actor: Actor) -> list[tuple[str, str]]:
    """For whom the actor may announce, as slug and name; an empty slug stands for the site."""
    own = [(str(row.slug), row.name) for row in queries.homes(actor)]
    return ([("", _("The site"))] if can(actor, "live:announce") else []) + own


def _offered(actor: Actor) -> list[tuple[str, str]]:
    """Raises Denied for who may announce nowhere."""
    homes = _homes(actor)
    if not homes:
        raise Denied(permission="live:announce")
    return homes


@bp.get("/live/new", permission="live:announce")
def new() -> Response:
    homes = _offered(current_actor())
    asked = request.args.get("circle", "")
    form = EventForm(circle=asked if asked in dict(homes) else homes[0][0]).offer(homes)
    return _new_page(form)


def _new_page(form: EventForm, status: int = 200) -> Response:
    return hx.page(
        "live/new.html", {"event-form": "live/_form.html"}, status=status, form=form, here=None,
        zone=zone_name(time_zone()), back_url=url_for(".index"),
    )  # fmt: skip


@bp.post("/live/", permission="live:announce")
def announce() -> Response:
    actor = current_actor()
    form = EventForm.posted().offer(_offered(actor))
    if form.validate():
        limit("live.announce", actor.member_id)
        try:
            home = room(actor, form.circle.data).id if form.circle.data else None
            event = scheduling.announce(actor, form.draft(), home, key=form.key.data or "")
            return hx.see_other(_after(event.id, form), toast=_("Announced."))
        except (Invalid, Conflict) as refusal:
            form.refuse(refusal)
            form.key.data = hx.new_key()
    return _new_page(form, status=422)


def _after(event: int, form: EventForm) -> str:
    """On to the event, or to where its film is uploaded."""
    return url_for(".stage" if form.stage.data == "video" else ".show", event=event)


# ---- the event ----------------------------------------------------------------------------------------------


@bp.get("/live/<int:event>", permission="live:see")
def show(event: int) -> Response:
    actor = current_actor()
    at = stream_log.position(f"live-{event}")  # before all that is shown
    here = hall(actor, event)
    if not can(actor, "live:watch", here):
        return hx.page("live/closed.html", **rows_page.around(actor, here), door=door(actor, here))
    rows_web.show_event(here)
    return hx.page("live/show.html", **rows_page.around(actor, here), **rows_page.inside(actor, here), at=at)


# ---- what its hosts change ----------------------------------------------------------------------------------


def _hosted(event: int) -> Hall:
    here = hall(current_actor(), event)
    require(current_actor(), "live:host", here)
    return here


@bp.get("/live/<int:event>/edit", permission="live:host")
def edit(event: int) -> Response:
    here = _hosted(event)
    return _edit_page(here, EventForm(data=shown(here)))


def _edit_page(here: Hall, form: EventForm, status: int = 200) -> Response:
    regions = {"event-form": "live/_form.html"}
    return hx.page("live/edit.html", regions, status=status, form=form, here=here, zone=zone_name(time_zone()))


@bp.post("/live/<int:event>/edit", permission="live:host")
def save(event: int) -> Response:
    here, form = _hosted(event), EventForm.posted()
    if form.validate():
        limit("text.render", current_actor().member_id)
        try:
            scheduling.change(current_actor(), event, form.draft(here))
            return hx.see_other(url_for(".show", event=event), toast=_("Saved."))
        except Invalid as refusal:
            form.refuse(refusal)
    return _edit_page(here, form, status=422)


@bp.get("/live/<int:event>/time", permission="live:host")
def time(event: int) -> Response:
    here = _hosted(event)
    return _time_page(here, TimesForm(data=shown(here)))


def _time_page(here: Hall, form: TimesForm, status: int = 200) -> Response:
    regions = {"time-form": "live/_time_form.html"}
    return hx.page("live/time.html", regions, status=status, form=form, here=here, zone=zone_name(time_zone()))


@bp.post("/live/<int:event>/time", permission="live:host")
def postpone(event: int) -> Response:
    here, form = _hosted(event), TimesForm.posted()
    try:
        scheduling.postpone(current_actor(), event, *form.times(here))
        return hx.see_other(url_for(".show", event=event), toast=_("Moved. Whoever wanted to be reminded is told."))
    except Invalid as refusal:
        form.refuse(refusal)
    return _time_page(here, form, status=422)


@bp.post("/live/<int:event>/cover", permission="live:host")
def cover(event: int) -> Response:
    """A new cover; `remove` takes away the one there is."""
    _hosted(event)
    stored = None
    if not request.form.get("remove"):
        limit("picture.store", current_actor().member_id)
        stored = uploaded_cover()
    scheduling.set_cover(current_actor(), event, stored)
    return hx.see_other(url_for(".edit", event=event), toast=_("Saved."))


@bp.post("/live/<int:event>/begin", permission="live:host")
def begin(event: int) -> Response:
    scheduling.begin(current_actor(), event)
    return hx.see_other(url_for(".show", event=event), toast=_("It has begun."))


@bp.post("/live/<int:event>/end", permission="live:host")
def end(event: int) -> Response:
    scheduling.end(current_actor(), event)
    return hx.see_other(url_for(".show", event=event), toast=_("It is over. What was said stays with the replay."))


@bp.post("/live/<int:event>/cancel", permission="live:host")
def cancel(event: int) -> Response:
    scheduling.cancel(current_actor(), event)
    return hx.see_other(url_for(".show", event=event), toast=_("Cancelled. Whoever wanted to be reminded is told."))
