"""Whether the books are right and quick: beside a model, under a rush, under load, through kills.

    .venv/bin/python bench/ledger.py --quick

The books do what a model of a hundred lines does, operation by operation. Two hundred tips come at once from a wallet
that can pay for fifty. Tips a second stand beside a bare view that writes one row as durably, on the same server
settings. Everything is killed at random moments while people pay. A million random amounts are counted.
"""

import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.harness import Figure, folder, gunicorn, options, report, tell
from bench.ledger_books import model_figures
from bench.ledger_kills import kill_figures
from bench.ledger_load import load_figures
from bench.ledger_rush import rush_figures
from bench.ledger_site import books
from bench.live_tools import tools

DRAWS = {"quick": 100_000, "full": 1_000_000}
CHI_SQUARE_999 = 147.0
"""With 98 degrees of freedom, a fair draw lies above it once in a thousand runs (table of the distribution: 147.01)."""


@dataclass(frozen=True)
class Size:
    seeds: int
    operations: int
    rounds: int
    seconds: float
    kills: int
    payments: int


SIZES = {"quick": Size(2, 1500, 2, 3, 3, 600), "full": Size(50, 10_000, 5, 10, 50, 10_000)}


def main() -> int:
    parts = {"no-model": "leave the model out", "no-load": "leave rush and load out", "no-kills": "leave kills out"}
    asked = options(__doc__ or "", **parts)
    name = "full" if asked.full else "quick"
    size, figures = SIZES[name], list[Figure]()
    with folder(asked.keep) as where:
        if not asked.no_model:
            figures += [*model_figures(where, size.seeds, size.operations), draws(DRAWS[name])]
        if not (asked.no_load and asked.no_kills):
            made, scene = tools(where), books(where)
            tell("the scene is set")
            if not asked.no_load:
                with gunicorn("app:create_app()", scene.data, "/circles/") as server:
                    with gunicorn("bench.durable:app", scene.data) as bare:
                        figures += load_figures(made, where, server, bare, scene, size.rounds, size.seconds)
                    figures += rush_figures(server.port, scene)
            if not asked.no_kills:
                figures += kill_figures(made, where, scene, size.kills, size.payments)
    how = [
        f"model: {size.seeds} seeds of {size.operations} operations each, in one process, both asked after each",
        f"load: {size.rounds} rounds of {size.seconds:.0f} s each, the bare view and tips in turn, gunicorn with two "
        "processes, SQLite that waits for the disk at each commit; the ratio is the median of the rounds",
        f"kills: run.py and all its processes, {size.kills} times at random moments, while eight connections pay",
        f"amounts: {DRAWS[name]} draws, chi-square over the 99 amounts; a fair draw falls short once in 1,000 runs",
    ]
    return report(figures, how, as_json=asked.json)


def draws(many: int) -> Figure:
    from blueprints.wallet.tipping import MOST_DRAWN, drawn

    counts = Counter(drawn() for _ in range(many))
    expected = many / MOST_DRAWN
    outside = sum(times for amount, times in counts.items() if not 1 <= amount <= MOST_DRAWN)
    chi = sum((counts[amount] - expected) ** 2 / expected for amount in range(1, MOST_DRAWN + 1))
    shown = f"chi-square {chi:.0f} over {many} draws, {outside} outside"
    ratio = 2.0 if outside else chi / CHI_SQUARE_999
    return Figure("random amounts", shown, f"below {CHI_SQUARE_999:.0f}", ratio, True)


if __name__ == "__main__":
    sys.exit(main())
