"""Background work. The row is the truth, huey is only the doorbell and the worker: a lost queue loses nothing.

`later()` writes a row in the caller's transaction and rings after the commit. The worker claims a row before it runs
it; a claim whose worker stopped beating is free again, so a kill in the middle means a second try. Handlers must
therefore stand being run twice.
"""

import json
import logging
import os
import secrets
import socket
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from huey import SqliteHuey
from huey.consumer import Consumer
from peewee import IntegrityError

from core import clock, once, rates, stream_log
from core.config import Config, own_file
from core.db import after_commit, atomic, release
from models import Job, WorkerBeat

log = logging.getLogger("quanzi.jobs")
logging.getLogger("huey").setLevel(logging.WARNING)

MAX_ATTEMPTS = 5
BEAT_SECONDS = 5
LOOK_SECONDS = 1
DEAD_AFTER_MS = 30 * clock.SECOND
SHORTEST_REST = 0.05
"""Seconds. A rest lasts twice as long as its batch took, so that whoever waits to write gets a turn, which SQLite does
not see to, and pages have the machine for most of the time."""

KEPT_MS = 7 * clock.DAY
FAILED_KEPT_MS = 30 * clock.DAY  # long enough to be tried again; their arguments may name somebody

Handler = Callable[..., None]
Around = Callable[[Callable[[], None]], None]
Watcher = Callable[[], int | None]


@dataclass(frozen=True)
class Running:
    """The job that is being carried out, first argument of its handler."""

    id: int

    def progress(self, percent: int) -> None:
        Job.update(progress=max(0, min(100, percent))).where(Job.id == self.id).execute()


@dataclass(frozen=True)
class Recurring:
    name: str
    every_seconds: int


_handlers: dict[str, Handler] = {}
_recurring: dict[str, Recurring] = {}
_watchers: dict[str, Watcher] = {}
_bell: SqliteHuey | None = None
_ring_task: Any = None


def _bare(work: Callable[[], None]) -> None:
    work()


_around: Around = _bare


def job(name: str, *, every_seconds: int = 0) -> Callable[[Handler], Handler]:
    """Register a handler `(running, **args)`. With `every_seconds` it also runs by itself, at least that far apart."""

    def register(handler: Handler) -> Handler:
        known = _handlers.get(name)
        if known is not None and known.__qualname__ != handler.__qualname__:
            raise ValueError(f"job {name} is declared twice")
        _handlers[name] = handler
        if every_seconds:
            _recurring[name] = Recurring(name, every_seconds)
        return handler

    return register


def each_second(name: str) -> Callable[[Watcher], Watcher]:
    """Register what the worker calls every second, for rows of a blueprint's own that have a time. It returns when (ms
    since 1970) the next of them is due, and is called then; None leaves it at the second. Several workers call it at
    the same time, and what it does must be quick."""

    def register(watcher: Watcher) -> Watcher:
        _watchers[name] = watcher
        return watcher

    return register


def in_batches(work: Callable[[], bool]) -> None:
    """As long as there is more: a batch a transaction, with a rest after each, so that others write in between."""
    while True:
        began = clock.monotonic()
        with atomic():
            more = work()
        if not more:
            return
        threading.Event().wait(max(SHORTEST_REST, 2 * (clock.monotonic() - began)))


def names() -> list[str]:
    return sorted(_handlers)


def recurring() -> list[Recurring]:
    return sorted(_recurring.values(), key=lambda each: each.name)


def open_queue(config: Config, around: Around) -> None:
    """`around(work)` gives a job what a request has: an application context."""
    global _bell, _ring_task, _around
    _bell = SqliteHuey("quanzi", filename=own_file(config.data / "jobs.sqlite3"), results=False, fsync=False)
    _ring_task = _bell.task(name="run_job")(run)
    _around = around


def later(
    name: str, args: dict[str, Any] | None = None, *, due: int | None = None, unique_key: str | None = None
) -> int:
    """Write a job, to run at `due` (ms since 1970; now when None); returns its id.

    `unique_key` makes it once: while such a row exists its id is returned instead. Raises LookupError for a name
    that no blueprint registered."""
    if name not in _handlers:
        raise LookupError(f"unknown job {name}")
    now = clock.now()
    try:
        with atomic():
            row = Job.create(
                name=name,
                args=json.dumps(args or {}),
                unique_key=unique_key,
                due_at=now if due is None else due,
                created_at=now,
            )
            if row.due_at <= now:
                after_commit(lambda: _ring(row.id))
            return int(row.id)
    except IntegrityError:
        return int(Job.get(Job.unique_key == unique_key).id)


def _ring(job_id: int) -> None:
    if _ring_task is not None:
        _ring_task(job_id)


# ---- the worker ---------------------------------------------------------------------------------------------


_worker_names: dict[int, str] = {}


def _worker_name() -> str:
    """Unlike any other's, also of one that had the same number before: in a container they repeat."""
    number = os.getpid()
    if number not in _worker_names:
        _worker_names[number] = f"{socket.gethostname()[:40]}:{number}:{secrets.token_hex(4)}"
    return _worker_names[number]


def _claim(job_id: int) -> Job | None:
    now = clock.now()
    alive = WorkerBeat.select(WorkerBeat.worker).where(WorkerBeat.beat_at > now - DEAD_AFTER_MS)
    free = Job.claimed_by.is_null() | Job.claimed_by.not_in(alive)
    claimed = (
        Job.update(claimed_at=now, claimed_by=_worker_name(), attempts=Job.attempts + 1)
        .where(Job.id == job_id, Job.done_at.is_null(), Job.failed_at.is_null(), Job.due_at <= now, free)
        .execute()
    )
    return Job.get_by_id(job_id) if claimed else None


def run(job_id: int) -> None:
    """Carry out one job if it is due and free; its end is written down, an error is tried again with a pause."""
    row = _claim(job_id)
    if row is None:
        return
    handler = _handlers.get(row.name)
    try:
        if row.attempts > MAX_ATTEMPTS:
            raise RuntimeError("its worker was killed in the middle, each time it was tried")
        if handler is None:
            raise LookupError(f"unknown job {row.name}")
        _around(lambda: handler(Running(row.id), **json.loads(row.args)))
    except Exception:
        log.exception("job %s (%s) failed, attempt %s", row.id, row.name, row.attempts)
        _failed(row, traceback.format_exc(limit=8)[-4000:])
    else:
        done = {"done_at": clock.now(), "progress": 100, "claimed_by": None, "unique_key": None}
        Job.update(**done).where(Job.id == row.id).execute()
    finally:
        release()


def _failed(row: Job, error: str) -> None:
    if row.attempts >= MAX_ATTEMPTS:
        changes = {"failed_at": clock.now(), "unique_key": None}
    else:
        changes = {"due_at": clock.now() + 10_000 * 2**row.attempts}
    Job.update(error=error, claimed_by=None, **changes).where(Job.id == row.id).execute()


def due(limit: int = 100) -> list[int]:
    """Ids of jobs that wait for a worker, oldest first."""
    alive = WorkerBeat.select(WorkerBeat.worker).where(WorkerBeat.beat_at > clock.now() - DEAD_AFTER_MS)
    rows = (
        Job.select(Job.id)
        .where(
            Job.done_at.is_null(),
            Job.failed_at.is_null(),
            Job.due_at <= clock.now(),
            Job.claimed_by.is_null() | Job.claimed_by.not_in(alive),
        )
        .order_by(Job.due_at)
        .limit(limit)
    )
    return [id_ for (id_,) in rows.tuples()]


def again(job_id: int) -> bool:
    """Give a job that failed for good its tries back; False when there is no such job."""
    with atomic():
        changed = (
            Job.update(failed_at=None, attempts=0, due_at=clock.now(), error=None)
            .where(Job.id == job_id, Job.failed_at.is_null(False))
            .execute()
        )
        if changed:
            after_commit(lambda: _ring(job_id))
        return bool(changed)


def plan_recurring() -> None:
    """Write the next row of every recurring job that has none waiting."""
    for each in recurring():
        last = Job.select(Job.created_at).where(Job.name == each.name).order_by(Job.id.desc()).first()
        if last is None or last.created_at <= clock.now() - each.every_seconds * 1000:
            later(each.name, unique_key=f"every:{each.name}")


def beat() -> None:
    now = clock.now()
    WorkerBeat.insert(worker=_worker_name(), beat_at=now).on_conflict(
        conflict_target=[WorkerBeat.worker], update={WorkerBeat.beat_at: now}
    ).execute()
    WorkerBeat.delete().where(WorkerBeat.beat_at < now - clock.DAY).execute()


def alive() -> bool:
    """Whether some worker was heard of lately."""
    return WorkerBeat.select().where(WorkerBeat.beat_at > clock.now() - DEAD_AFTER_MS).exists()


def failed_count() -> int:
    """How many jobs have used up their tries."""
    return int(Job.select().where(Job.failed_at.is_null(False)).count())


def run_due() -> int:
    """Carry out all that is due, here and now; returns how many. For tests and for commands."""
    count = 0
    while waiting := due():
        for job_id in waiting:
            run(job_id)
            count += 1
    return count


def work(stop: threading.Event | None = None) -> None:
    """The job worker: runs until SIGTERM or SIGINT."""
    if _bell is None:
        raise RuntimeError("create_app() has not run")
    stopped = stop or threading.Event()
    beat()
    for each in (_tick, _watch):
        threading.Thread(target=each, args=(stopped,), name=each.__name__, daemon=True).start()
    consumer = Consumer(_bell, workers=2, periodic=False, max_delay=0.5, graceful_signal="TERM")
    try:
        consumer.run()
    finally:
        stopped.set()
        WorkerBeat.delete().where(WorkerBeat.worker == _worker_name()).execute()


def _tick(stopped: threading.Event) -> None:
    """Says that this worker lives, and plans what recurs."""
    while not stopped.wait(BEAT_SECONDS):
        try:
            beat()
            plan_recurring()
        except Exception:
            log.exception("tick failed")
        finally:
            release()


def _watch(stopped: threading.Event) -> None:
    """Rings at the moment that a job is due, also for what a lost doorbell or a dead worker left behind; and calls
    those who watch rows of their own. In a thread of its own: whoever is slow here does not stop the beat."""
    rung: dict[int, float] = {}
    pause = 0.0
    while not stopped.wait(pause):
        try:
            _ring_due(rung)
            moments = [_next_due(), *map(_call, list(_watchers))]
            ahead = min((moment - clock.now() for moment in moments if moment is not None), default=1000 * LOOK_SECONDS)
            pause = min(max(ahead / 1000, 0.02), LOOK_SECONDS)
        except Exception:
            log.exception("watching the time failed")
            pause = LOOK_SECONDS
        finally:
            release()


def _ring_due(rung: dict[int, float]) -> None:
    """Once for each job in a beat: where all workers are busy, ringing every second would only fill the queue."""
    now = clock.monotonic()
    for id_ in [id_ for id_, at in rung.items() if at <= now - BEAT_SECONDS]:
        del rung[id_]
    for id_ in due():
        if id_ not in rung:
            rung[id_] = now
            _ring(id_)


def _next_due() -> int | None:
    """When the next job is due, as far as that is within a second."""
    now = clock.now()
    soon = (Job.due_at > now) & (Job.due_at <= now + 1000 * LOOK_SECONDS)
    waiting = Job.done_at.is_null() & Job.failed_at.is_null() & soon
    moment: int | None = Job.select(Job.due_at).where(waiting).order_by(Job.due_at).limit(1).scalar()
    return moment


def _call(name: str) -> int | None:
    moments: list[int | None] = [None]
    try:
        _around(lambda: moments.append(_watchers[name]()))
    except Exception:
        log.exception("%s failed", name)
    return moments[-1]


@job("jobs.sweep", every_seconds=24 * 3600)
def _sweep(running: Running) -> None:
    now = clock.now()
    Job.delete().where((Job.done_at < now - KEPT_MS) | (Job.failed_at < now - FAILED_KEPT_MS)).execute()
    rates.sweep()
    once.sweep()
    stream_log.sweep()
