"""kill -9 of everything in the middle of payments: what was acknowledged is in the books once, and they add up."""

import random
import time
from pathlib import Path

from bench.harness import Figure, tell
from bench.ledger_site import Books
from bench.live_site import Site, site_on
from bench.live_tools import Poster, Tools

START_SECONDS = 5.0
CONNECTIONS = 8
SHORTEST, LONGEST = 0.05, 1.2
"""Seconds of payments between a start and the next kill."""


def kill_figures(made: Tools, where: Path, books: Books, kills: int, payments: int) -> list[Figure]:
    before, dice = books.number("SELECT COUNT(*) FROM tip"), random.Random(3)
    with site_on(books.data) as site:
        poster = Poster(
            made, where, site.port, "/tips", books.people, connections=CONNECTIONS, seconds=3600,
            body=books.tip("kill-@"),
        )  # fmt: skip
        starts = []
        for turn in range(kills):
            time.sleep(dice.uniform(SHORTEST, LONGEST))
            site.kill_all()
            starts.append(_start(site))
            tell(f"kill {turn + 1} of {kills}: up again after {starts[-1]:.1f} s")
        while books.number("SELECT COUNT(*) FROM tip") - before < payments:
            time.sleep(0.2)
        posted = poster.finish(early=True)
    known = posted.acknowledged
    kept = {int(key.rpartition("-")[2]) for (key,) in _keys(books)}
    doubled = books.number(
        "SELECT COUNT(*) FROM (SELECT posting_id FROM tip GROUP BY posting_id HAVING COUNT(*) > 1) AS twice"
    )
    missing = len(known - kept)
    wrong = proof(books)
    shown = f"{len(known)} acknowledged, {len(kept)} in the books: {missing} missing, {doubled} double"
    whole = known and not missing and not doubled and len(kept) >= payments
    slowest = max(starts)
    return [
        Figure(f"{kills} kills during payments", shown, "each exactly once", 1.0 if whole else 2.0, True),
        Figure("the books afterwards", "; ".join(wrong) or "add up", "add up", 2.0 if wrong else 1.0, True),
        Figure("start after a kill", f"longest {slowest:.1f} s", f"under {START_SECONDS:.0f} s",
               slowest / START_SECONDS, False),
    ]  # fmt: skip


def _start(site: Site) -> float:
    begun = time.monotonic()
    site.start()
    return time.monotonic() - begun


def _keys(books: Books) -> list[tuple[str]]:
    return books.rows("SELECT key FROM ledger_posting WHERE key LIKE 'tip:%:kill-%'")  # type: ignore[return-value]


def proof(books: Books) -> list[str]:
    from app import create_app
    from bench.harness import environ
    from core import ledger
    from models import database

    with create_app(environ(books.data)).app_context():
        try:
            return ledger.prove()
        finally:
            database.close()
