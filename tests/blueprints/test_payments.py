"""Money comes in from a payment provider: once, in full, to whom it belongs, however badly it is told."""

import pytest

from blueprints.wallet import overdue, payments, settling, topping_up
from blueprints.wallet.providers import sandbox
from blueprints.wallet.providers.provider import Message
from blueprints.wallet.providers.sandbox import Sandbox, message, play
from core import clock, jobs, ledger, site
from core.errors import Conflict, Gone
from core.outbound import Unreachable
from models import Job, LedgerPosting, Member, Notice, Payment, WalletFreeze
from tests.blueprints.payment_stories import (  # noqa: F401 - a fixture
    adds_up,
    balance,
    connect,
    order,
    row,
    spend,
    top_ups,
    wrong,
)


@pytest.fixture(autouse=True)
def provider(monkeypatch, cast):
    """The sandbox; `says` is what it answers when it is asked."""

    class Asked(Sandbox):
        says = None
        closed: list[str] = []  # noqa: RUF012 - of one test

        def ask(self, number):
            if isinstance(self.says, Exception):
                raise self.says
            return self.says

        def close(self, number):
            self.closed.append(number)

    made = Asked()
    made.closed = []
    connect(monkeypatch, made, "XTS")
    return made


def tell(fields) -> bool:
    return settling.take("sandbox", Message(fields))[1]


def paid(number: str, amount: int = 5000, **more) -> bool:
    return tell(message(number, amount, "XTS", **more))


def told(person) -> list[str]:
    """What of payments."""
    theirs = Notice.select(Notice.kind).where(Notice.member == person.id, Notice.subject_kind == "payment")
    return [kind for (kind,) in theirs.tuples()]


# ---- the whole way, on pages --------------------------------------------------------------------------------


def test_lin_tops_up_by_way_of_the_sandbox(cast, as_, post):
    lin = as_("lin")
    assert 'id="top-up"' in lin.get("/wallet/top-up").text
    ordered = post(lin, "/wallet/top-up", {"amount": "50", "key": "one"})
    assert ordered.status_code == 303
    page = lin.get(ordered.location)
    assert 'id="pay"' in page.text and f'{ordered.location}/sandbox"' in page.text
    assert balance(cast.lin) == 0

    checkout = lin.get(f"{ordered.location}/sandbox")
    assert 'id="play-paid"' in checkout.text
    back = post(lin, f"{ordered.location}/sandbox", {"play": "paid"})
    assert back.status_code == 303 and back.location == ordered.location
    assert balance(cast.lin) == 5000
    shown = lin.get(back.location).text
    assert 'id="paid"' in shown and 'id="pay"' not in shown
    assert told(cast.lin) == ["payment_arrived"]
    assert ordered.location in lin.get("/notices/").text


def test_what_cannot_be_ordered_is_said_in_the_form(cast, as_, post):
    lin = as_("lin")
    for amount in ("", "abc", "0", "1.234", "-5", "99999999999"):
        answer = post(lin, "/wallet/top-up", {"amount": amount, "key": "one"}, htmx="top-up")
        assert answer.status_code == 422 and 'id="top-up"' in answer.text and f'value="{amount}"' in answer.text
    assert Payment.select().count() == 0


def test_the_page_that_the_payer_comes_back_to_credits_nothing(cast, as_):
    """Its address can be opened by anybody, with whatever behind it."""
    number = order(cast.lin)
    page = f"/wallet/top-up/{number}?trade_status=TRADE_SUCCESS&total_amount=50.00&state=paid"
    assert 'id="waiting"' in as_("lin").get(page).text
    assert (balance(cast.lin), row(number).state) == (0, "waiting")


def test_an_open_page_learns_that_it_was_paid(cast, as_):
    number, lin = order(cast.lin), as_("lin")
    asks = {"HX-Request": "true", "HX-Target": "live"}
    assert lin.get(f"/wallet/top-up/{number}?known=waiting", headers=asks).status_code == 204
    paid(number)
    answer = lin.get(f"/wallet/top-up/{number}?known=waiting", headers=asks)
    assert answer.headers["HX-Redirect"] == f"/wallet/top-up/{number}"


def test_while_the_provider_cannot_be_reached_the_page_says_so(cast, as_, provider):
    number = order(cast.lin)
    provider.way = lambda order, *, phone: (_ for _ in ()).throw(Unreachable("away"))
    page = as_("lin").get(f"/wallet/top-up/{number}")
    assert page.status_code == 200 and 'id="away"' in page.text and 'id="pay"' not in page.text


def test_an_order_is_its_members_alone(cast, as_, post):
    number = order(cast.lin)
    for who in ("che", "owner"):
        assert as_(who).get(f"/wallet/top-up/{number}").status_code == 404
        assert post(as_(who), f"/wallet/top-up/{number}/sandbox", {"play": "paid"}).status_code == 404
    assert row(number).state == "waiting"


def test_without_a_provider_there_is_nothing_to_top_up(cast, as_, post, monkeypatch):
    number = order(cast.lin)
    connect(monkeypatch, None, "credit")
    lin = as_("lin")
    assert lin.get("/wallet/top-up").status_code == 404
    assert post(lin, "/wallet/top-up", {"amount": "5", "key": "k"}).status_code == 404
    fields = dict(message(number, 5000, "XTS"))
    assert lin.post("/wallet/callback/sandbox", data=fields).status_code == 404
    page = lin.get(f"/wallet/top-up/{number}").text
    assert 'id="waiting"' in page and 'id="pay"' not in page


# ---- ordering -----------------------------------------------------------------------------------------------


def test_the_same_form_sent_twice_is_one_order(cast):
    assert order(cast.lin, key="a") == order(cast.lin, key="a") != order(cast.lin, key="b")
    with pytest.raises(Conflict):
        order(cast.lin, 6000, key="a")


def test_a_form_sent_fifty_times_at_once_is_one_order(cast, in_threads):
    in_threads(50, lambda number: order(cast.lin, key="a"))
    assert Payment.select().count() == 1


def test_nobody_orders_without_end_nor_more_than_a_wallet_holds(cast):
    for number in range(10):
        order(cast.lin, key=f"k{number}")
    with pytest.raises(Conflict, match="payments_open"):
        order(cast.lin, key="one more")
    clock.shift(payments.OPEN_MS)
    order(cast.lin, key="later")
    with pytest.raises(Conflict, match="balance_full"):
        order(cast.lin, int(site.get("money_most")) + 1, key="too much")


# ---- telling ------------------------------------------------------------------------------------------------


def test_fifty_messages_at_once_are_one_payment(cast, in_threads):
    number, taken = order(cast.lin), []
    in_threads(50, lambda _: taken.append(paid(number)))
    assert taken == [True] * 50
    assert (balance(cast.lin), top_ups()) == (5000, 1)
    assert told(cast.lin) == ["payment_arrived"]


def test_messages_and_questions_at_once_are_one_payment(cast, provider, in_threads):
    number = order(cast.lin)
    provider.says = provider.hear(Message(message(number, 5000, "XTS")))
    id_ = row(number).id
    in_threads(20, lambda each: overdue.look_after(id_, 0) if each % 2 else paid(number))
    assert (balance(cast.lin), top_ups()) == (5000, 1)


def test_a_message_that_comes_again_much_later_changes_nothing(cast):
    number = order(cast.lin)
    paid(number)
    clock.shift(90 * clock.DAY)
    assert paid(number)
    assert (balance(cast.lin), top_ups(), row(number).problem) == (5000, 1, "")


@pytest.mark.parametrize("what", ["signature", "app"])
def test_what_the_provider_did_not_sign_for_us_is_not_taken(cast, as_, what):
    number = order(cast.lin)
    for fields in play(what, number, 5000, "XTS"):
        answer = as_("ning").post("/wallet/callback/sandbox", data=dict(fields))
        assert (answer.status_code, answer.text) == (400, "again")
    assert (row(number).state, balance(cast.lin)) == ("waiting", 0)


def test_a_message_comes_in_without_a_session_or_a_token(cast, client):
    number = order(cast.lin)
    answer = client.post("/wallet/callback/sandbox", data=dict(message(number, 5000, "XTS")))
    assert (answer.status_code, answer.text, answer.mimetype) == (200, "ok", "text/plain")
    assert "Set-Cookie" not in answer.headers and answer.headers["Cache-Control"] == "no-store"
    assert balance(cast.lin) == 5000


@pytest.mark.parametrize("data", [{}, {"sign": ""}, {"number": "x" * 5000}, {"sign": "é"}])
def test_nonsense_is_answered_and_never_breaks(cast, client, data):
    assert client.post("/wallet/callback/sandbox", data=data).status_code == 400
    assert client.post("/wallet/callback/sandbox", data=b"\xff\x00", content_type="text/plain").status_code == 400
    assert client.post("/wallet/callback/alipay", data=data).status_code == 404
    assert client.get("/wallet/callback/sandbox").status_code == 405


@pytest.mark.parametrize("amount", [1, 4999, 5001, 500000])
def test_another_amount_is_kept_until_somebody_has_looked(cast, as_, amount):
    number = order(cast.lin)
    assert paid(number, amount)
    assert (row(number).state, row(number).problem, row(number).paid_amount) == ("odd", "amount", amount)
    assert balance(cast.lin) == 0
    assert told(cast.owner) == ["payment_odd"] and told(cast.lin) == []
    assert 'id="odd"' in as_("lin").get(f"/wallet/top-up/{number}").text
    assert number in as_("owner").get("/wallet/desk/payments").text
    assert 'id="payments-waiting"' in as_("owner").get("/admin/").text


def test_another_currency_is_kept_and_never_credited(cast):
    number = order(cast.lin)
    assert tell(message(number, 5000, "CNY"))
    assert (row(number).state, row(number).problem) == ("odd", "currency")


def test_what_is_paid_after_it_was_closed_is_kept(cast):
    number = order(cast.lin)
    overdue.close(number)
    assert row(number).state == "closed"
    assert paid(number)
    assert (row(number).state, row(number).problem, balance(cast.lin)) == ("odd", "late", 0)
    assert paid(number) and Payment.select().count() == 1


def test_a_provider_that_closes_an_order_closes_it_here_and_not_after_it_was_paid(cast):
    first, second = order(cast.lin), order(cast.lin, key="k2")
    assert tell(message(first, 5000, "XTS", state="closed"))
    assert row(first).state == "closed"
    paid(second)
    assert tell(message(second, 5000, "XTS", state="closed"))
    assert row(second).state == "paid"
    assert tell(message(order(cast.lin, key="k3"), 5000, "XTS", state="thinking")), "nothing to do is taken too"


def test_an_order_that_is_not_ours_is_not_taken_and_one_that_was_forgotten_is_kept(cast):
    assert not paid("somebody-elses-order")
    assert not tell(message(payments.new_number(), 5000, "XTS", state="closed"))
    assert Payment.select().count() == 0
    number = payments.new_number()
    assert paid(number) and paid(number)
    assert (row(number).state, row(number).problem, row(number).member_id) == ("odd", "unknown", None)
    assert Payment.select().count() == 1


def test_two_threads_keep_a_forgotten_order_once(cast, in_threads):
    number = payments.new_number()
    in_threads(20, lambda _: paid(number))
    assert Payment.select().count() == 1 and told(cast.owner) == ["payment_odd"]


def test_an_order_that_was_paid_twice_keeps_the_second_payment_apart(cast):
    number = order(cast.lin)
    paid(number)
    again = [(name, value) for name, value in message(number, 5000, "XTS") if name != "sign"]
    again = [(name, "another" if name == "reference" else value) for name, value in again]
    again.append(("sign", sandbox._signature(again)))
    assert tell(again) and tell(again)
    second = Payment.get(Payment.problem == "twice")
    assert (second.state, second.member_id, second.number.partition("-")[0]) == ("odd", cast.lin.id, number)
    assert (Payment.select().count(), balance(cast.lin), top_ups()) == (2, 5000, 1)


def test_a_reference_that_another_payment_has_is_not_credited_again(cast):
    first, second = order(cast.lin), order(cast.lin, key="k2")
    paid(first)
    fields = [(name, f"S-{first}" if name == "reference" else value) for name, value in message(second, 5000, "XTS")]
    fields = [*fields[:-1], ("sign", sandbox._signature(fields))]
    assert tell(fields) and tell(fields)
    assert (row(second).state, row(second).problem, balance(cast.lin)) == ("odd", "reference", 5000)


def test_what_went_back_at_the_provider_is_shown_to_somebody(cast):
    number = order(cast.lin)
    paid(number)
    assert paid(number, refunded=2000)
    assert (row(number).state, row(number).problem, balance(cast.lin)) == ("paid", "refunded", 5000)
    assert told(cast.owner) == ["payment_odd"]


def test_what_went_back_before_it_was_told_is_not_credited(cast):
    number = order(cast.lin)
    assert paid(number, refunded=1)
    assert (row(number).state, row(number).problem, balance(cast.lin)) == ("odd", "refunded", 0)


def test_a_provider_that_changes_its_mind_about_the_amount_is_looked_at(cast):
    number = order(cast.lin)
    paid(number)
    assert paid(number, 4000)
    assert (row(number).state, row(number).problem, balance(cast.lin)) == ("paid", "differs", 5000)


# ---- wallets that could not take it -------------------------------------------------------------------------


def test_a_frozen_wallet_and_a_full_one_take_what_was_paid_for_them(cast):
    number = order(cast.lin)
    WalletFreeze.create(member=cast.lin.id, by=cast.owner.id, at=clock.now())
    site.change({"money_most": "100"})
    assert paid(number)
    assert balance(cast.lin) == 5000


def test_what_is_paid_for_somebody_who_is_gone_is_kept(cast):
    number = order(cast.lin)
    Member.update(erased_at=clock.now()).where(Member.id == cast.lin.id).execute()
    assert paid(number)
    assert (row(number).state, row(number).problem, balance(cast.lin)) == ("odd", "member", 0)


def test_what_comes_while_all_money_stands_still_is_credited_once_it_moves_again(cast):
    number = order(cast.lin)
    ledger.stop("a drill")
    assert paid(number) and paid(number)
    assert (row(number).state, row(number).problem, balance(cast.lin)) == ("odd", "stopped", 0)
    overdue.sweep()
    assert row(number).state == "odd"
    ledger.resume(None)
    overdue.sweep()
    overdue.sweep()
    assert (row(number).state, balance(cast.lin), top_ups()) == ("paid", 5000, 1)


# ---- messages that were lost --------------------------------------------------------------------------------


def test_a_lost_message_is_asked_for(cast, provider):
    number = order(cast.lin)
    jobs.run_due()
    assert row(number).state == "waiting", "it is too early to ask"
    provider.says = provider.hear(Message(message(number, 5000, "XTS")))
    clock.shift(clock.MINUTE)
    jobs.run_due()
    assert (row(number).state, balance(cast.lin)) == ("paid", 5000)


def test_an_order_that_nobody_pays_is_closed_after_its_time_and_not_before_the_provider_was_asked(cast, provider):
    number = order(cast.lin)
    for after in (clock.MINUTE, 4 * clock.MINUTE, 10 * clock.MINUTE):
        clock.shift(after)
        jobs.run_due()
        assert row(number).state == "waiting"
    provider.says = provider.hear(Message(message(number, 5000, "XTS", state="open")))
    clock.shift(17 * clock.MINUTE)
    jobs.run_due()
    assert (row(number).state, provider.closed) == ("closed", [number])
    assert not Job.select().where(Job.name == "wallet.ask_payment", Job.done_at.is_null()).exists()


def test_while_the_provider_cannot_be_reached_nothing_is_closed(cast, provider):
    number = order(cast.lin)
    provider.says = Unreachable("away")
    clock.shift(clock.DAY)
    for _ in range(8):
        jobs.run_due()
        clock.shift(clock.HOUR)
    assert row(number).state == "waiting"
    provider.says = provider.hear(Message(message(number, 5000, "XTS")))
    overdue.sweep()
    overdue.sweep()
    assert Job.select().where(Job.unique_key == f"payment:{row(number).id}").count() == 1
    jobs.run_due()
    assert (row(number).state, balance(cast.lin)) == ("paid", 5000)


def test_what_waits_for_a_provider_that_was_taken_away_stays(cast, provider, monkeypatch):
    number = order(cast.lin)
    connect(monkeypatch, None, "credit")
    clock.shift(clock.DAY)
    jobs.run_due()
    overdue.sweep()
    assert row(number).state == "waiting"
    with pytest.raises(Gone):
        topping_up.start(cast.lin.actor, 100, "k")


# ---- the doctor ---------------------------------------------------------------------------------------------


def test_the_doctor_sees_payments_that_differ_from_the_books(cast):
    number = order(cast.lin)
    paid(number)
    assert wrong() == []
    there = Payment.number == number
    Payment.update(paid_amount=4000).where(there).execute()
    assert any(number in line for line in wrong())
    Payment.update(paid_amount=5000, posting=None).where(there).execute()
    assert len(wrong()) == 2, "paid and in no wallet; topped up without a payment"
    Payment.update(posting=LedgerPosting.get(LedgerPosting.kind == "top_up"), refunded=7).where(there).execute()
    assert len(wrong()) == 2, "no refund sums to it; nothing left the books"
    Payment.update(refunded=0).where(there).execute()


def test_a_wallet_that_is_spent_is_topped_up_again(cast):
    paid(order(cast.lin))
    spend(cast.lin, 5000, "s")
    paid(order(cast.lin, key="k2"))
    assert balance(cast.lin) == 5000


# ---- what strangers can send --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=b", "application/x-www-form-urlencoded", "text/plain"])
def test_a_message_is_small_whatever_it_says_it_is(client, kind):
    """Anybody can send one, and it is held in memory as a whole."""
    body = b"--b\r\nContent-Disposition: form-data; name=x; filename=y\r\n\r\n" + b"x" * 600_000 + b"\r\n--b--\r\n"
    assert client.post("/wallet/callback/sandbox", data=body, content_type=kind).status_code == 413
