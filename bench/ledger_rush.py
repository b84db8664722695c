"""Many at once from one wallet: what it cannot pay is not paid, what is asked twice happens once, ceilings hold."""

import threading
from collections import Counter
from http.client import HTTPConnection

from bench.crowd import Visitor
from bench.harness import Figure
from bench.ledger_site import TAPS, Books

RUSH, SAME, PARALLEL = 200, 50, 100
CEILING = 100
"""Minor units that the thrifty one gives in a day."""


def at_once(port: int, requests: list[tuple[Visitor, str]]) -> list[tuple[int, str]]:
    """Post all in one moment, each on a connection of its own; status and body of each."""
    answers: list[tuple[int, str]] = [(0, "")] * len(requests)
    gate = threading.Barrier(len(requests))

    def work(place: int, visitor: Visitor, body: str) -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        connection.connect()
        gate.wait()
        connection.request("POST", "/tips", body, visitor.headers)
        answer = connection.getresponse()
        answers[place] = (answer.status, answer.read().decode())
        connection.close()

    threads = [threading.Thread(target=work, args=(place, *each)) for place, each in enumerate(requests)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def rush_figures(port: int, books: Books) -> list[Figure]:
    return [_poor(port, books), *_same(port, books), _thrifty(port, books)]


def _exact(name: str, shown: str, goal: str, right: bool) -> Figure:
    return Figure(name, shown, goal, 1.0 if right else 2.0, True)


def _poor(port: int, books: Books) -> Figure:
    people = [books.poor[place % len(books.poor)] for place in range(RUSH)]
    answers = at_once(port, [(each, books.tip(f"poor-{place}")) for place, each in enumerate(people)])
    given = books.number("SELECT COUNT(*) FROM tip WHERE giver_id = ?", books.poor_id)
    left = books.number("SELECT balance FROM ledger_account WHERE owner_id = ?", books.poor_id)
    lowest = books.number(
        "SELECT MIN(e.balance) FROM ledger_entry e JOIN ledger_account a ON a.id = e.account_id WHERE a.owner_id = ?",
        books.poor_id,
    )
    statuses = Counter(status for status, _ in answers)
    right = given == TAPS == statuses[303] and left == 0 == lowest and statuses[409] == RUSH - TAPS
    shown = f"{given} given, {left} left, lowest {lowest}; answers {dict(statuses)}"
    return _exact(f"{RUSH} tips at once, money for {TAPS}", shown, f"exactly {TAPS}, never below zero", right)


def _same(port: int, books: Books) -> list[Figure]:
    answers = at_once(port, [(books.rich, books.tip("the-same"))] * SAME)
    given = books.number("SELECT COUNT(*) FROM tip WHERE giver_id = ?", books.rich_id)
    kinds = Counter(answers)
    other = at_once(port, [(books.rich, books.tip("the-same", "0.02"))])[0][0]
    still = books.number("SELECT COUNT(*) FROM tip WHERE giver_id = ?", books.rich_id)
    shown = f"{given} posting, {len(kinds)} kind of answer ({answers[0][0]})"
    return [
        _exact(f"the same key {SAME} times at once", shown, "1 posting, equal answers",
               given == 1 == len(kinds) and answers[0][0] == 303),
        _exact("the same key for another amount", f"{other}, {still} posting", "409", other == 409 and still == 1),
    ]  # fmt: skip


def _thrifty(port: int, books: Books) -> Figure:
    """In many sessions of one member at once, each with another random amount."""
    books.change_setting("tips_day", CEILING)
    threading.Event().wait(2.5)  # as old as settings may be in another process
    random = f"kind=post&id={books.post}&key=thrifty-"
    requests = [(each, f"{random}{place}") for place, each in enumerate(books.thrifty[:PARALLEL])]
    answers = at_once(port, requests)
    counted = "SELECT COALESCE(SUM(amount), 0), COUNT(*) FROM tip WHERE giver_id = ?"
    total, given = books.rows(counted, books.thrifty_id)[0]
    books.change_setting("tips_day", 10**12)
    threading.Event().wait(2.5)
    statuses = Counter(status for status, _ in answers)
    shown = f"{given} given, {total} of {CEILING}; answers {dict(statuses)}"
    right = 0 < total <= CEILING and given == statuses[303] and statuses[303] + statuses[429] == PARALLEL
    return _exact(f"a ceiling under {PARALLEL} parallel tips", shown, "never above it", right)
