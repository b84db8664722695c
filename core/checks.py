"""What `flask doctor` looks at. Each check gives one line for each thing that is wrong, with its cure.

Blueprints add theirs in their `checks.py`.
"""

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from peewee import Model

from core import config, db, jobs, search
from core.errors import DatabaseTooNew
from models import database

Check = Callable[[], Iterable[str]]
_checks: dict[str, Check] = {}


def check(name: str) -> Callable[[Check], Check]:
    """Register a check under a name such as `circles.counters`."""

    def register(function: Check) -> Check:
        _checks[name] = function
        return function

    return register


def problems(part: str = "") -> Iterator[tuple[str, str]]:
    """Name of the check and one line, for everything that is wrong, in all checks or in a part of them. A check that
    breaks is a problem of its own."""
    for name in names(part):
        try:
            for line in _checks[name]():
                yield name, line
        except Exception as error:
            yield name, f"could not be checked: {error}"


def names(part: str = "") -> list[str]:
    """Of all checks, or of `ledger` and `ledger.escrow` where `ledger` is asked for."""
    return [name for name in _checks if not part or name == part or name.startswith(f"{part}.")]


def counter(model: type[Model], column: Any, truth: Any) -> Iterator[str]:
    """A line for each of the first rows whose counter differs from `truth`, a subquery that counts."""
    key = model._meta.primary_key
    wrong = model.select(key, column, truth).where(column != truth).limit(10)
    for id_, kept, counted in wrong.tuples():
        yield f"{model.__name__} {id_}: {column.name} says {kept}, there are {counted}"


# ---- the house itself ---------------------------------------------------------------------------------------


@check("data.modes")
def _modes() -> Iterator[str]:
    data = config.current().data
    secrets = data / "secrets.json"
    if stat.S_IMODE(secrets.stat().st_mode) & 0o077:
        yield f"{secrets} can be read by others; chmod 600 {secrets}"
    for path in (data, *(data / name for name in config.FOLDERS)):
        if not path.is_dir():
            yield f"{path} is missing; mkdir {path}"
            continue
        if stat.S_IMODE(path.stat().st_mode) & 0o022:
            yield f"{path} can be written by others; chmod go-w {path}"
        if not os.access(path, os.W_OK):
            yield f"{path} cannot be written by this user; give it to the user that runs the site"


@check("database.whole")
def _whole() -> Iterator[str]:
    if db.is_postgres():
        return
    for (line,) in database.execute_sql("PRAGMA quick_check(10)").fetchall():
        if line != "ok":
            yield f"{line}; restore the last backup"
    for table, row, parent, _ in database.execute_sql("PRAGMA foreign_key_check").fetchmany(10):
        yield f"row {row} of {table} refers to a row of {parent} that is not there"


@check("database.migrations")
def _migrations() -> Iterator[str]:
    try:
        waiting = db.pending()
    except DatabaseTooNew as error:
        yield str(error)
        return
    if waiting:
        yield f"{len(waiting)} migrations wait; flask migrate"


@check("jobs.worker")
def _worker() -> Iterator[str]:
    if not jobs.alive():
        yield "no worker was heard of in the last 30 seconds; start run.py or flask work"


@check("jobs.failed")
def _failed() -> Iterator[str]:
    failed = jobs.failed_count()
    if failed:
        yield f"{failed} jobs failed for good; look at /admin/jobs"


@check("search.index")
def _search() -> Iterator[str]:
    if not db.is_postgres():
        try:
            database.execute_sql("INSERT INTO search_fts(search_fts, rank) VALUES ('integrity-check', 1)")
        except Exception as error:
            yield f"the index is damaged ({error}); flask reindex"
    for kind in search.indexed_kinds():
        gone = search.orphans(kind)
        if gone is not None and (count := gone.count()):
            yield f"{count} documents of kind {kind} belong to nothing; flask reindex"
