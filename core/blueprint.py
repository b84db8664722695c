"""What every feature is built from: a Flask blueprint that names its needs, its place in the navigation and the
permission of every route, and may show something on other features' pages (slots)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import flask
from flask_babel import LazyString

from core.policy import Actor


@dataclass(frozen=True)
class Place:
    """A place in the bar and the rail. `order` sorts: Circles 10, Live 20, Feed 30, Messages 40, Me 50. It is lit on
    the pages of its own blueprint and of those in `covers`. Pages in `about` are about the member whom their address
    names: it is lit there for that member alone."""

    endpoint: str
    label: LazyString
    icon: str
    order: int
    permission: str
    covers: tuple[str, ...] = ()
    about: tuple[str, ...] = ()


Unread = Callable[[Actor], bool]
_unread: dict[str, Unread] = {}

SlotFunction = Callable[[Actor, list[Any]], Mapping[Any, str]]
_slots: dict[str, list[SlotFunction]] = defaultdict(list)
SLOTS: dict[str, str] = {}


class Blueprint(flask.Blueprint):
    """`needs` names the blueprints whose actions and queries this one may import; they are loaded first."""

    def __init__(
        self, name: str, *, title: str, needs: tuple[str, ...] = (), place: Place | None = None, **options: Any
    ) -> None:
        super().__init__(name, f"blueprints.{name}", **options)
        self.title = title
        self.needs = needs
        self.place = place
        self.permissions: dict[str, str] = {}

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Callable[..., Any] | None = None,
        provide_automatic_options: bool | None = None,
        *,
        permission: str = "",
        **options: Any,
    ) -> None:
        """Every route names its permission; without one the app does not start."""
        name = endpoint or getattr(view_func, "__name__", "")
        if not permission:
            raise ValueError(f"route {rule} of blueprint {self.name} names no permission")
        self.permissions[str(name)] = permission
        super().add_url_rule(rule, endpoint, view_func, provide_automatic_options, **options)


def tells_unread(endpoint: str) -> Callable[[Unread], Unread]:
    """Say whether the place that leads to this endpoint carries its dot. Asked once for each page of a member, so one
    quick query at most."""

    def register(function: Unread) -> Unread:
        _unread[endpoint] = function
        return function

    return register


def has_unread(actor: Actor, place: Place) -> bool:
    tells = _unread.get(place.endpoint)
    return tells is not None and actor.signed_in and tells(actor)


def declare_slot(name: str, sentence: str) -> None:
    """Offer a place on a page that other blueprints can fill; `sentence` says what is handed over and expected."""
    SLOTS[name] = sentence


def fills(name: str) -> Callable[[SlotFunction], SlotFunction]:
    """Show something in another feature's slot. The function `(actor, things) -> {id of thing: safe HTML}` is asked
    once for the whole list, never per row."""

    def register(function: SlotFunction) -> SlotFunction:
        if function not in _slots[name]:
            _slots[name].append(function)
        return function

    return register


def slot(name: str, actor: Actor, things: Iterable[Any]) -> dict[Any, list[str]]:
    """What every filler shows for each thing, in the order in which the blueprints were loaded."""
    if name not in SLOTS:
        raise LookupError(f"unknown slot {name}")
    listed = list(things)
    shown: dict[Any, list[str]] = defaultdict(list)
    for function in _slots.get(name, ()):
        for id_, html in function(actor, listed).items():
            shown[id_].append(html)
    return shown


def filled_slots() -> dict[str, int]:
    return {name: len(functions) for name, functions in _slots.items() if functions}
