"""What is said and felt beneath moments is told to those whom it concerns; and what is out of sight is hushed."""

from blueprints.admin.events import MemberSuspended
from blueprints.circles.events import MemberLeft
from blueprints.feed import events, telling
from blueprints.people.events import FriendListChanged, FriendLost, MemberBlocked
from core.signals import listen


@listen(events.MomentLiked)
def tell_of_reaction(event: events.MomentLiked) -> None:
    telling.of_reaction(event.moment, event.member, event.on)


@listen(events.MomentCommentWritten)
def tell_of_comment(event: events.MomentCommentWritten) -> None:
    telling.of_comment(event.comment, event.moment, event.author, event.answers)


@listen(events.MomentDeleted)
def hush_deleted(event: events.MomentDeleted) -> None:
    telling.of_hiding(event.moment)


@listen(events.MomentHidden)
def hush_hidden(event: events.MomentHidden) -> None:
    if event.hidden:
        telling.of_hiding(event.moment)


@listen(events.MomentCommentDeleted)
def hush_deleted_comment(event: events.MomentCommentDeleted) -> None:
    telling.of_hidden_comment(event.comment, event.moment)


@listen(events.MomentCommentHidden)
def hush_hidden_comment(event: events.MomentCommentHidden) -> None:
    if event.hidden:
        telling.of_hidden_comment(event.comment, event.moment)


@listen(events.MomentNarrowed)
def hush_narrowed(event: events.MomentNarrowed) -> None:
    telling.of_narrowing(event.moment)


@listen(MemberSuspended)
def hush_suspended(event: MemberSuspended) -> None:
    telling.of_suspension(event.member)


@listen(FriendLost, MemberBlocked)
def hush_parted(event: FriendLost | MemberBlocked) -> None:
    telling.of_parting([event.by, event.other])


@listen(MemberLeft)
def hush_left(event: MemberLeft) -> None:
    telling.of_parting([event.member])


@listen(FriendListChanged)
def hush_unlisted(event: FriendListChanged) -> None:
    telling.of_parting([*event.friends, event.member])
