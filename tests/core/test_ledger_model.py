"""The books beside a model of them: whatever is done to both, they say the same. bench/ledger.py does it at length."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from bench.ledger_model import BANK, POT, Dice, Pair, standing_clock
from core import ledger
from core.db import atomic
from models import LedgerAccount, Member, database

PEOPLE = (1, 2, 3)
FEW = settings(
    max_examples=25, stateful_step_count=40, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip


@pytest.fixture(autouse=True)
def three(app):
    for number in PEOPLE:
        Member.create(
            id=number, username=f"m{number}", username_key=f"m{number}", display_name="M", password_hash="!",
            password_changed_at=0, created_at=0,
        )  # fmt: skip



class Books(RuleBasedStateMachine):
    @initialize()
    def open(self):
        self.pair = Pair(list(PEOPLE))
        self.clock = standing_clock(self.pair)
        self.clock.__enter__()
        self.sent = []

    @rule(who=st.sampled_from(PEOPLE), amount=st.integers(1, 500))
    def issue(self, who, amount):
        self.move(BANK, ledger.member(who, "credit"), amount, held=False)

    @rule(ends=st.permutations([0, 1, 2, 3]), amount=st.integers(1, 200), held=st.booleans())
    def send(self, ends, amount, held):
        places = [*(ledger.member(who, "credit") for who in PEOPLE), POT]
        self.move(places[ends[0]], places[ends[1]], amount, held=held)

    @precondition(lambda self: self.sent)
    @rule(which=st.integers(0, 1000), more=st.integers(0, 1))
    def again(self, which, more):
        source, to, amount, key, held = self.sent[which % len(self.sent)]
        self.pair.move(source, to, amount + more, key, held=held)

    @precondition(lambda self: self.pair.ids)
    @rule(which=st.integers(0, 1000))
    def undo(self, which):
        self.pair.undo(which % len(self.pair.ids), f"undo-{self.pair.steps}")

    @rule(ms=st.integers(1, 6000))
    def wait(self, ms):
        self.pair.wait(ms)

    @rule(on=st.booleans())
    def stand_still(self, on):
        self.pair.stop(on)

    def move(self, source, to, amount, *, held):
        key = f"move-{self.pair.steps}"
        self.sent.append((source, to, amount, key, held))
        self.pair.move(source, to, amount, key, held=held)

    def teardown(self):
        if not hasattr(self, "pair"):
            return
        try:
            self.pair.compare(self.pair.accounts)
            assert ledger.prove() == []
        finally:
            self.clock.__exit__(None, None, None)
            empty_the_books()


def empty_the_books():
    """Past the triggers: the next example begins anew."""
    with atomic():
        for table in ("ledger_entry", "ledger_posting"):
            for act in ("update", "delete"):
                database.execute_sql(f"DROP TRIGGER IF EXISTS {table}_no_{act}")
        database.execute_sql("UPDATE ledger_posting SET reverses_id = NULL")
        for table in ("ledger_entry", "ledger_posting", "ledger_account", "ledger_stop"):
            database.execute_sql(f"DELETE FROM {table}")


def test_whatever_is_done_the_books_and_the_model_say_the_same():
    run_state_machine_as_test(Books, settings=FEW)


def test_three_hundred_throws_of_a_die_leave_no_difference():
    pair = Pair(list(PEOPLE))
    dice = Dice(pair, seed=7)
    with standing_clock(pair):
        for _ in range(300):
            dice.throw()
        pair.compare(pair.accounts)
    assert ledger.prove() == []
    assert LedgerAccount.select().count() == len(pair.accounts)
    assert len(pair.ids) > 100
