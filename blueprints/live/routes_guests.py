"""An event's door, its guests and those who run it."""

from flask import Response, request, url_for
from flask_babel import gettext as _

from blueprints.circles.queries import member_named
from blueprints.live import bp, entering, guests
from blueprints.live.forms_guests import HOST_ROLE_NAMES, HOW_NAMES, DoorForm, GuestForm, HostForm
from blueprints.live.halls import Hall, hall
from blueprints.live.rows_guests import door
from core import guard, hx, rates
from core.errors import Conflict, Gone, Invalid
from core.policy import require
from core.viewer import current_actor

# ---- the door -----------------------------------------------------------------------------------------------


@bp.get("/live/<int:event>/enter", permission="live:see")
def entrance(event: int) -> Response:
    """The door on a page of its own; who is in already goes through."""
    here = hall(current_actor(), event)
    if here.is_let_in and not here.is_removed:
        return hx.see_other(url_for(".show", event=event))
    return _door_page(here)


def _door_page(here: Hall, status: int = 200, errors: tuple[str, ...] = ()) -> Response:
    actor = current_actor()
    require(actor, "live:see", here)
    return hx.page(
        "live/door.html", {"live-door": "live/_door_alone.html"}, status=status, here=here,
        door=door(actor, here, errors),
    )  # fmt: skip


@bp.post("/live/<int:event>/enter", permission="live:enter")
def enter(event: int) -> Response:
    """Tries are counted before the password is looked at, so that many at once are no way round; a right one takes its
    own back. The rates belong to this event alone: whoever knows its password has nothing to guess."""
    actor = current_actor()
    here = hall(actor, event)
    if not here.is_let_in:
        mine, from_here = f"{actor.member_id} {event}", guard.from_here(event)
        guard.limit("live.door", mine)
        guard.limit("live.door_address", from_here)
        try:
            entering.enter(actor, event, DoorForm.posted().password.data or "")
        except Invalid as refusal:
            return _door_page(here, 422, (hx.say(refusal),))
        rates.forgive("live.door", mine)
        rates.forgive("live.door_address", from_here)
    return hx.see_other(url_for(".show", event=event))


# ---- guests and hosts ---------------------------------------------------------------------------------------


@bp.get("/live/<int:event>/guests", permission="live:host")
def people(event: int) -> Response:
    return _people_page(hall(current_actor(), event))


def _people_page(
    here: Hall, status: int = 200, guest_form: GuestForm | None = None, host_form: HostForm | None = None
) -> Response:
    actor = current_actor()
    page = guests.guests(actor, here, request.args.get("before", ""))
    regions = {
        "guest-form": "live/_guest_form.html", "host-form": "live/_host_form.html", "live-hosts": "live/_hosts.html",
    }  # fmt: skip
    return hx.page(
        "live/guests.html", regions, status=status, here=here, hosts=guests.hosts(actor, here), guests=page.rows,
        older_url=page.older and url_for(".people", event=here.id, before=page.older),
        guest_form=guest_form or GuestForm(), host_form=host_form or HostForm(), roles=HOST_ROLE_NAMES, ways=HOW_NAMES,
    )  # fmt: skip


@bp.post("/live/<int:event>/guests", permission="live:host")
def invite(event: int) -> Response:
    actor = current_actor()
    here = hall(actor, event)
    require(actor, "live:host", here)
    form = GuestForm.posted()
    try:
        guard.limit("live.invite", actor.member_id)
        guests.invite(actor, event, member_named(actor, form.name()))
        return hx.see_other(url_for(".people", event=event), toast=_("The invitation is on its way."))
    except Gone:
        form.refuse(Invalid("no_such_member", field="username"))
    except Invalid as refusal:
        form.refuse(refusal)
    return _people_page(here, 422, guest_form=form)


@bp.post("/live/<int:event>/guests/<int:number>/remove", permission="live:host")
def turn_away(event: int, number: int) -> Response:
    guests.turn_away(current_actor(), event, number)
    return hx.changed(url_for(".people", event=event), "", toast=_("They are not let in any more."))


@bp.post("/live/<int:event>/hosts", permission="live:host")
def appoint(event: int) -> Response:
    actor = current_actor()
    here = hall(actor, event)
    require(actor, "live:host", here)
    form = HostForm.posted()
    if form.validate():
        try:
            guard.limit("live.invite", actor.member_id)
            guests.appoint(actor, event, member_named(actor, form.name()), form.role.data)
            return hx.see_other(url_for(".people", event=event))
        except Gone:
            form.refuse(Invalid("no_such_member", field="username"))
        except (Invalid, Conflict) as refusal:
            form.refuse(refusal)
    return _people_page(here, 422, host_form=form)


@bp.post("/live/<int:event>/hosts/<int:number>", permission="live:host")
def change_host(event: int, number: int) -> Response:
    """`role` is host, moderator, or empty for who runs it no more."""
    actor, role = current_actor(), request.form.get("role", "")
    if role:
        guests.appoint(actor, event, number, role)
    else:
        guests.dismiss(actor, event, number)
    if number == actor.member_id:  # the page is not theirs to see any more
        return hx.see_other(url_for(".show", event=event))
    return _people_page(hall(actor, event)) if hx.wants_fragment() else hx.see_other(url_for(".people", event=event))
