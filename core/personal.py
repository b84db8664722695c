"""What the site holds of a member: each blueprint says so in its `personal.py`, with one way to hand out a copy and one
way to erase it. A table that refers to a member and that nobody answers for fails a test.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from peewee import Model

from core import db

Exports = Callable[[int], tuple[dict[str, Any], list[str]]]
Erases = Callable[[int, bool], None]


@dataclass(frozen=True)
class Holding:
    name: str
    tables: tuple[type[Model], ...]
    exports: Exports
    erases: Erases


_holdings: dict[str, Holding] = {}


def holds(name: str, *, exports: Exports, erases: Erases, tables: tuple[type[Model], ...] = ()) -> None:
    """Answer for `tables` under `name` (a blueprint's, and the name of the file in an export).

    `exports(member_id)` gives plain values for JSON and what goes with them, pictures as their keys, files as
    `files/<key>/<name>` and films as `videos/<key>/<name>`; no password, token or word of somebody else.
    `erases(member_id, keeps_words)` runs in the erasing transaction: it writes rows and leaves files to
    `db.after_commit`. Words are removed, or left without their author when `keeps_words`."""
    _holdings[name] = Holding(name, tables, exports, erases)


def holdings() -> list[Holding]:
    return list(_holdings.values())


def answered_for() -> set[type[Model]]:
    """The tables that some blueprint exports and erases."""
    return {table for holding in _holdings.values() for table in holding.tables}


def copies(member_id: int) -> Iterator[tuple[str, dict[str, Any], list[str]]]:
    """Name, content and picture keys of each holding, one after the other."""
    for holding in _holdings.values():
        content, pictures = holding.exports(member_id)
        yield holding.name, content, pictures


def erase(member_id: int, *, keeps_words: bool) -> None:
    """Erase all that is held, in one transaction; the blueprints that were loaded first go last, since the later ones
    refer to what they hold."""
    with db.atomic():
        for holding in reversed(_holdings.values()):
            holding.erases(member_id, keeps_words)
