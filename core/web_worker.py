"""Gunicorn's threaded worker, less the ways in which a guest can hold its threads: saying nothing, dripping a head, not
reading what they asked for (core/slow_reader.py).

A connection on which nothing was said yet (browsers open such ahead of time) goes back to the poller at once instead
of after five seconds. A head that does not end is treated like a body that does not (core/slow_body.py).
"""

import select
import threading
from typing import Any

from gunicorn.workers import gthread  # type: ignore[import-untyped]

from core.slow_body import Watched, watchdog
from core.slow_reader import PatientSocket, Tails

SILENCE_SECONDS = 0.05

gthread.DEFAULT_WORKER_DATA_TIMEOUT = SILENCE_SECONDS


def _nothing(graceful: bool = False) -> None:
    pass


class Worker(gthread.ThreadWorker):
    """`pre_request` of gunicorn.conf.py must call `head_is_read`."""

    def init_process(self) -> None:
        self.watchdog = watchdog(self.cfg.threads)
        self.tails = Tails(self.cfg.threads) if hasattr(select, "epoll") and not self.cfg.is_ssl else None
        self.reading = threading.local()
        super().init_process()

    def run(self) -> None:
        super().run()
        if self.tails is not None:
            self.tails.wait_until_sent(self.cfg.graceful_timeout)

    def handle(self, conn: Any) -> Any:
        if self.tails is not None and not isinstance(conn.sock, PatientSocket):
            conn.sock = PatientSocket.of(conn.sock, self.tails)
            conn.close = conn.sock.finish
        if not conn.initialized and not conn.data_ready and not conn.wait_for_data(SILENCE_SECONDS):
            return super().handle(conn)  # nothing was said: back to the poller
        self.reading.watched = self.watchdog.watch(conn.sock)
        try:
            return super().handle(conn)
        finally:
            self.head_is_read()
            if conn.sock.fileno() < 0:  # handed over (core/stream_answer.py): there is nothing left to close
                conn.close = _nothing

    def head_is_read(self) -> None:
        watched: Watched | None = getattr(self.reading, "watched", None)
        if watched is not None:
            self.reading.watched = None
            self.watchdog.release(watched)
