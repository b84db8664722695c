"""Connection, transactions, migrations.

`atomic()` is one write transaction: IMMEDIATE on SQLite, so two writers queue instead of failing half way.
Nothing slow inside it: no network, no templates, no cleaning of texts.
"""

import fcntl
import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from peewee import Database, PostgresqlDatabase, SqliteDatabase
from playhouse.db_url import connect
from playhouse.migrations import Runner

from core.config import Config, own_file
from core.errors import DatabaseTooNew
from models import database

log = logging.getLogger("quanzi.db")

MIGRATIONS = Path(__file__).parent.parent / "migrations"
PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": "normal",
    "foreign_keys": 1,
    "busy_timeout": 30_000,
    "cache_size": -16_384,
    "temp_store": "memory",
    "wal_autocheckpoint": 4_000,
}

_local = threading.local()


def open_database(config: Config) -> Database:
    """Point the models at the configured database. Connects at first use, so a process may fork after this."""
    if config.database_url:
        opened = connect(config.database_url)
    else:
        opened = SqliteDatabase(
            own_file(config.data / "quanzi.sqlite3"), pragmas=PRAGMAS, lock_type="IMMEDIATE", timeout=30
        )
    database.initialize(opened)
    return opened


def is_postgres() -> bool:
    return isinstance(database.obj, PostgresqlDatabase)


@contextmanager
def atomic(*, durable: bool = False) -> Iterator[None]:
    """One write transaction, or a savepoint inside one. `durable` waits for the disk at commit (money)."""
    if database.in_transaction():
        mark = len(_local.callbacks)
        try:
            with database.atomic():
                yield
        except BaseException:
            del _local.callbacks[mark:]
            raise
        return
    _wait_for_disk(durable)
    with nullcontext() if is_postgres() else _turns.take(f"{database.obj.database}-turn"):
        _local.callbacks = []
        _local.durable = durable
        with database.atomic():
            yield
    callbacks, _local.callbacks = _local.callbacks, []
    for callback in callbacks:
        _run(callback)


def _wait_for_disk(durable: bool) -> None:
    """Whether the next commit of this connection does. Refused inside a transaction, and kept until it is told
    otherwise, so that whoever pays again and again says it once."""
    if is_postgres():
        return
    wanted, connection = ("full" if durable else "normal"), database.connection()
    told, said = getattr(_local, "waits", (None, ""))
    if told is not connection or said != wanted:
        database.execute_sql(f"PRAGMA synchronous={wanted}")
        _local.waits = (connection, wanted)


def is_durable() -> bool:
    """Whether this thread is in a transaction that waits for the disk at its end."""
    return database.in_transaction() and bool(getattr(_local, "durable", False))


@contextmanager
def snapshot() -> Iterator[None]:
    """Read the database as it is at one moment, without holding up those who write. Inside a transaction, as that sees
    it."""
    if database.in_transaction():
        yield
    elif is_postgres():
        with database.atomic(isolation_level="REPEATABLE READ"):
            yield
    else:
        with database.atomic("DEFERRED"):
            yield


class _Turns:
    """SQLite lets whoever waits for its lock look again after ever longer pauses, and whoever writes again at once
    finds it free: of two processes that write as fast as they can, one waits for seconds. The system wakes those who
    wait for the lock of a file in order, and without a pause; the threads of one process wait for each other first."""

    def __init__(self) -> None:
        self.begin()
        os.register_at_fork(after_in_child=self.begin)

    def begin(self) -> None:
        """A child shares neither the threads nor the place in the queue of its parent."""
        self.gate = threading.Lock()
        self.file = -1
        self.path = ""

    @contextmanager
    def take(self, path: str) -> Iterator[None]:
        with self.gate:
            if self.path != path or not os.fstat(self.file).st_nlink:  # another database, or put back from a backup
                if self.file >= 0:
                    os.close(self.file)
                self.file, self.path = os.open(path, os.O_RDWR | os.O_CREAT, 0o600), path
            fcntl.flock(self.file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(self.file, fcntl.LOCK_UN)


_turns = _Turns()


def after_commit(callback: Callable[[], Any]) -> None:
    """Run once the outermost transaction is committed; dropped with its savepoint; an error is logged, never raised.

    Peewee's own fires after a rolled-back savepoint, and one that raises makes a committed block look failed."""
    if database.in_transaction():
        _local.callbacks.append(callback)
    else:
        _run(callback)


def _run(callback: Callable[[], Any]) -> None:
    try:
        callback()
    except Exception:
        log.exception("after_commit callback failed")


class Prepared:
    """A query whose SQL is built once and run often; building one costs more than running it.

    `build(**values)` returns a peewee query and is called once per `variant` with values that stand for the real ones.
    Whole numbers and strings may vary; what changes the shape of the query belongs into the variant."""

    def __init__(self, build: Callable[..., Any]) -> None:
        self.build = build
        self._known: dict[Any, tuple[str, list[Any]]] = {}

    def rows(self, variant: Any = (), **values: int | str) -> list[tuple[Any, ...]]:
        known = self._known.get((type(database.obj), variant))
        if known is None:
            known = self._compile(variant, values)
            self._known[(type(database.obj), variant)] = known
        sql, params = known
        filled = [values[param.name] if isinstance(param, _Slot) else param for param in params]
        return list(database.execute_sql(sql, filled).fetchall())

    def _compile(self, variant: Any, values: dict[str, Any]) -> tuple[str, list[Any]]:
        marks: dict[str, Any] = {
            name: f"\0{name}" if isinstance(value, str) else -(2**62) - place
            for place, (name, value) in enumerate(values.items())
        }
        slots = {mark: _Slot(name) for name, mark in marks.items()}
        sql, params = self.build(*([variant] if variant != () else []), **marks).sql()
        return sql, [slots.get(param, param) if isinstance(param, int | str) else param for param in params]


@dataclass(frozen=True)
class _Slot:
    name: str


def release() -> None:
    """End of a request or job: leave no open transaction behind on this thread's connection."""
    if database.obj is None or database.is_closed():
        return
    left_open = database.in_transaction()
    while database.in_transaction():  # peewee refuses to close inside one; the end of the connection undoes it
        database.pop_transaction()
    if left_open or is_postgres():
        database.close()


# ---- migrations ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Chain:
    """Migrations in order with a history of their own: the core's, or those of a blueprint that brings tables."""

    name: str
    folder: Path
    history: str


CORE = Chain("core", MIGRATIONS, "schema_migration")
_chains = {CORE.name: CORE}


def add_chain(blueprint: str, folder: Path) -> None:
    """A blueprint's own migrations; their history is the table `<blueprint>_schema_migration`."""
    _chains[blueprint] = Chain(blueprint, folder, f"{blueprint}_schema_migration")


def chains() -> tuple[Chain, ...]:
    """The core's first, then the blueprints' in the order in which they were loaded."""
    return tuple(_chains.values())


def runner(chain: Chain = CORE) -> Runner:
    return Runner(database.obj, str(chain.folder), table_name=chain.history)


def pending() -> list[str]:
    """Names of migrations not yet applied, those of a blueprint as `polls:0001_initial`.

    Raises DatabaseTooNew when the database knows one that the code lacks."""
    waiting, unknown = [], []
    for chain in chains():
        prefix = "" if chain is CORE else f"{chain.name}:"
        for migration in runner(chain).status():
            if migration.path is None:
                unknown.append(prefix + migration.name)
            elif not migration.applied:
                waiting.append(prefix + migration.name)
    if unknown:
        raise DatabaseTooNew(", ".join(unknown))
    return waiting


def migrate() -> list[str]:
    """Apply what is pending and return the names. Raises DatabaseTooNew."""
    waiting = pending()
    for chain in chains():
        runner(chain).up()
    return waiting
