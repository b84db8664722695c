"""The books: what goes in comes from somewhere, what is asked twice happens once, nobody spends what is not there."""

import pytest
from peewee import DatabaseError

from core import clock, ledger
from core.db import atomic
from core.errors import Conflict, MoneyStopped, Overdrawn
from core.ledger import Move
from models import LedgerAccount, LedgerEntry, LedgerPosting, Member

CREDIT = "credit"
BANK = ledger.house("issuance", CREDIT)


@pytest.fixture(autouse=True)
def two(app):
    for number in (1, 2):
        Member.create(
            id=number, username=f"m{number}", username_key=f"m{number}", display_name="M", password_hash="!",
            password_changed_at=0, created_at=0,
        )  # fmt: skip


def give(who: int, amount: int, key: str) -> ledger.Posted:
    with atomic(durable=True):
        return ledger.post("issue", [Move(BANK, -amount), Move(ledger.member(who, CREDIT), amount)], key=key)


def send(amount: int, key: str, *, free_at: int = 0, sender: int = 1, to: int = 2) -> ledger.Posted:
    with atomic(durable=True):
        moves = [Move(ledger.member(sender, CREDIT), -amount), Move(ledger.member(to, CREDIT), amount, free_at)]
        return ledger.post("send", moves, key=key, by=sender)


def has(who: int) -> ledger.Balance:
    return ledger.balance(ledger.member(who, CREDIT))


def test_what_comes_in_left_somewhere_else_and_each_entry_knows_the_balance_after_it():
    give(1, 500, "a")
    send(120, "b")
    assert has(1) == (380, 380)
    assert has(2) == (120, 120)
    assert ledger.balance(BANK).whole == -500
    assert [row.balance for row in LedgerEntry.select().order_by(LedgerEntry.id)] == [-500, 500, 380, 120]
    assert ledger.prove() == []


def test_nobody_spends_what_is_not_there_and_a_refusal_leaves_nothing():
    give(1, 500, "a")
    with pytest.raises(Overdrawn):
        send(501, "b")
    assert has(1).whole == 500
    assert LedgerPosting.select().count() == 1
    assert not LedgerAccount.select().where(LedgerAccount.name == ledger.member(2, CREDIT)).exists()


def test_the_same_request_twice_is_one_posting_and_another_with_its_key_is_a_mistake():
    give(1, 500, "a")
    first = send(100, "b")
    assert send(100, "b") == (first.id, False)
    with pytest.raises(Conflict):
        send(101, "b")
    assert has(2).whole == 100


def test_what_came_in_a_moment_ago_counts_but_cannot_be_spent():
    give(1, 500, "a")
    send(100, "b", free_at=clock.now() + 5000)
    assert has(2) == (100, 0)
    with pytest.raises(Overdrawn):
        send(1, "c", sender=2, to=1)
    clock.shift(6000)
    send(1, "d", sender=2, to=1)
    assert has(2).whole == 99


def test_what_cannot_be_spent_yet_can_always_be_taken_back_even_from_somebody_who_has_spent_the_rest():
    give(1, 500, "a")
    give(2, 30, "a2")
    tip = send(100, "b", free_at=clock.now() + 5000)
    send(30, "c", sender=2, to=1)
    with atomic(durable=True):
        undone = ledger.reverse(tip.id, key="undo")
    assert undone.is_new
    assert has(1) == (530, 530)
    assert has(2) == (0, 0)
    with atomic(durable=True):
        assert ledger.reverse(tip.id, key="another") == (undone.id, False)
    assert ledger.prove() == []


def test_moves_that_do_not_balance_are_no_posting():
    one, other = ledger.member(1, CREDIT), ledger.member(2, CREDIT)
    for moves in (
        [Move(one, -5), Move(other, 4)],
        [Move(one, 0), Move(other, 0)],
        [Move(one, -5), Move(ledger.member(2, "CNY"), 5)],
        [Move(one, -5), Move(one, 5)],
        [Move(one, 5)],
        [Move(one, -0.5), Move(other, 0.5)],
        [Move(one, -5), Move(other, 5, clock.now() + ledger.HELD_MS + 1000)],
    ):
        with atomic(durable=True), pytest.raises(ValueError, match="posting"):
            ledger.post("send", moves, key="x")


def test_moves_that_are_asked_for_need_words_to_know_the_request_by():
    with atomic(durable=True), pytest.raises(ValueError, match="content"):
        ledger.post("issue", lambda: [Move(BANK, -1), Move(ledger.member(1, CREDIT), 1)], key="x")


def test_money_moves_in_a_durable_transaction_only():
    with atomic(), pytest.raises(RuntimeError):
        ledger.post("issue", [Move(BANK, -1), Move(ledger.member(1, CREDIT), 1)], key="x")


@pytest.mark.parametrize("table", [LedgerPosting, LedgerEntry])
def test_the_books_are_only_added_to(table):
    give(1, 500, "a")
    with pytest.raises(DatabaseError), atomic():
        table.update(at=1).execute()
    with pytest.raises(DatabaseError), atomic():
        table.delete().execute()


def test_a_balance_that_somebody_touched_is_found_and_money_then_stands_still():
    give(1, 500, "a")
    LedgerAccount.update(balance=700).where(LedgerAccount.name == ledger.member(1, CREDIT)).execute()
    assert any("member:1:credit" in line for line in ledger.prove())
    assert ledger.stop("member:1:credit is wrong")
    assert not ledger.stop("again")
    with pytest.raises(MoneyStopped):
        send(1, "b")
    assert ledger.resume(None)
    send(1, "b")
