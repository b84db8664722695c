"""Open pages and the search follow what happens to moments."""

from blueprints.admin.events import MemberSuspended
from blueprints.feed import events, watching
from blueprints.people.events import FriendListChanged, FriendLost, MemberBlocked, PrivacyChanged
from core import search
from core.signals import listen
from models import Moment

MOST_PARTED = 200
"""Of a long list that is gone, those whose pages are closed at once; what the others see is asked when they look."""


@listen(events.MomentNarrowed, events.MomentDeleted)
def close_pages(event: events.MomentNarrowed | events.MomentDeleted) -> None:
    watching.close(event.moment)


@listen(events.MomentHidden)
def close_hidden(event: events.MomentHidden) -> None:
    if event.hidden:
        watching.close(event.moment)


@listen(FriendLost, MemberBlocked)
def part(event: FriendLost | MemberBlocked) -> None:
    watching.part(event.by, event.other)


@listen(PrivacyChanged, MemberSuspended)
def ask_again(event: PrivacyChanged | MemberSuspended) -> None:
    watching.of_author(event.member)


@listen(FriendListChanged)
def part_from_list(event: FriendListChanged) -> None:
    for friend in event.friends[:MOST_PARTED]:
        watching.part(event.member, friend)


@listen(events.MomentWritten, events.MomentChanged)
def index_moment(event: events.MomentWritten | events.MomentChanged) -> None:
    row = Moment.get_by_id(event.moment)
    if row.source:
        search.index("moment", row.id, row.source)
    else:
        search.remove("moment", [row.id])


@listen(events.MomentDeleted)
def forget_moment(event: events.MomentDeleted) -> None:
    search.remove("moment", [event.moment])
