"""What can happen to a poll."""

from dataclasses import dataclass

from core.signals import Event


@dataclass(frozen=True)
class PollOpened(Event):
    poll: int


@dataclass(frozen=True)
class PollClosed(Event):
    poll: int
