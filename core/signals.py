"""What can happen: frozen dataclasses named in the past tense, announced by actions, heard by blueprints.

`listen(Event)` runs in the announcing transaction and may write rows, nothing else. `listen(Event, after=True)` runs
after the commit; it may be lost in a crash, is logged when it fails and never raises.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from core.db import after_commit


@dataclass(frozen=True)
class Event:
    """Base of everything that can be announced."""


Listener = Callable[[Any], None]

_inside: dict[type[Event], list[Listener]] = defaultdict(list)
_after: dict[type[Event], list[Listener]] = defaultdict(list)


def listen(*events: type[Event], after: bool = False) -> Callable[[Listener], Listener]:
    def register(function: Listener) -> Listener:
        for event in events:
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
        after_commit(partial(listener, event))


def heard() -> dict[str, int]:
    """How many listeners each event has; for the docs test and `flask blueprints`."""
    return {event.__name__: len(_inside[event]) + len(_after[event]) for event in {**_inside, **_after}}
