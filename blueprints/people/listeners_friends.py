"""Tells people of friends: who asks, and who said yes. Of a no, a withdrawal and an end nobody is told."""

from blueprints.people.events import FriendAsked, FriendLost, FriendMade, FriendRequestClosed, MemberBlocked
from core import notices
from core.signals import listen
from models import Notice


@listen(FriendAsked)
def tell_asked(event: FriendAsked) -> None:
    """Once: whoever withdraws and asks again does not ring again."""
    notices.tell([event.asked], "friend_asked", "member", event.asker)


@listen(FriendRequestClosed)
def hush_asked(event: FriendRequestClosed) -> None:
    """The row stays, so that it is not told anew; without its request it is not shown."""
    notices.hush_some(
        (Notice.member == event.asked) & (Notice.kind == "friend_asked") & (Notice.subject_kind == "member")
        & (Notice.subject_id == event.asker) & Notice.seen_at.is_null()
    )  # fmt: skip


@listen(FriendMade)
def tell_accepted(event: FriendMade) -> None:
    _forget(event.by, event.other, ("friend_asked",))
    notices.tell([event.other], "friend_made", "member", event.by)


@listen(FriendLost, MemberBlocked)
def forget_friend(event: FriendLost | MemberBlocked) -> None:
    _forget(event.by, event.other, ("friend_asked", "friend_made"))


def _forget(one: int, other: int, kinds: tuple[str, ...]) -> None:
    notices.forget("member", [one], [other], kinds)
    notices.forget("member", [other], [one], kinds)
