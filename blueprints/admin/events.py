"""What the people who run the site did."""

from dataclasses import dataclass

from core.signals import Event


@dataclass(frozen=True)
class SiteConfigured(Event):
    """`names` of the settings that have another value now."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class MemberSuspended(Event):
    member: int


@dataclass(frozen=True)
class SuspensionLifted(Event):
    member: int


@dataclass(frozen=True)
class StaffChanged(Event):
    """`role` is None for someone who is staff no more."""

    member: int
    role: str | None
