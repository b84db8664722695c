"""What can happen: frozen dataclasses named in the past tense, announced by actions, heard by blueprints.

`listen(Event)` runs in the announcing transaction and may write rows, nothing else. `listen(Event, after=True)` runs
after the commit; it may be lost in a crash, is logged when it fails and never raises.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from core.db import after_commit


@dataclass(frozen=True)
class Event:
    """Base of everything that can be announced."""


E = TypeVar("E", bound=Event)
Listener = Callable[[Any], None]

_inside: dict[type[Event], list[Listener]] = defaultdict(list)
_after: dict[type[Event], list[Listener]] = defaultdict(list)


def listen(event: type[E], *, after: bool = False) -> Callable[[Callable[[E], None]], Callable[[E], None]]:
    def register(function: Callable[[E], None]) -> Callable[[E], None]:
        listeners = (_after if after else _inside)[event]
        if function not in listeners:
            listeners.append(function)
        return function

    return register


def announce(event: Event) -> None:
    """Tell every listener. Call it inside the transaction of the change it speaks of."""
    for listener in _inside[type(event)]:
        listener(event)
    for listener in _after[type(event)]:
        after_commit(lambda listener=listener: listener(event))


def heard() -> dict[str, int]:
    """How many listeners each event has; for the docs test and `flask blueprints`."""
    return {event.__name__: len(_inside[event]) + len(_after[event]) for event in {**_inside, **_after}}
