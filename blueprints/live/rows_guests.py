"""Regions of an event's page that are made for one reader: its door, and being reminded."""

from collections.abc import Sequence

from flask import url_for
from markupsafe import Markup

from blueprints.live.halls import Hall
from core.fragments import region
from core.policy import Actor
from core.viewer import current_user


def door(actor: Actor, here: Hall, errors: Sequence[str] = ()) -> Markup:
    """What stands in the place of stage and comments for who sees the event and may not watch it."""
    return region(
        "live/_door.html", here=here, errors=errors, signed_in=actor.signed_in, sign_in_url=_sign_in(here),
    )  # fmt: skip


def remind(actor: Actor, here: Hall) -> Markup:
    """Being reminded, by a notice, by mail, by one's own calendar. Nothing of it once the event has begun."""
    return region(
        "live/_remind.html", here=here, signed_in=actor.signed_in, sign_in_url=_sign_in(here),
        has_address=actor.signed_in and current_user.has_email,
    )  # fmt: skip


def _sign_in(here: Hall) -> str:
    return url_for("accounts.login", next=url_for("live.show", event=here.id))
