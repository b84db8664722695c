"""What happens in moderation. `circle` is None where those who run the site decide."""

from dataclasses import dataclass

from core.signals import Event


@dataclass(frozen=True)
class CaseOpened(Event):
    case: int
    circle: int | None


@dataclass(frozen=True)
class DecisionMade(Event):
    """`tells` when whom it concerns is to be told of it now."""

    decision: int
    circle: int | None
    tells: bool


@dataclass(frozen=True)
class AppealMade(Event):
    decision: int
    circle: int | None


@dataclass(frozen=True)
class AppealDecided(Event):
    decision: int
    circle: int | None
    upheld: bool
