"""What can happen to an account."""

from dataclasses import dataclass

from core.signals import Event


@dataclass(frozen=True)
class MemberRegistered(Event):
    member: int


@dataclass(frozen=True)
class ProfileChanged(Event):
    """Display name, bio or picture."""

    member: int


@dataclass(frozen=True)
class PresenceHidden(Event):
    """Does not want others to see when and where they are about."""

    member: int


@dataclass(frozen=True)
class MemberAsksToLeave(Event):
    member: int


@dataclass(frozen=True)
class MemberStays(Event):
    """Changed their mind within the time."""

    member: int


@dataclass(frozen=True)
class MemberErased(Event):
    member: int
