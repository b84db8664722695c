"""The books as a whole: proven each hour, halted when they do not add up, and only then moved on by the owner."""

import re

import pytest

from blueprints.wallet import books, jobs, sending
from core import jobs as queue
from core import ledger
from core.errors import Conflict, Denied, Invalid, MoneyStopped
from models import Job, LedgerAccount, LedgerStop, Member, Notice
from tests.blueprints.wallet_stories import befriend, give, has


@pytest.fixture
def two(cast):
    befriend(cast.lin, cast.che)
    give(cast.lin, 5000, cast)
    Member.update(email="owner@example.org").where(Member.id == cast.owner.id).execute()
    return cast


def spoil(who) -> None:
    """Behind the back of the books, as a broken disk or a hand in the database would."""
    LedgerAccount.update(balance=LedgerAccount.balance + 1).where(LedgerAccount.owner == who.id).execute()


def mend(who) -> None:
    LedgerAccount.update(balance=LedgerAccount.balance - 1).where(LedgerAccount.owner == who.id).execute()


def prove() -> None:
    queue.later(books.PROVE)
    queue.run_due()


def test_books_that_add_up_are_proven_and_nobody_is_told(two, as_):
    prove()
    assert not ledger.is_stopped() and not Notice.select().where(Notice.kind == "wallet_halted").exists()
    assert books.last_proof().proven_at is not None
    assert as_("staff").get("/wallet/desk/books").status_code == 200


def test_a_minor_unit_too_many_halts_all_money_and_tells_staff_and_the_owner_by_mail(two, as_, monkeypatch):
    letters = []
    monkeypatch.setattr(jobs.mail, "deliver", letters.append)
    spoil(two.lin)
    prove()
    prove()
    assert LedgerStop.select().count() == 1
    with pytest.raises(MoneyStopped):
        sending.send(two.lin.actor, two.che.id, 1, "", "a")
    told = {row.member_id for row in Notice.select().where(Notice.kind == "wallet_halted")}
    assert told == {two.owner.id, two.staff.id}
    assert [letter.to for letter in letters] == ["owner@example.org"]
    assert "/wallet/desk/books" in letters[0].text and "member:" in letters[0].text
    for who in ("owner", "staff"):
        assert "/wallet/desk/books" in as_(who).get("/admin/").text
    assert "is-danger" in as_("lin").get("/wallet").text


def test_money_moves_again_only_once_they_add_up_and_only_by_the_owner(two, as_, post):
    spoil(two.lin)
    prove()
    with pytest.raises(Conflict, match="books_wrong"):
        books.resume(two.owner.actor)
    assert post(as_("owner"), "/wallet/desk/books/resume").status_code == 422
    mend(two.lin)
    with pytest.raises(Denied):
        books.resume(two.staff.actor)
    assert post(as_("owner"), "/wallet/desk/books/resume").status_code == 303
    assert not ledger.is_stopped()
    sending.send(two.lin.actor, two.che.id, 1, "", "a")
    assert LedgerStop.get().lifted_by_id == two.owner.id


def test_a_way_on_that_is_sent_again_lifts_no_later_halt(two, as_, post):
    owner = as_("owner")
    books.halt(two.staff.actor, "a drill")
    stop = re.search(r'name="stop" value="(\d+)"', owner.get("/wallet/desk/books").text)[1]
    assert post(owner, "/wallet/desk/books/resume", {"stop": stop}).status_code == 303
    books.halt(two.staff.actor, "something is wrong")
    assert post(owner, "/wallet/desk/books/resume", {"stop": stop}).status_code == 422
    assert ledger.is_stopped()


def test_while_all_stands_still_forms_say_so_and_keep_what_was_typed(two, as_, post):
    books.halt(two.staff.actor, "盘点")
    answer = post(as_("lin"), "/wallet/send/che", {"amount": "5", "words": "早饭", "key": "k"})
    assert answer.status_code == 422 and "早饭" in answer.text
    form = {"kind": "issue", "member": "lin", "amount": "1", "reason": "找零", "key": "k"}
    answer = post(as_("staff"), "/wallet/desk", form)
    assert answer.status_code == 422 and "找零" in answer.text
    assert has(two.lin) == 5000
    with pytest.raises(Invalid, match="setting_empty"):
        books.halt(two.staff.actor, " ")


def test_many_who_halt_at_once_halt_once(two, in_threads):
    in_threads(6, lambda number: books.halt(two.staff.actor, f"{number}"))
    assert LedgerStop.select().count() == 1
    assert Notice.select().where(Notice.kind == "wallet_halted", Notice.member == two.owner.id).count() == 1


def test_a_proof_can_be_asked_for_and_is_one_however_often(two, as_, post):
    for _ in range(3):
        assert post(as_("staff"), "/wallet/desk/books/prove").status_code == 303
    assert Job.select().where(Job.name == books.PROVE).count() == 1
    assert books.last_proof().waits
    queue.run_due()
    assert not books.last_proof().waits


def test_doctor_looks_at_the_books_alone_and_says_what_is_wrong(two, app):
    runner = app.test_cli_runner()
    well = runner.invoke(args=["doctor", "ledger"])
    assert well.exit_code == 0, well.output
    spoil(two.lin)
    ill = runner.invoke(args=["doctor", "ledger"])
    assert ill.exit_code == 1
    assert "its balance says 5001, its entries sum to 5000" in ill.output
    assert runner.invoke(args=["doctor", "no-such-check"]).exit_code == 2
