"""Whose feed a moment lies in follows from who is whose friend, and from whom its author chose."""

from blueprints.circles.events import MemberJoined, MemberLeft
from blueprints.feed import (
    fanout,
    listeners_posting,  # noqa: F401 - listens
    listeners_talk,  # noqa: F401 - listens
    listeners_telling,  # noqa: F401 - listens
)
from blueprints.feed.events import MomentDeleted, MomentNarrowed, MomentWritten
from blueprints.people.events import FriendListChanged, FriendLost, FriendMade, MemberBlocked
from core.signals import listen


@listen(MomentWritten)
def lay_into_feeds(event: MomentWritten) -> None:
    fanout.begin(event.moment)


@listen(MomentNarrowed)
def take_from_some(event: MomentNarrowed) -> None:
    fanout.narrowed(event.moment)


@listen(MomentDeleted)
def take_from_all(event: MomentDeleted) -> None:
    fanout.deleted(event.moment)


@listen(FriendMade)
def fill_in(event: FriendMade) -> None:
    fanout.became_friends(event.by, event.other)


@listen(FriendLost, MemberBlocked)
def take_out(event: FriendLost | MemberBlocked) -> None:
    fanout.parted(event.by, event.other)


@listen(FriendListChanged)
def list_anew(event: FriendListChanged) -> None:
    fanout.listed_anew(event.member, event.list, event.friends)


@listen(MemberJoined)
def enter_circle(event: MemberJoined) -> None:
    fanout.entered(event.circle, event.member)


@listen(MemberLeft)
def leave_circle(event: MemberLeft) -> None:
    fanout.left(event.circle, event.member)
