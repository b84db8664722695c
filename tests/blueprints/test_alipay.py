"""Alipay without Alipay: keys of our own, and a gateway on this machine that checks and signs as theirs does."""

import json
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from blueprints.wallet.checks_payments import provider
from blueprints.wallet.providers.alipay import Account, Alipay, read_account
from blueprints.wallet.providers.provider import Message, Order, RefundRefused, RefundWish, Said, Untrue
from blueprints.wallet.providers.signing import BadKey, is_signed, read_private_key, read_public_key
from core import clock, config, jobs, outbound
from core.config import BadSetting
from core.outbound import OutboundProblem, Refused, Unsuitable
from tests.blueprints.payment_stories import (  # noqa: F401 - a fixture
    APP_ID,
    KEYS,
    SELLER_ID,
    Gateway,
    adds_up,
    balance,
    connect,
    lined_up,
    order,
    pem,
    row,
    sign,
    top_ups,
)
from tests.core.test_outbound import World, answer

SITE, ALIPAY, STRANGER = KEYS
NUMBER = "QZ202611220123456789abcdef"


@pytest.fixture
def gateway(monkeypatch):
    made = Gateway(World(monkeypatch), SITE, ALIPAY)
    yield made
    made.server.socket.close()


@pytest.fixture
def alipay(gateway):
    return Alipay(Account(APP_ID, SELLER_ID, gateway.url, SITE, ALIPAY.public_key()))


def wanted(**changes) -> Order:
    kept = {
        "number": NUMBER, "amount": 5005, "currency": "CNY", "title": "圈子充值", "closes_at": 1_790_000_000_000,
        "return_url": "https://club.example/wallet/top-up/1", "notify_url": "https://club.example/wallet/callback/alipay",
    }  # fmt: skip
    return Order(**kept | changes)


def hear(alipay: Alipay, fields) -> Said:
    return alipay.hear(Message(list(fields)))


def wish(amount: int = 1230) -> RefundWish:
    return RefundWish("QZR1", NUMBER, "2026112222001", amount, "重复付款")


# ---- paying -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("phone", "method", "product"),
    [
        (False, "alipay.trade.page.pay", "FAST_INSTANT_TRADE_PAY"),
        (True, "alipay.trade.wap.pay", "QUICK_WAP_WAY"),
    ],
)
def test_the_payer_is_led_to_a_signed_address(alipay, phone, method, product):
    parts = urlsplit(alipay.way(wanted(title="a=b&c/d"), phone=phone))
    fields = dict(parse_qsl(parts.query, strict_parsing=True))
    signature = fields.pop("sign")
    assert is_signed(lined_up(fields), signature, SITE.public_key())
    assert fields["method"] == method and fields["notify_url"].endswith("/wallet/callback/alipay")
    content = json.loads(fields["biz_content"])
    assert content["out_trade_no"] == NUMBER and content["product_code"] == product
    assert content["total_amount"] == "50.05" and content["subject"] == "a b c d"
    assert content["time_expire"] == "2026-09-21 22:13:20", "in the time of Shanghai"
    assert ("quit_url" in content) is phone


# ---- what it tells us ---------------------------------------------------------------------------------------


def test_a_message_with_its_signature_is_read(alipay, gateway):
    said = hear(alipay, list(gateway.message(NUMBER, "50.05").items()))
    assert (said.number, said.state, said.amount, said.currency, said.refunded) == (NUMBER, "paid", 5005, "CNY", 0)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("TRADE_SUCCESS", "paid"), ("TRADE_FINISHED", "paid"), ("TRADE_CLOSED", "closed"),
        ("WAIT_BUYER_PAY", "waiting"), ("SOMETHING_NEW", "waiting"),
    ],
)  # fmt: skip
def test_only_two_states_mean_that_it_was_paid(alipay, gateway, status, state):
    assert hear(alipay, list(gateway.message(NUMBER, status=status).items())).state == state


def test_what_went_back_so_far_is_read_too(alipay, gateway):
    assert hear(alipay, list(gateway.message(NUMBER, refund_fee="12.3").items())).refunded == 1230


FIELDS = ("out_trade_no", "total_amount", "trade_no", "trade_status", "app_id", "seller_id", "buyer_logon_id")


@pytest.mark.parametrize("name", FIELDS)
def test_a_message_that_was_changed_is_not_taken(alipay, gateway, name):
    fields = gateway.message(NUMBER)
    with pytest.raises(Untrue, match="signature"):
        hear(alipay, list((fields | {name: fields[name] + "0"}).items()))
    with pytest.raises(Untrue, match="signature"):
        hear(alipay, [(key, value) for key, value in fields.items() if key != name])
    with pytest.raises(Untrue, match="signature"):
        hear(alipay, [*fields.items(), ("more", "1")])


def test_a_name_that_comes_twice_is_not_taken(alipay, gateway):
    """Whoever reads the first and checks the last credits what nobody signed."""
    fields = list(gateway.message(NUMBER).items())
    for place in (0, len(fields)):
        with pytest.raises(Untrue, match="twice"):
            hear(alipay, [*fields[:place], ("total_amount", "9999.00"), *fields[place:]])


@pytest.mark.parametrize("signature", ["", "!", "AAAA", "A" * 344])
def test_a_signature_of_nobody_is_not_taken(alipay, gateway, signature):
    with pytest.raises(Untrue, match="signature"):
        hear(alipay, list((gateway.message(NUMBER) | {"sign": signature}).items()))


def test_a_signature_of_somebody_else_or_of_our_own_is_not_taken(alipay, gateway):
    fields = {name: value for name, value in gateway.message(NUMBER).items() if name not in ("sign", "sign_type")}
    for key in (STRANGER, SITE):
        with pytest.raises(Untrue, match="signature"):
            hear(alipay, list((fields | {"sign": sign(lined_up(fields), key), "sign_type": "RSA2"}).items()))


@pytest.mark.parametrize("kind", ["RSA", "MD5", "", "rsa2", None])
def test_a_weaker_kind_of_signature_is_not_taken(alipay, gateway, kind):
    fields = gateway.message(NUMBER) | {"sign_type": kind}
    with pytest.raises(Untrue, match="RSA2"):
        hear(alipay, [(name, value) for name, value in fields.items() if value is not None])


def test_a_message_for_another_application_or_another_account_is_not_taken(alipay, gateway):
    with pytest.raises(Untrue, match="application"):
        hear(alipay, list(gateway.message(NUMBER, app_id="2021000000000009").items()))
    with pytest.raises(Untrue, match="seller"):
        hear(alipay, list(gateway.message(NUMBER, seller_id="2088000000000009").items()))


@pytest.mark.parametrize("amount", ["", "-1.00", "1e3", "50.005", "50,00", "NaN", "５０.00", " 50.00", "1" * 11])
def test_an_amount_that_is_none_is_not_taken_though_signed(alipay, gateway, amount):
    with pytest.raises(Untrue, match="read"):
        hear(alipay, list(gateway.message(NUMBER, amount).items()))


def test_it_is_answered_in_its_own_words(alipay):
    assert (alipay.answer(taken=True), alipay.answer(taken=False)) == ("success", "fail")


# ---- asking -------------------------------------------------------------------------------------------------

PAID = {
    "code": "10000", "out_trade_no": NUMBER, "trade_no": "77", "trade_status": "TRADE_SUCCESS", "total_amount": "50.05",
}  # fmt: skip


def test_it_is_asked_how_an_order_stands(alipay, gateway):
    gateway.says["alipay.trade.query"] = PAID
    said = alipay.ask(NUMBER)
    assert said is not None and (said.reference, said.state, said.amount) == ("77", "paid", 5005)
    assert gateway.asked == [("alipay.trade.query", {"out_trade_no": NUMBER})] and gateway.forged == 0


def test_an_order_that_it_never_heard_of_is_none(alipay, gateway):
    gateway.says["alipay.trade.query"] = {"code": "40004", "sub_code": "ACQ.TRADE_NOT_EXIST"}
    assert alipay.ask(NUMBER) is None


@pytest.mark.parametrize(
    "said",
    [
        PAID | {"out_trade_no": "QZother"}, PAID | {"total_amount": "fifty"}, {"code": "20000", "sub_code": "isp.busy"},
        {"code": "40004", "sub_code": "ACQ.SYSTEM_ERROR"}, answer(b"<html>busy</html>"), answer(b"[]"), answer(b"{}"),
        answer(b'{"alipay_trade_query_response":"paid"}'), answer(b'{"error_response":{"code":"40002"}}'),
        answer(b"\xff\xfe"), answer(b"", "502 Bad Gateway"), answer(b"", "302 Found", more=("Location: https://else/",)),
    ],
)  # fmt: skip
def test_an_answer_that_says_nothing_certain_is_asked_for_again(alipay, gateway, said):
    gateway.says["alipay.trade.query"] = said
    with pytest.raises(OutboundProblem):
        alipay.ask(NUMBER)


def test_an_answer_that_somebody_else_signed_or_changed_is_not_believed(alipay, gateway):
    node, inner = "alipay_trade_query_response", json.dumps(PAID)
    signature = sign(inner, ALIPAY)
    for text, signed in (
        (inner, sign(inner, STRANGER)), (inner.replace("50.05", "90.05"), signature), (inner, ""), (inner, 5),
    ):  # fmt: skip
        whole = f'{{"{node}":{text},"sign":{json.dumps(signed)}}}'
        gateway.says["alipay.trade.query"] = answer(whole.encode())
        with pytest.raises(Unsuitable, match="signature"):
            alipay.ask(NUMBER)
    hidden = json.dumps({"x": f'"{node}":{inner}', node: PAID | {"total_amount": "90.05"}, "sign": signature})
    gateway.says["alipay.trade.query"] = answer(hidden.encode())
    with pytest.raises(Unsuitable, match="signature"):
        alipay.ask(NUMBER)


def test_closing_what_nobody_began_to_pay_is_fine_and_what_was_just_paid_is_not(alipay, gateway):
    for said in ({"code": "10000"}, {"code": "40004", "sub_code": "ACQ.TRADE_NOT_EXIST"}):
        gateway.says["alipay.trade.close"] = said
        alipay.close(NUMBER)
    gateway.says["alipay.trade.close"] = {"code": "40004", "sub_code": "ACQ.TRADE_STATUS_ERROR"}
    with pytest.raises(Unsuitable):
        alipay.close(NUMBER)


def test_an_answer_with_a_second_part_that_nobody_signed_is_not_believed(alipay, gateway):
    """What is checked and what is read must be the same letters."""
    waits = json.dumps({"code": "10000", "out_trade_no": NUMBER, "trade_no": "2", "trade_status": "WAIT_BUYER_PAY",
                        "total_amount": "50.05"})  # fmt: skip
    forged = waits.replace("WAIT_BUYER_PAY", "TRADE_SUCCESS")
    node, signature = '"alipay_trade_query_response"', sign(waits, ALIPAY)
    gateway.says["alipay.trade.query"] = answer(
        f'{{{node}:{waits},{node}:{forged},"sign":"{signature}"}}'.encode(), kind="text/html;charset=utf-8"
    )
    assert alipay.ask(NUMBER).state == "waiting"


# ---- refunds ------------------------------------------------------------------------------------------------

NOT_REFUNDED = {"code": "10000"}
REFUNDED = {"code": "10000", "out_request_no": "QZR1", "refund_amount": "12.30", "refund_status": "REFUND_SUCCESS"}


def test_a_refund_says_what_goes_back_and_why(alipay, gateway):
    gateway.says["alipay.trade.refund"] = {"code": "10000", "fund_change": "Y"}
    alipay.refund(wish())
    assert gateway.asked == [("alipay.trade.refund", {
        "trade_no": "2026112222001", "refund_amount": "12.30", "out_request_no": "QZR1", "refund_reason": "重复付款",
    })]  # fmt: skip


@pytest.mark.parametrize(
    "again", [{"code": "10000", "fund_change": "N"}, {"code": "40004", "sub_code": "ACQ.TRADE_HAS_FINISHED"}]
)
def test_a_refund_that_went_through_before_is_found(alipay, gateway, again):
    """The answer to the first request was lost, and the second one changes nothing."""
    gateway.says |= {"alipay.trade.refund": again, "alipay.trade.fastpay.refund.query": REFUNDED}
    alipay.refund(wish())
    gateway.says["alipay.trade.fastpay.refund.query"] = {**REFUNDED, "out_request_no": "QZR2"}
    with pytest.raises((RefundRefused, OutboundProblem)):
        alipay.refund(wish())


def test_a_refusal_for_good_is_told_apart_from_one_for_now(alipay, gateway):
    gateway.says["alipay.trade.fastpay.refund.query"] = NOT_REFUNDED
    gateway.says["alipay.trade.refund"] = {"code": "40004", "sub_code": "ACQ.SELLER_BALANCE_NOT_ENOUGH"}
    with pytest.raises(RefundRefused, match="BALANCE"):
        alipay.refund(wish())
    for unsure in ({"code": "40004", "sub_code": "ACQ.SYSTEM_ERROR"}, {"code": "20000"}, {"code": "10000"}):
        gateway.says["alipay.trade.refund"] = unsure
        with pytest.raises(Unsuitable):
            alipay.refund(wish())


def test_it_is_never_asked_at_an_inner_address(alipay, gateway, monkeypatch):
    monkeypatch.setattr(outbound, "_is_allowed", outbound.is_public)
    with pytest.raises(Refused, match="public"):
        alipay.ask(NUMBER)
    assert gateway.asked == []


# ---- keys and settings --------------------------------------------------------------------------------------


@pytest.fixture
def files(tmp_path):
    paths = {}
    for name, content in (("own", pem(SITE)[0]), ("alipay", pem(ALIPAY)[1]), ("own_public", pem(SITE)[1])):
        paths[name] = tmp_path / f"{name}.pem"
        paths[name].write_bytes(content)
        paths[name].chmod(0o600)
    return {name: str(path) for name, path in paths.items()}


@pytest.fixture
def environ(files, tmp_path):
    return {
        "QUANZI_DATA": str(tmp_path / "data"), "QUANZI_BASE_URL": "https://club.example", "QUANZI_PAYMENTS": "alipay",
        "QUANZI_ALIPAY_APP_ID": APP_ID, "QUANZI_ALIPAY_SELLER_ID": SELLER_ID,
        "QUANZI_ALIPAY_KEY_FILE": files["own"], "QUANZI_ALIPAY_PUBLIC_KEY_FILE": files["alipay"],
    }  # fmt: skip


def test_keys_are_read_from_pem_and_as_the_key_tool_saves_them(files, tmp_path):
    named = {"QUANZI_ALIPAY_KEY_FILE": files["own"], "QUANZI_ALIPAY_PUBLIC_KEY_FILE": files["alipay"]}
    assert read_account(config.load(named)).own_key.key_size == 2048
    for name, read in (("own", read_private_key), ("alipay", read_public_key)):
        bare = tmp_path / "bare.txt"
        lines = Path(files[name]).read_text().splitlines()[1:-1]
        bare.write_text("\n".join(lines))
        assert read(str(bare)).key_size == 2048


@pytest.mark.parametrize("content", ["", "nonsense", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"])
def test_a_file_that_is_no_key_is_named_and_not_shown(content, tmp_path):
    path = tmp_path / "key.pem"
    path.write_text(content)
    for read in (read_private_key, read_public_key):
        with pytest.raises(BadKey) as problem:
            read(str(path))
        assert str(path) in str(problem.value) and (not content or content not in str(problem.value))


def test_the_halves_of_a_key_are_not_mistaken_and_a_short_key_is_refused(files, tmp_path):
    with pytest.raises(BadKey):
        read_private_key(files["alipay"])
    with pytest.raises(BadKey):
        read_public_key(files["own"])
    for key in (rsa.generate_private_key(65537, 1024), ec.generate_private_key(ec.SECP256R1())):
        for name, content in zip(("private", "public"), pem(key), strict=True):
            (tmp_path / name).write_bytes(content)
        with pytest.raises(BadKey, match="2048"):
            read_private_key(str(tmp_path / "private"))
        with pytest.raises(BadKey, match="2048"):
            read_public_key(str(tmp_path / "public"))


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("QUANZI_ALIPAY_APP_ID", ""), ("QUANZI_ALIPAY_SELLER_ID", ""), ("QUANZI_ALIPAY_KEY_FILE", ""),
        ("QUANZI_ALIPAY_KEY_FILE", "/nowhere/key.pem"), ("QUANZI_ALIPAY_PUBLIC_KEY_FILE", ""), ("QUANZI_BASE_URL", ""),
        ("QUANZI_ALIPAY_GATEWAY", "http://openapi.alipay.com/gateway.do"), ("QUANZI_PAYMENTS", "paypal"),
    ],
)  # fmt: skip
def test_a_site_without_all_that_alipay_needs_does_not_start_and_says_why(environ, variable, value):
    assert config.load(environ).payments == "alipay"
    with pytest.raises(BadSetting, match=variable):
        config.load(environ | {variable: value})


def test_the_doctor_finds_keys_that_were_mixed_up_or_lie_open(make_app, environ, files):
    make_app(**environ)
    assert list(provider()) == []
    Path(files["own"]).chmod(0o644)
    make_app(
        **environ | {"QUANZI_ALIPAY_PUBLIC_KEY_FILE": files["own_public"], "QUANZI_BASE_URL": "http://club.example"}
    )
    assert [word in line for word, line in zip(("chmod", "https", "own public"), provider(), strict=True)] == [True] * 3


# ---- a site that has connected it ---------------------------------------------------------------------------


@pytest.fixture
def connected(monkeypatch, cast, alipay):
    connect(monkeypatch, alipay, "CNY")


def test_lin_pays_and_alipay_tells(cast, connected, gateway, client, as_, post):
    ordered = post(as_("lin"), "/wallet/top-up", {"amount": "50", "key": "one"})
    number = ordered.location.rpartition("/")[2]
    page = as_("lin").get(ordered.location, headers={"User-Agent": "Mozilla/5.0 (iPhone) Mobile"}).text
    assert "alipay.trade.wap.pay" in page and gateway.url in page
    assert "alipay.trade.page.pay" in as_("lin").get(ordered.location).text
    for wrong in ({"total_amount": "5000.00"}, {"app_id": "2021000000000009"}, {"sign": ""}):
        answer = client.post("/wallet/callback/alipay", data=gateway.message(number) | wrong)
        assert answer.text == "fail" and balance(cast.lin) == 0
    for _ in range(3):
        answer = client.post("/wallet/callback/alipay", data=gateway.message(number))
        assert (answer.status_code, answer.text, answer.mimetype) == (200, "success", "text/plain")
    later = gateway.message(number, status="TRADE_FINISHED")
    assert client.post("/wallet/callback/alipay", data=later).text == "success"
    assert (balance(cast.lin), top_ups()) == (5000, 1)


def test_a_part_goes_back_by_alipay_and_its_message_alarms_nobody(cast, connected, gateway, client, as_, post):
    number = order(cast.lin)
    client.post("/wallet/callback/alipay", data=gateway.message(number))
    gateway.says["alipay.trade.refund"] = {"code": "10000", "fund_change": "Y"}
    sent = {"amount": "12.30", "reason": "重复付款", "key": "r1"}
    assert post(as_("owner"), f"/wallet/desk/payments/{number}/refund", sent).status_code == 303
    jobs.run_due()
    assert gateway.asked[0][1]["refund_amount"] == "12.30" and gateway.forged == 0
    message = gateway.message(number, refund_fee="12.30", gmt_refund="2026-11-22 13:00:00")
    assert client.post("/wallet/callback/alipay", data=message).text == "success"
    assert (balance(cast.lin), row(number).refunded, row(number).problem) == (3770, 1230, "")


def test_a_message_that_never_came_is_found_by_asking_alipay(cast, connected, gateway):
    number = order(cast.lin)
    gateway.says["alipay.trade.query"] = PAID | {"out_trade_no": number, "total_amount": "50.00"}
    clock.shift(clock.MINUTE)
    jobs.run_due()
    assert (row(number).state, balance(cast.lin)) == ("paid", 5000)
