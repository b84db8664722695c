"""How the reader stands to somebody, as a profile, a card and the list of requests show it."""

from flask import request, url_for
from markupsafe import Markup

from blueprints.people.queries import Person
from blueprints.people.queries_friends import FriendRow, RequestRow
from blueprints.people.ties import Tie, tie
from core import hx
from core.fragments import region
from core.policy import Actor

PROFILE, CARD = "tie", "card-tie"
"""Both can be on one page. A card goes with the mouse, so what is done on it leads on to a page."""


def tie_region(actor: Actor, seen: Person, place: str = PROFILE, met: str = "") -> Markup:
    """`met`: how they find each other here, if they are to be asked."""
    shown = tie(actor, seen.id)
    met = met or ("search" if _comes_from_search() else "")
    if seen.is_suspended and shown.state != "friends":
        shown = Tie()
    return region("people/_tie.html", person=seen, tie=shown, place=place, met=met)


def _comes_from_search() -> bool:
    return hx.local_path(request.referrer or "", "").partition("?")[0] == url_for("search.index")


def request_row(row: RequestRow, state: str) -> Markup:
    """`state`: asks (waits for the reader's answer) or waiting (was asked by the reader)."""
    return region("people/_request.html", person=row, state=state)


def answered_row(row: FriendRow) -> Markup:
    """The request of somebody who is a friend by now."""
    shown = RequestRow(row.id, row.username, row.display_name, row.avatar_key, row.at, "", row.met)
    return region("people/_request.html", person=shown, state="friends")
