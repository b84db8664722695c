"""Money goes back the way it came: at most what was paid, once, and never out of nothing."""

import re

import pytest

from blueprints.wallet import odd_payments, overdue, payments, refunding, settling
from blueprints.wallet.providers.provider import Message, RefundRefused
from blueprints.wallet.providers.sandbox import Sandbox, message
from blueprints.wallet.refunding import RefundDraft
from core import clock, jobs, ledger, once, site
from core.errors import Conflict, Denied, Invalid, MoneyStopped, Overdrawn, Refusal
from core.outbound import Unreachable
from models import AuditEntry, Job, Notice, Once, Payment, Refund
from tests.blueprints.payment_stories import (  # noqa: F401 - a fixture
    adds_up,
    balance,
    connect,
    order,
    row,
    spend,
)

PROVIDER = ledger.house("provider", "XTS")


@pytest.fixture(autouse=True)
def provider(monkeypatch, cast):
    """The sandbox, which notes each wish; `does` is raised instead of giving back."""

    class Noted(Sandbox):
        def __init__(self):
            self.wishes, self.does = [], None

        def refund(self, wish):
            self.wishes.append(wish)
            if self.does:
                raise self.does

    made = Noted()
    connect(monkeypatch, made, "XTS")
    return made


@pytest.fixture
def number(cast) -> str:
    """Lin has paid fifty."""
    made = order(cast.lin)
    tell(made)
    return made


def tell(number: str, amount: int = 5000, **more) -> None:
    assert settling.take("sandbox", Message(message(number, amount, "XTS", **more)))[1]


def give_back(cast, number: str, amount: int, key: str = "r1", who: str = "owner", **more) -> int:
    return refunding.refund(cast[who].actor, number, RefundDraft(amount, "重复付款", **more), key)


def escrow() -> int:
    return ledger.balance(ledger.house("escrow", "XTS", "refund")).whole


# ---- giving back --------------------------------------------------------------------------------------------


def test_a_part_goes_back_and_then_the_rest(cast, provider, number):
    give_back(cast, number, 2000)
    assert (balance(cast.lin), escrow()) == (3000, 2000), "it cannot be spent while it is on its way"
    jobs.run_due()
    assert (balance(cast.lin), escrow(), ledger.balance(PROVIDER).whole) == (3000, 0, -3000)
    assert (row(number).state, row(number).refunded) == ("paid", 2000)
    give_back(cast, number, 3000, key="r2")
    jobs.run_due()
    assert (row(number).state, row(number).refunded, balance(cast.lin)) == ("refunded", 5000, 0)
    assert [wish.amount for wish in provider.wishes] == [2000, 3000]
    assert len({wish.number for wish in provider.wishes}) == 2
    assert Notice.select().where(Notice.member == cast.lin.id, Notice.kind == "payment_refunded").count() == 2
    assert AuditEntry.select().where(AuditEntry.action == "payment.refund").count() == 2


def test_a_part_is_called_a_part_and_all_of_it_all(cast, as_):
    def reads(path: str) -> str:
        return as_("staff").get(path).text

    def go_back(amount: int, key: str) -> tuple[str, str]:
        """What the member and the cash desk read before it is through."""
        give_back(cast, number, amount, key=key)
        pages = reads(f"/wallet/top-up/{number}"), reads(f"/wallet/desk/payments/{number}")
        jobs.run_due()
        return pages

    number = order(cast.staff)
    tell(number)
    own, desk = go_back(2000, "r1")
    assert "has arrived" in own and "<dd>Paid</dd>" in desk
    assert "<dd>Refunded in part</dd>" in reads(f"/wallet/desk/payments/{number}")
    assert "of your top-up of" in reads("/notices/") and "A part of a top-up paid back" in reads("/wallet")
    own, desk = go_back(3000, "r2")
    assert "has arrived" not in own and 'id="back"' in own and "<dd>On its way back</dd>" in desk
    told = reads("/notices/")
    assert "went back the way it came, all" in told and told.count("of your top-up of") == 1

    number = order(cast.staff, key="k2")
    tell(number)
    go_back(5000, "r3")
    shown = re.findall(r"(A part of a top-up paid|Paid) back the way it came", reads("/wallet"))
    assert shown == ["Paid", "A part of a top-up paid", "A part of a top-up paid"]
    assert "<dd>Refunded</dd>" in reads(f"/wallet/desk/payments/{number}")


def test_an_odd_payment_that_goes_back_as_a_whole_is_not_said_to_in_part(cast, as_, odd):
    give_back(cast, odd, 4900)
    page = as_("staff").get(f"/wallet/desk/payments/{odd}").text
    assert 'id="problem"' not in page and "<dd>On its way back</dd>" in page


@pytest.mark.parametrize("amount", [0, -1, 5001])
def test_no_more_than_was_paid(cast, number, amount):
    with pytest.raises(Invalid):
        give_back(cast, number, amount)
    assert balance(cast.lin) == 5000


def test_what_is_on_its_way_counts(cast, number):
    give_back(cast, number, 4000)
    with pytest.raises(Invalid):
        give_back(cast, number, 1001, key="r2")
    give_back(cast, number, 1000, key="r3")
    with pytest.raises(Conflict):
        give_back(cast, number, 1, key="r4")


def test_a_form_sent_twice_is_one_refund_and_another_with_its_key_a_mistake(cast, number):
    assert give_back(cast, number, 1000) == give_back(cast, number, 1000)
    with pytest.raises(Conflict):
        give_back(cast, number, 1001)
    assert balance(cast.lin) == 4000


def test_a_form_sent_again_a_month_later_gives_back_nothing_again(cast, number, odd):
    first = [give_back(cast, each, 1000, key=each) for each in (number, odd)]
    clock.shift(30 * clock.DAY)
    once.sweep()
    assert [give_back(cast, each, 1000, key=each) for each in (number, odd)] == first
    Once.delete().execute()
    with pytest.raises(Conflict, match="key_reused"):
        give_back(cast, number, 1000, key=number)
    assert (balance(cast.lin), Refund.select().count()) == (4000, 2)


def test_thirty_refunds_at_once_are_no_more_than_was_paid(cast, number, in_threads):
    ends: list[str] = []

    def one(each: int) -> None:
        try:
            give_back(cast, number, 1000, key=f"r{each}")
            ends.append("")
        except Refusal as refusal:
            ends.append(refusal.code)

    in_threads(30, one)
    assert ends.count("") == 5
    jobs.run_due()
    assert (row(number).state, balance(cast.lin), Refund.select().count()) == ("refunded", 0, 5)


def test_what_the_member_has_spent_cannot_go_back(cast, number):
    spend(cast.lin, 4500, "s")
    with pytest.raises(Overdrawn):
        give_back(cast, number, 501)
    assert Refund.select().count() == 0
    give_back(cast, number, 500)


def test_what_the_provider_refuses_returns_to_the_wallet(cast, provider, number):
    provider.does = RefundRefused("BALANCE_NOT_ENOUGH")
    give_back(cast, number, 2000)
    jobs.run_due()
    assert (balance(cast.lin), escrow(), row(number).refunded) == (5000, 0, 0)
    assert Refund.get().state == "failed"
    assert Notice.select().where(Notice.member == cast.owner.id, Notice.kind == "refund_failed").exists()
    provider.does = None
    give_back(cast, number, 5000, key="r2")
    jobs.run_due()
    assert row(number).state == "refunded"


def test_while_nobody_knows_whether_it_went_back_it_is_asked_for_again_by_the_same_number(cast, provider, number):
    provider.does = Unreachable("the line broke")
    give_back(cast, number, 2000)
    for _ in range(6):
        jobs.run_due()
        clock.shift(clock.HOUR)
    assert (Refund.get().state, balance(cast.lin), escrow()) == ("waiting", 3000, 2000)
    assert Job.select().where(Job.name == "wallet.refund", Job.failed_at.is_null(False)).exists()
    provider.does = None
    overdue.sweep()
    overdue.sweep()
    jobs.run_due()
    assert (Refund.get().state, balance(cast.lin), escrow()) == ("done", 3000, 0)
    assert len({wish.number for wish in provider.wishes}) == 1


def test_a_kill_after_the_provider_has_given_back_gives_back_nothing_again_here(cast, provider, number, monkeypatch):
    give_back(cast, number, 2000)
    with monkeypatch.context() as killed:
        killed.setattr(refunding, "_finish", lambda made: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            refunding.carry_out(Refund.get().id)
    assert Refund.get().state == "waiting"
    for _ in range(3):
        refunding.carry_out(Refund.get().id)
    assert (row(number).refunded, ledger.balance(PROVIDER).whole) == (2000, -3000)
    assert len(provider.wishes) == 2, "the second time by the same number, which counts once there"


def test_several_workers_finish_a_refund_once(cast, number, in_threads):
    give_back(cast, number, 2000)
    id_ = Refund.get().id
    in_threads(20, lambda _: refunding.carry_out(id_))
    assert (row(number).refunded, ledger.balance(PROVIDER).whole) == (2000, -3000)


def test_a_message_after_a_refund_credits_nothing(cast, number):
    give_back(cast, number, 5000)
    jobs.run_due()
    tell(number)
    tell(number, refunded=5000)
    tell(number, state="closed", refunded=5000)
    assert (row(number).state, row(number).problem, balance(cast.lin)) == ("refunded", "", 0)


def test_the_message_of_our_own_refund_alarms_nobody_while_it_is_on_its_way(cast, number):
    give_back(cast, number, 2000)
    tell(number, refunded=2000)
    jobs.run_due()
    tell(number, refunded=2000)
    assert row(number).problem == ""


def test_what_went_back_at_the_provider_is_written_down(cast, provider, number):
    tell(number, refunded=2000)
    assert row(number).problem == "refunded"
    give_back(cast, number, 2000, was_made=True)
    assert (row(number).problem, row(number).refunded, balance(cast.lin)) == ("", 2000, 3000)
    tell(number, refunded=2000)
    assert row(number).problem == "" and provider.wishes == []


def test_nothing_goes_back_while_all_money_stands_still(cast, number):
    ledger.stop("a drill")
    with pytest.raises(MoneyStopped):
        give_back(cast, number, 2000)
    assert Refund.select().count() == 0
    ledger.resume(None)
    give_back(cast, number, 2000)
    ledger.stop("another")
    jobs.run_due()
    assert Refund.get().state == "waiting"
    ledger.resume(None)
    clock.shift(clock.HOUR)
    jobs.run_due()
    assert (Refund.get().state, row(number).refunded) == ("done", 2000)


# ---- what somebody had to look at ---------------------------------------------------------------------------


@pytest.fixture
def odd(cast) -> str:
    """Lin ordered fifty and paid forty-nine."""
    made = order(cast.lin, key="odd")
    tell(made, 4900)
    return made


def test_the_owner_credits_what_was_paid(cast, as_, post, odd):
    owner = as_("owner")
    assert 'id="credit"' in owner.get(f"/wallet/desk/payments/{odd}").text
    assert post(owner, f"/wallet/desk/payments/{odd}/credit").status_code == 303
    assert (row(odd).state, row(odd).problem, balance(cast.lin)) == ("paid", "", 4900)
    assert post(owner, f"/wallet/desk/payments/{odd}/credit").status_code == 409
    tell(odd, 4900)
    assert balance(cast.lin) == 4900


def test_the_owner_refunds_what_was_paid(cast, as_, post, odd):
    owner = as_("owner")
    sent = {"amount": "49", "reason": "金额不对", "key": "r1"}
    assert post(owner, f"/wallet/desk/payments/{odd}/refund", sent).status_code == 303
    assert post(owner, f"/wallet/desk/payments/{odd}/credit").status_code == 409, "it is on its way back"
    jobs.run_due()
    assert (row(odd).state, row(odd).problem, balance(cast.lin)) == ("refunded", "", 0)
    assert ledger.balance(PROVIDER).whole == 0, "it was never in the books"
    assert 'id="refunds"' in owner.get(f"/wallet/desk/payments/{odd}").text


def test_twenty_credit_and_refund_at_once_and_one_wins(cast, odd, in_threads):
    ends = []

    def one(each: int) -> None:
        try:
            if each % 2:
                odd_payments.credit_odd(cast.owner.actor, odd)
            else:
                give_back(cast, odd, 4900, key=f"r{each}")
            ends.append(each)
        except Refusal:
            pass

    in_threads(20, one)
    jobs.run_due()
    # Whoever credits first may be followed by one refund, out of the wallet; never the other way round.
    assert balance(cast.lin) == 4900 - row(odd).refunded if row(odd).posting_id else row(odd).refunded == 4900
    assert 1 <= len(ends) <= 2


def test_a_payment_without_a_name_is_credited_to_whom_the_owner_says(cast, as_, post):
    number, owner = payments.new_number(), as_("owner")
    tell(number)
    page = f"/wallet/desk/payments/{number}"
    assert 'id="whose"' in owner.get(page).text
    wrong = post(owner, f"{page}/credit", {"username": "nobody-here"}, htmx="whose")
    assert wrong.status_code == 422 and 'value="nobody-here"' in wrong.text
    assert post(owner, f"{page}/credit", {"username": "@lin"}).status_code == 303
    assert (row(number).member_id, balance(cast.lin)) == (cast.lin.id, 5000)


def test_a_payment_in_another_currency_can_only_go_back(cast, as_, post):
    number = order(cast.lin)
    assert settling.take("sandbox", Message(message(number, 5000, "CNY")))[1]
    owner = as_("owner")
    assert 'id="credit"' not in owner.get(f"/wallet/desk/payments/{number}").text
    with pytest.raises(Conflict):
        odd_payments.credit_odd(cast.owner.actor, number)


def test_staff_put_aside_what_they_have_looked_at(cast, as_, post, number):
    tell(number, 4000)
    assert number in as_("owner").get("/wallet/desk/payments").text
    assert post(as_("owner"), f"/wallet/desk/payments/{number}/seen").status_code == 303
    assert number not in as_("owner").get("/wallet/desk/payments").text
    assert number in as_("owner").get("/wallet/desk/payments?what=all").text
    assert post(as_("owner"), f"/wallet/desk/payments/{number}/seen").status_code == 409


def test_a_wrong_refund_form_keeps_what_was_typed(cast, as_, post, number):
    for sent in ({"amount": "99", "reason": "多付"}, {"amount": "5", "reason": ""}, {"amount": "x", "reason": "多付"}):
        answer = post(as_("owner"), f"/wallet/desk/payments/{number}/refund", sent | {"key": "k"}, htmx="give-back")
        assert (
            answer.status_code == 422 and f'value="{sent["amount"]}"' in answer.text and 'id="give-back"' in answer.text
        )
    assert Refund.select().count() == 0


# ---- who decides --------------------------------------------------------------------------------------------


def test_staff_decide_about_small_ones_that_are_not_their_own(cast, number, odd):
    odd_payments.credit_odd(cast.staff.actor, odd)
    give_back(cast, number, 100, who="staff")
    own = order(cast.staff, key="own")
    tell(own, 4000)
    site.change({"desk_second": "4000"})
    large = order(cast.lin, key="large")
    tell(large, 4000)
    for each in (own, large):
        with pytest.raises(Denied):
            odd_payments.credit_odd(cast.staff.actor, each)
        with pytest.raises(Denied):
            give_back(cast, each, 100, who="staff", key=each)
        with pytest.raises(Denied):
            give_back(cast, each, 100, who="lin", key=each)
    odd_payments.credit_odd(cast.owner.actor, large)


def test_staff_give_what_nobody_owns_to_somebody_else_only(cast):
    number = payments.new_number()
    tell(number)
    with pytest.raises(Denied):
        odd_payments.credit_odd(cast.staff.actor, number, cast.staff.id)
    assert Payment.get().member_id is None
    odd_payments.credit_odd(cast.staff.actor, number, cast.lin.id)
