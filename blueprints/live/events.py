"""What can happen around events."""

from dataclasses import dataclass

from core.signals import Event


@dataclass(frozen=True)
class EventAnnounced(Event):
    event: int
    by: int


@dataclass(frozen=True)
class EventChanged(Event):
    """Title, time, stage or the way its comments are run."""

    event: int


@dataclass(frozen=True)
class EventPostponed(Event):
    """`before` and `starts_at` in ms since 1970."""

    event: int
    before: int
    starts_at: int


@dataclass(frozen=True)
class EventCancelled(Event):
    event: int
    by: int


@dataclass(frozen=True)
class EventBegan(Event):
    event: int


@dataclass(frozen=True)
class EventEnded(Event):
    event: int


@dataclass(frozen=True)
class BulletWritten(Event):
    """A bullet comment came out; a held one only when its time has come."""

    comment: int
    event: int
    author: int | None


@dataclass(frozen=True)
class BulletsHidden(Event):
    """`comment` None: all of `member`."""

    event: int
    by: int
    comment: int | None
    member: int | None


@dataclass(frozen=True)
class ViewerSanctioned(Event):
    """`kind` is mute or remove; `until_at` in ms, None: to the event's end."""

    event: int
    member: int
    by: int
    kind: str
    until_at: int | None = None


@dataclass(frozen=True)
class ViewerPardoned(Event):
    event: int
    member: int
    by: int
    kind: str


@dataclass(frozen=True)
class GuestInvited(Event):
    event: int
    member: int
    by: int


@dataclass(frozen=True)
class GuestTurnedAway(Event):
    """Was let in, by invitation or by the password, and is so no more."""

    event: int
    member: int
    by: int


@dataclass(frozen=True)
class GuestEntered(Event):
    """Came in with the password."""

    event: int
    member: int


@dataclass(frozen=True)
class HostChanged(Event):
    """`role` is host or moderator, None for who runs the event no more."""

    event: int
    member: int
    role: str | None
    by: int


@dataclass(frozen=True)
class RoomChanged(Event):
    """How its comments are run: slow mode, who may write, what is held, kept out or pinned."""

    event: int


@dataclass(frozen=True)
class BulletsRestored(Event):
    """Deleted ones are back; `comment` None: all of `member` that went at once."""

    event: int
    by: int
    comment: int | None
    member: int | None


@dataclass(frozen=True)
class Reacted(Event):
    """`kind` as in blueprints.live.reacting, `hits` taps of one member."""

    event: int
    kind: str
    hits: int
