"""A small model of the books, kept in memory, and random operations that are done to both. Used by bench/ledger.py with
many steps and by tests/core/test_ledger_model.py with few."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from core import clock, ledger
from core.db import atomic
from core.errors import Conflict, MoneyStopped, Overdrawn, Refusal
from core.ledger import Move, Posted

UNIT = "credit"
BANK = ledger.house("issuance", UNIT)
POT = ledger.house("escrow", UNIT, "packet")
UNDO_MS = 5000


@dataclass
class Entry:
    account: str
    amount: int
    free_at: int


@dataclass
class Model:
    """What the books should say: sums in a dictionary, no cleverness."""

    postings: list[list[Entry]] = field(default_factory=list)
    keys: dict[str, tuple[str, int]] = field(default_factory=dict)
    reversed: dict[int, int] = field(default_factory=dict)
    sums: Counter[str] = field(default_factory=Counter)
    holds: list[Entry] = field(default_factory=list)
    stopped: bool = False
    now: int = 0

    def whole(self, account: str) -> int:
        return self.sums[account]

    def free(self, account: str) -> int:
        self.holds = [each for each in self.holds if each.free_at > self.now]
        return self.sums[account] - sum(each.amount for each in self.holds if each.account == account)

    def post(self, entries: list[Entry], key: str, content: str) -> int:
        """The number of the posting, counted from 0. Raises as the ledger does."""
        if key in self.keys:
            said, number = self.keys[key]
            if said != content:
                raise Conflict("key_reused")
            return number
        if self.stopped:
            raise MoneyStopped
        return self._write(entries, key, content)

    def reverse(self, number: int, key: str) -> int:
        if number in self.reversed:
            return self.reversed[number]
        if number in self.reversed.values():
            raise ValueError
        if self.stopped:
            raise MoneyStopped
        entries = [Entry(each.account, -each.amount, each.free_at) for each in self.postings[number]]
        made = self._write(entries, key, "")
        self.reversed[number] = made
        return made

    def _write(self, entries: list[Entry], key: str, content: str) -> int:
        self._count(entries, 1)
        owing = [each for each in entries if each.amount < 0 and not each.account.startswith("issuance")]
        if any(self.free(each.account) < 0 for each in owing):
            self._count(entries, -1)
            raise Overdrawn
        self.postings.append(entries)
        self.keys[key] = (content, len(self.postings) - 1)
        return len(self.postings) - 1

    def _count(self, entries: list[Entry], sign: int) -> None:
        for each in entries:
            self.sums[each.account] += sign * each.amount
            if each.free_at > self.now and sign > 0:
                self.holds.append(each)
        if sign < 0:
            self.holds = [each for each in self.holds if not any(each is gone for gone in entries)]


class Pair:
    """The books and the model, done the same to; each step raises AssertionError where they differ."""

    def __init__(self, people: list[int]) -> None:
        self.model = Model()
        self.people = people
        self.ids: list[int] = []
        """Posting of the ledger for each of the model, by its place."""
        self.accounts = [ledger.member(each, UNIT) for each in people] + [BANK, POT]
        self.steps = 0

    def move(self, source: str, to: str, amount: int, key: str, *, held: bool = False) -> None:
        free_at = clock.now() + UNDO_MS if held else 0
        content = f"{source}>{to}:{amount}:{held}"
        self.both(
            lambda: ledger.post("move", [Move(source, -amount), Move(to, amount, free_at)], key=key, content=content),
            lambda: self.model.post([Entry(source, -amount, 0), Entry(to, amount, free_at)], key, content),
            [source, to],
        )

    def undo(self, number: int, key: str) -> None:
        touched = [each.account for each in self.model.postings[number]]
        self.both(
            lambda: ledger.reverse(self.ids[number], key=key), lambda: self.model.reverse(number, key), touched
        )

    def wait(self, ms: int) -> None:
        self.model.now += ms

    def stop(self, on: bool) -> None:
        if on:
            ledger.stop("for a moment")
        else:
            ledger.resume(None)
        self.model.stopped = on

    def both(self, real: Callable[[], Posted], modelled: Callable[[], int], touched: list[str]) -> None:
        self.steps += 1
        done = _told(lambda: _durable(real))
        said = _told(modelled)
        if isinstance(done, Posted) and isinstance(said, int):
            if said == len(self.ids):
                assert done.is_new, "the ledger knew a key that is new"
                self.ids.append(done.id)
            assert self.ids[said] == done.id, f"step {self.steps}: another posting answered"
        else:
            assert done == said, f"step {self.steps}: the books say {done}, the model {said}"
        self.compare(touched)

    def compare(self, accounts: list[str]) -> None:
        for name in accounts:
            kept, expected = tuple(ledger.balance(name)), (self.model.whole(name), self.model.free(name))
            assert kept == expected, f"step {self.steps}: {name} holds {kept}, the model {expected}"


@contextmanager
def standing_clock(pair: Pair) -> Iterator[None]:
    """Time passes when the model says so, and not between two looks at it."""
    real, pair.model.now = clock.now, clock.now()
    clock.now = lambda: pair.model.now
    try:
        yield
    finally:
        clock.now = real


def _durable(act: Callable[[], Posted]) -> Posted:
    with atomic(durable=True):
        return act()


def _told(act: Callable[[], Posted | int]) -> Posted | int | str:
    try:
        return act()
    except Refusal as refusal:
        return refusal.code
    except ValueError:
        return "not possible"


class Dice:
    """Operations as a die throws them: mostly payments, among them repetitions, mistakes and what nobody can pay."""

    def __init__(self, pair: Pair, seed: int) -> None:
        self.pair = pair
        self.dice = random.Random(seed)
        self.sent: list[tuple[str, str, int, str, bool]] = []
        self.name = f"s{seed}"

    def throw(self) -> None:
        dice, pair = self.dice, self.pair
        lot = dice.random()
        if lot < 0.15:
            self.send(BANK, dice.choice(pair.accounts[:-2]), dice.randint(1, 500))
        elif lot < 0.60:
            source, to = dice.sample([*pair.accounts[:-2], POT], 2)
            self.send(source, to, dice.randint(1, 120), held=dice.random() < 0.4)
        elif lot < 0.70 and self.sent:
            source, to, amount, key, held = dice.choice(self.sent)
            pair.move(source, to, amount, key, held=held)
        elif lot < 0.75 and self.sent:
            source, to, amount, key, held = dice.choice(self.sent)
            pair.move(source, to, amount + 1, key, held=held)
        elif lot < 0.90 and pair.ids:
            latest = range(max(0, len(pair.ids) - 20), len(pair.ids))
            pair.undo(dice.choice(latest), f"{self.name}-u{pair.steps}")
        elif lot < 0.98:
            pair.wait(dice.randint(100, 4000))
        else:
            pair.stop(not pair.model.stopped and dice.random() < 0.3)

    def send(self, source: str, to: str, amount: int, *, held: bool = False) -> None:
        key = f"{self.name}-{self.pair.steps}"
        self.sent.append((source, to, amount, key, held))
        self.pair.move(source, to, amount, key, held=held)
