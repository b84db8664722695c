"""What somebody would try who wants money that is not theirs, or wants others to lose theirs."""

import csv
import io
import re

import pytest

from blueprints.accounts.leaving import erase_member
from blueprints.people import blocking
from blueprints.wallet import checks, closing, desk, payments, refunding, sending, tipping
from blueprints.wallet.refunding import RefundDraft
from core import clock, ledger, once, seeding
from core.db import atomic
from core.errors import Conflict, Invalid, Refusal
from core.ledger import Move
from core.money import currency, parse
from models import AuditEntry, CashOrder, LedgerAccount, Member, Payment, Tip, TipTotal, Transfer
from tests.blueprints.wallet_stories import befriend, give, has


@pytest.fixture
def two(cast):
    befriend(cast.lin, cast.che)
    give(cast.lin, 50_000, cast)
    return cast


def ask(who, amount: int, key: str = "out") -> int:
    return closing.ask_payout(who.actor, amount, "银行卡", key)


def much_later() -> None:
    """When forms that were sent are remembered no more."""
    clock.shift(once.KEPT_MS + clock.DAY)
    once.sweep()


# ---- payouts ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("paid_out", [True, False])
def test_a_payout_whose_form_comes_again_much_later_is_the_same_payout(two, paid_out):
    """Else a second order would wait without anything in escrow, and be paid out of what others wait for."""
    give(two.che, 5000, two)
    ask(two.che, 5000)
    first = ask(two.lin, 3000)
    desk.decide(two.staff.actor, first, done=paid_out)
    before = has(two.lin)
    much_later()
    assert ask(two.lin, 3000) == first
    assert CashOrder.select().where(CashOrder.member == two.lin.id, CashOrder.kind == "payout").count() == 1
    with pytest.raises(Conflict, match="order_decided"):
        closing.take_back(two.lin.actor, first)
    assert has(two.lin) == before and ledger.balance("escrow:payout:credit").whole == 5000


def test_a_gift_whose_form_comes_again_much_later_gives_nothing_and_says_so(two):
    give(two.che, 900, two)
    assert closing.donate(two.che.actor, "gift") == 900
    much_later()
    give(two.che, 700, two)
    with pytest.raises(Conflict, match="key_reused"):
        closing.donate(two.che.actor, "gift")
    assert has(two.che) == 700
    assert AuditEntry.select().where(AuditEntry.action == "wallet.donate").count() == 1


@pytest.mark.parametrize("key", ["\0", "k\0", "k" * 65])
def test_a_key_that_no_database_keeps_moves_nothing(two, as_, post, key):
    for url, form in (
        ("/tips", {"kind": "member", "id": str(two.che.id)}), ("/wallet/send/che", {"amount": "1"}),
        ("/wallet/payouts", {"amount": "1", "words": "x"}), ("/wallet/donate", {"pin": ""}),
    ):  # fmt: skip
        assert post(as_("lin"), url, form | {"key": key}).status_code == 422, url
    assert has(two.lin) == 50_000


# ---- limits -------------------------------------------------------------------------------------------------


def test_tips_that_are_taken_back_use_up_nothing_of_the_receiver_s_day(two):
    """Else two people could keep a third from paying anything, for nothing."""
    give(two.che, 200_000, two)
    for number in range(5):
        given = tipping.give_tip(two.lin.actor, "member", two.che.id, key=f"t{number}", amount=2000)
        tipping.undo_tip(two.lin.actor, given.id)
    clock.shift(clock.MINUTE)
    sending.send(two.che.actor, two.lin.id, 200_000, "", "all", proven=True)
    assert has(two.che) == 0


# ---- amounts ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text, minor", [
    ("1,234", 123_400), ("1,234,567.5", 123_456_750), ("１，２３４．５０", 123_450), ("12.5", 1250), ("12。5", 1250),
    ("1 234", 123_400),
])  # fmt: skip
def test_commas_and_spaces_stand_between_thousands(text, minor):
    assert parse(text, currency("CNY")) == minor


@pytest.mark.parametrize(
    "text", ["12,50", "12,5", "1,2,3", ",5", "1,2345", "1234,567", "12，50", "1,234,5", "1.234,50"]
)
def test_a_comma_that_may_be_a_point_is_asked_about_and_never_a_hundred_times_as_much(text):
    with pytest.raises(Invalid, match="amount"):
        parse(text, currency("CNY"))


# ---- looking into wallets -----------------------------------------------------------------------------------


def test_no_address_and_no_form_shows_a_wallet_to_staff_without_a_trace(two, as_, post):
    staff = as_("staff")
    assert "500.00" in staff.get("/wallet/of/lin?before=999999999999999999").text
    assert AuditEntry.select().where(AuditEntry.action == "wallet.look").count() == 1
    assert "500.00" in post(staff, "/wallet/of/lin/freeze", {"reason": ""}).text
    assert AuditEntry.select().where(AuditEntry.action == "wallet.look").count() == 2


# ---- the books ----------------------------------------------------------------------------------------------


def test_what_was_undone_is_not_undone_once_more(two):
    """Else whoever undoes an undo has given again, and no row says so."""
    given = tipping.give_tip(two.lin.actor, "member", two.che.id, key="t", amount=50)
    posting = Tip.get_by_id(given.id).posting_id
    with atomic(durable=True):
        undone = ledger.reverse(posting, key="a")
        with pytest.raises(ValueError, match="undo"):
            ledger.reverse(undone.id, key="b")
    assert has(two.che) == 0


def test_a_key_undoes_one_posting_and_has_a_length(two):
    first, second = (
        Tip.get_by_id(tipping.give_tip(two.lin.actor, "member", two.che.id, key=key, amount=50).id).posting_id
        for key in ("t1", "t2")
    )
    with atomic(durable=True):
        ledger.reverse(first, key="a")
        with pytest.raises(Conflict, match="key_reused"):
            ledger.reverse(second, key="a")
        with pytest.raises(Invalid, match="key"):
            ledger.reverse(second, key="k" * 121)
        with pytest.raises(Invalid, match="key"):
            ledger.reverse(second, key="")
    assert has(two.che) == 50


# ---- removing the demo --------------------------------------------------------------------------------------


def test_nobody_inherits_the_money_the_tips_or_the_payout_of_a_demo_member(two):
    """Their number may be given to the next who registers."""
    gone = two.ning
    give(gone, 5000, two)
    ask(gone, 3000)
    tipping.give_tip(gone.actor, "member", two.lin.id, key="t", amount=30)
    clock.shift(clock.MINUTE)
    tipping.give_tip(two.lin.actor, "member", gone.id, key="t", amount=50)  # a moment ago, so not to be spent
    Member.update(is_demo=True).where(Member.id == gone.id).execute()
    seeding.uproot()
    Member.create(
        id=gone.id, username="neu", username_key="neu", display_name="N", password_hash="!", password_changed_at=0,
        created_at=0,
    )  # fmt: skip
    assert not LedgerAccount.select().where(LedgerAccount.name == ledger.member(gone.id, "credit")).exists()
    assert has(gone) == 0 and ledger.balance("escrow:payout:credit").whole == 0
    assert not CashOrder.select().where(CashOrder.state == "waiting").exists()
    assert not TipTotal.select().where(TipTotal.subject_kind == "member", TipTotal.subject_id == gone.id).exists()
    assert TipTotal.get(TipTotal.subject_id == two.lin.id).total == 30, "what real people got stays"
    clock.shift(clock.MINUTE)
    closing.sweep()
    assert ledger.balance("chest:credit").whole == 50
    assert ledger.prove() == [] and list(checks.payouts()) == []


# ---- what others wrote --------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["＝1+1", "＋1", "－1", "＠SUM(1)", "=1", "\u200b=1"])
def test_no_cell_begins_like_a_formula_in_any_width(two, as_, words):
    Member.update(display_name=words).where(Member.id == two.lin.id).execute()
    sending.send(two.lin.actor, two.che.id, 100, words, "a")
    rows = list(csv.reader(io.StringIO(as_("che").get("/wallet/statement.csv").get_data(as_text=True))))
    assert not [cell for row in rows[1:] for cell in row if cell.lstrip("\u200b ")[:1] in "=+@＝＋－＠" and cell]


def test_words_of_somebody_with_whom_one_has_nothing_to_do_are_shown_nowhere(two, as_):
    sending.send(two.lin.actor, two.che.id, 100, "难听的话", "a")
    tipping.give_tip(two.lin.actor, "member", two.che.id, key="t", amount=5, note="更难听的")
    posting = Transfer.get().posting_id
    assert "难听的话" in as_("che").get("/wallet").text
    blocking.block(two.che.actor, two.lin.id)
    for page in ("", "?q=难听的话", f"/receipts/{posting}", "/statement.csv", "/tips"):
        text = as_("che").get(f"/wallet{page}").text.replace('value="难听的话"', "")
        assert "更难听的" not in text and not re.search(r">难听的话|,难听的话", text), page
    assert "难听的话" in as_("lin").get(f"/wallet/receipts/{posting}").text, "one's own words stay"


# ---- payments of who is gone --------------------------------------------------------------------------------


def odd_of(member: int | None, state: str = "odd", **columns) -> str:
    number = payments.new_number()
    Payment.create(
        number=number, provider="sandbox", member=member, amount=900, currency="XTS", state=state, paid_amount=900,
        problem="member" if state == "odd" else "", reference=f"S-{number}", made_at=1, paid_at=1, **columns,
    )  # fmt: skip
    return number


def test_what_was_paid_for_somebody_who_is_gone_can_be_given_to_somebody_on_its_page(two, as_, post):
    erase_member(two.owner.actor, two.ning.id, keeps_words=False)
    page = f"/wallet/desk/payments/{odd_of(two.ning.id)}"
    assert 'id="whose"' in as_("owner").get(page).text
    assert post(as_("owner"), f"{page}/credit", {"username": "lin"}).status_code == 303
    assert has(two.lin, "XTS") == 900


def test_what_is_in_no_wallet_any_more_cannot_be_taken_out_of_one(two):
    with atomic(durable=True):
        moves = [Move("provider:XTS", -900), Move("former:1:XTS", 900)]
        LedgerAccount.create(name="former:1:XTS", kind="member", currency="XTS", made_at=1)
        posting = ledger.post("top_up", moves, key="p").id
    number = odd_of(None, "paid", posting=posting)
    with pytest.raises(Refusal):
        refunding.refund(two.owner.actor, number, RefundDraft(900, "x"), "k")
