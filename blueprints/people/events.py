"""What can happen between people."""

from dataclasses import dataclass

from core.signals import Event


@dataclass(frozen=True)
class FriendAsked(Event):
    asker: int
    asked: int


@dataclass(frozen=True)
class FriendRequestClosed(Event):
    """Withdrawn, declined or out of place: it waits for nobody any more."""

    asker: int
    asked: int


@dataclass(frozen=True)
class FriendMade(Event):
    """`by` said yes to what `other` had asked."""

    by: int
    other: int


@dataclass(frozen=True)
class FriendLost(Event):
    by: int
    other: int


@dataclass(frozen=True)
class FriendListChanged(Event):
    """Somebody was put on a list or taken off it, or the list is gone; `friends` are whom it concerns."""

    member: int
    list: int
    friends: tuple[int, ...]


@dataclass(frozen=True)
class FriendListDropped(Event):
    """A list is about to go; it is still there when this is announced."""

    member: int
    list: int


@dataclass(frozen=True)
class MemberBlocked(Event):
    """`other` is to hear nothing of it."""

    by: int
    other: int


@dataclass(frozen=True)
class MemberUnblocked(Event):
    by: int
    other: int


@dataclass(frozen=True)
class PrivacyChanged(Event):
    """What a member lets others see or do."""

    member: int
