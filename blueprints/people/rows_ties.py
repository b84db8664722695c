"""How the reader stands to somebody, as a profile, a card and the list of requests show it."""

from markupsafe import Markup

from blueprints.people.queries import Person
from blueprints.people.queries_friends import FriendRow, RequestRow
from blueprints.people.ties import Tie, tie
from core.fragments import region
from core.policy import Actor

PLACES = ("tie", "card-tie")
"""On a profile, and on the small card about somebody; both can be on one page."""


def tie_region(actor: Actor, seen: Person, place: str = "tie", met: str = "") -> Markup:
    """`met`: how they find each other here, if they are to be asked."""
    shown = tie(actor, seen.id)
    if seen.is_suspended and shown.state != "friends":
        shown = Tie()
    return region("people/_tie.html", person=seen, tie=shown, place=place, met=met)


def request_row(row: RequestRow, state: str) -> Markup:
    """`state`: asks (waits for the reader's answer) or waiting (was asked by the reader)."""
    return region("people/_request.html", person=row, state=state)


def answered_row(row: FriendRow) -> Markup:
    """The request of somebody who is a friend by now."""
    shown = RequestRow(row.id, row.username, row.display_name, row.avatar_key, row.at, "", row.met)
    return region("people/_request.html", person=shown, state="friends")
