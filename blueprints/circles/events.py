"""What can happen in circles."""

from dataclasses import dataclass

from core.signals import Event


@dataclass(frozen=True)
class CircleFounded(Event):
    circle: int
    by: int


@dataclass(frozen=True)
class CircleChanged(Event):
    circle: int


@dataclass(frozen=True)
class MemberJoined(Event):
    circle: int
    member: int


@dataclass(frozen=True)
class MemberLeft(Event):
    """Left or was removed; `by` differs from `member` when somebody else did it."""

    circle: int
    member: int
    by: int


@dataclass(frozen=True)
class MemberInvited(Event):
    circle: int
    member: int
    by: int


@dataclass(frozen=True)
class InvitationClosed(Event):
    """Declined, or taken back: it leads nowhere any more."""

    circle: int
    member: int


@dataclass(frozen=True)
class JoinAsked(Event):
    circle: int
    member: int


@dataclass(frozen=True)
class JoinWithdrawn(Event):
    """A request that nobody has to decide about any more."""

    circle: int
    member: int


@dataclass(frozen=True)
class JoinDecided(Event):
    circle: int
    member: int
    accepted: bool


@dataclass(frozen=True)
class MemberSanctioned(Event):
    """`kind` is remove, mute or ban; `note` says more to whom it concerns; `until_at` in ms, None: for good."""

    circle: int
    member: int
    by: int
    kind: str
    reason: str
    note: str = ""
    until_at: int | None = None


@dataclass(frozen=True)
class SanctionLifted(Event):
    circle: int
    member: int
    by: int
    kind: str


@dataclass(frozen=True)
class RoleChanged(Event):
    circle: int
    member: int
    role: str
    by: int = 0


@dataclass(frozen=True)
class PostWritten(Event):
    """Published; `mentions` are members who are named in it."""

    post: int
    circle: int
    author: int
    mentions: tuple[int, ...] = ()


@dataclass(frozen=True)
class PostChanged(Event):
    """Edited, or back after an undone deletion."""

    post: int
    circle: int


@dataclass(frozen=True)
class PostDeleted(Event):
    post: int
    circle: int


@dataclass(frozen=True)
class PostHeld(Event):
    """A post or comment is kept back until a moderator has looked."""

    pending: int
    circle: int
    author: int


@dataclass(frozen=True)
class PendingDecided(Event):
    """A moderator let it out, or refused it; `post` or `comment` is what came of it. An accepted one without either
    waits for its moment."""

    pending: int
    circle: int
    author: int
    accepted: bool
    post: int | None = None
    comment: int | None = None


@dataclass(frozen=True)
class PostPinned(Event):
    """`tells` when every member is to be told."""

    post: int
    circle: int
    by: int
    tells: bool


@dataclass(frozen=True)
class PostHidden(Event):
    """Out of sight for all but its author and moderators, or back again."""

    post: int
    circle: int
    hidden: bool


@dataclass(frozen=True)
class PostLiked(Event):
    """`on` is False when a reaction was taken back; changing it to another one announces it anew."""

    post: int
    member: int
    on: bool


@dataclass(frozen=True)
class CommentWritten(Event):
    """Published; `mentions` are members who are named in it."""

    comment: int
    post: int
    author: int
    mentions: tuple[int, ...] = ()


@dataclass(frozen=True)
class CommentChanged(Event):
    comment: int
    post: int


@dataclass(frozen=True)
class CommentLiked(Event):
    comment: int
    member: int
    on: bool


@dataclass(frozen=True)
class WordsHid(Event):
    """A `post` or `comment` came out hidden, since the circle watches for this word."""

    kind: str
    number: int
    circle: int
    member: int
    word: str


@dataclass(frozen=True)
class CommentHidden(Event):
    comment: int
    post: int
    hidden: bool
