"""What can happen around moments."""

from dataclasses import dataclass

from core.signals import Event


@dataclass(frozen=True)
class MomentWritten(Event):
    moment: int
    author: int


@dataclass(frozen=True)
class MomentChanged(Event):
    """Its words, or who comments."""

    moment: int


@dataclass(frozen=True)
class MomentNarrowed(Event):
    """Fewer people see it than before: another audience, retired, expired."""

    moment: int


@dataclass(frozen=True)
class MomentDeleted(Event):
    moment: int
    author: int


@dataclass(frozen=True)
class MomentLiked(Event):
    """`on` is False when it was taken back."""

    moment: int
    member: int
    on: bool


@dataclass(frozen=True)
class MomentCommentWritten(Event):
    """`answers` is the author of the comment that this one answers."""

    comment: int
    moment: int
    author: int
    answers: int | None


@dataclass(frozen=True)
class MomentCommentDeleted(Event):
    comment: int
    moment: int


@dataclass(frozen=True)
class MomentHidden(Event):
    """Out of sight for all but its author, by those who run the site, or back again."""

    moment: int
    hidden: bool


@dataclass(frozen=True)
class MomentCommentHidden(Event):
    comment: int
    moment: int
    hidden: bool
