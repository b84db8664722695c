"""The books beside a model of them, in this process: many random operations, several seeds."""

import shutil
import time
from pathlib import Path

from bench.harness import Figure, environ, flask, tell
from bench.ledger_model import Dice, Pair, standing_clock

PEOPLE = 6


def model_figures(where: Path, seeds: int, operations: int) -> list[Figure]:
    told, wrong, begun = 0, list[str](), time.monotonic()
    blank = where / "blank-books"
    if not blank.exists():
        flask(blank, "migrate")
    for seed in range(1, seeds + 1):
        data = where / "books"
        shutil.rmtree(data, ignore_errors=True)
        shutil.copytree(blank, data)
        postings, problem = _play(data, seed, operations)
        told += postings
        wrong += [f"seed {seed}: {problem}"] if problem else []
        tell(f"model: seed {seed} of {seeds}, {postings} postings, {time.monotonic() - begun:.0f} s{problem}")
    shown = f"{seeds} x {operations} operations, {told} postings: " + (wrong[0] if wrong else "no difference")
    return [Figure("the books beside a model", shown, "no difference", 2.0 if wrong else 1.0, True)]


def _play(data: Path, seed: int, operations: int) -> tuple[int, str]:
    """How many postings it made, and where books and model differ."""
    from app import create_app
    from core import ledger
    from models import database

    with create_app(environ(data)).app_context():
        try:
            pair = Pair(_people())
            dice = Dice(pair, seed)
            with standing_clock(pair):
                for _ in range(operations):
                    dice.throw()
                pair.compare(pair.accounts)
            found = ledger.prove()
        except AssertionError as error:
            return 0, f" {error}"
        finally:
            database.close()
        return len(pair.ids), f" {found[0]}" if found else ""


def _people() -> list[int]:
    from models import Member

    numbers = list(range(1, PEOPLE + 1))
    columns = ("id", "username", "username_key", "display_name", "password_hash", "password_changed_at", "created_at")
    rows = [(number, f"m{number}", f"m{number}", "M", "!", 0, 0) for number in numbers]
    Member.insert_many(rows, columns).execute()
    return numbers
