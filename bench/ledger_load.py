"""How many tips a second two web workers take, beside a bare view that writes one row as durably."""

from pathlib import Path

from bench.harness import Figure, Server, median, processor_seconds, tell
from bench.ledger_site import Books
from bench.live_tools import Poster, Tools

CONNECTIONS = 8
LEAST_SHARE = 0.4


def load_figures(
    made: Tools, where: Path, server: Server, bare: Server, books: Books, rounds: int, seconds: float
) -> list[Figure]:
    """In turn: the bare view, then tips."""
    rates, bares, costs, known = list[float](), list[float](), list[float](), 0
    before = books.number("SELECT COUNT(*) FROM tip")
    for turn in range(rounds):
        plain, plain_cost, _ = _round(made, where, bare, "/", "x=@", seconds, books)
        body = books.tip(f"load-{turn}-@")
        tips, tip_cost, accepted = _round(made, where, server, "/tips", body, seconds, books)
        known += accepted
        bares.append(plain)
        rates.append(tips)
        costs.append(tip_cost / plain_cost)
        tell(f"round {turn + 1}: {tips:.0f} tips/s beside {plain:.0f} rows/s, processor time {costs[-1]:.1f} x")
    stored = books.number("SELECT COUNT(*) FROM tip") - before
    share = median([tips / plain for tips, plain in zip(rates, bares, strict=True)])
    shown = f"{median(rates):.0f}/s = {share:.0%} of {median(bares):.0f}/s"
    shown += f" (processor time {median(costs):.1f} x)"
    return [
        Figure("tips a second", shown, f"at least {LEAST_SHARE:.0%}", LEAST_SHARE / max(share, 0.001), True),
        Figure("of them lost", f"{known} acknowledged, {stored} stored", "none", 1.0 if stored >= known else 2.0, True),
    ]


def _round(
    made: Tools, where: Path, server: Server, path: str, body: str, seconds: float, books: Books
) -> tuple[float, float, int]:
    """Accepted a second, processor seconds for each, how many."""
    before = processor_seconds(server.process.pid)
    posted = Poster(
        made, where, server.port, path, books.people, connections=CONNECTIONS, seconds=seconds, body=body
    ).finish()
    accepted = posted.told["accepted"]
    if posted.told["refused"]:
        tell(f"{path}: {posted.told['statuses']}")
    return posted.told["per_second"], (processor_seconds(server.process.pid) - before) / max(1, accepted), accepted
