"""What stories about payments are told with: who pays what, and a gateway that signs and checks as Alipay does."""

import base64
import json
import re
from urllib.parse import parse_qsl, urlsplit

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from blueprints.wallet import providers, topping_up
from blueprints.wallet.checks_payments import against_the_books
from core import ledger
from core.db import atomic
from core.money import currency
from models import LedgerPosting, Payment, database
from tests.core.test_outbound import WholeServer, answer

APP_ID, SELLER_ID = "2021000000000001", "2088000000000001"


def balance(person) -> int:
    return ledger.balance(ledger.member(person.id, currency().code)).whole


def order(person, amount: int = 5000, key: str = "k1") -> str:
    return topping_up.start(person.actor, amount, key)


def row(number: str) -> Payment:
    return Payment.get(Payment.number == number)


def spend(person, amount: int, key: str) -> None:
    with atomic(durable=True):
        source, to = ledger.member(person.id, currency().code), ledger.house("chest", currency().code)
        ledger.post("donate", [ledger.Move(source, -amount), ledger.Move(to, amount)], key=key)


def top_ups() -> int:
    return LedgerPosting.select().where(LedgerPosting.kind == "top_up").count()


def wrong() -> list[str]:
    """What does not add up, less the line that says how many wait for somebody."""
    return ledger.prove() + [line for line in against_the_books() if "need somebody" not in line]


# ---- Alipay, as far as we know it ---------------------------------------------------------------------------


def pem(key) -> tuple[bytes, bytes]:
    """Private and public half."""
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private, public


def sign(text: str, key) -> str:
    return base64.b64encode(key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()


def lined_up(fields: dict[str, str]) -> str:
    return "&".join(f"{name}={fields[name]}" for name in sorted(fields))


class Gateway:
    """Stands for Alipay: `says` maps a method to what is answered, a dict or a function of the content. Wrongly signed
    questions are noted and refused."""

    def __init__(self, world, site_key, own_key) -> None:
        self.site_key, self.own_key = site_key.public_key(), own_key
        self.says: dict[str, object] = {}
        self.asked: list[tuple[str, dict]] = []
        self.forged = 0
        self.server = WholeServer(self.hear)
        self.url = world.name(self.server, host="openapi.alipay.example", path="/gateway.do")

    def hear(self, request: str) -> bytes:
        head, _, body = request.partition("\r\n\r\n")
        line = head.split("\r\n")[0]
        assert line.startswith("POST /gateway.do?"), line
        fields = dict(parse_qsl(urlsplit(line.split(" ")[1]).query)) | dict(parse_qsl(body))
        signature = fields.pop("sign")
        try:
            self.site_key.verify(
                base64.b64decode(signature), lined_up(fields).encode(), padding.PKCS1v15(), hashes.SHA256()
            )
        except InvalidSignature:
            self.forged += 1
            return answer(b'{"error_response":{"code":"40002","sub_code":"isv.invalid-signature"}}')
        assert fields["charset"] == "utf-8" and fields["sign_type"] == "RSA2" and fields["app_id"] == APP_ID
        assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", fields["timestamp"])
        method, content = fields["method"], json.loads(fields["biz_content"])
        self.asked.append((method, content))
        said = self.says[method]
        return self.reply(method, said(content) if callable(said) else said)

    def reply(self, method: str, said) -> bytes:
        if isinstance(said, bytes):
            return said
        inner = json.dumps({"msg": "说"} | said, ensure_ascii=False)
        node = method.replace(".", "_") + "_response"
        whole = f'{{"{node}":{inner},"sign":"{sign(inner, self.own_key)}"}}'
        return answer(whole.encode(), kind="text/html;charset=utf-8")

    def message(self, number: str, amount: str = "50.00", status: str = "TRADE_SUCCESS", **more: str) -> dict[str, str]:
        """What is sent to us of an order."""
        fields = {
            "notify_time": "2026-11-22 12:00:00", "notify_type": "trade_status_sync", "notify_id": "ac05", "charset":
            "utf-8", "version": "1.0", "app_id": APP_ID, "seller_id": SELLER_ID, "out_trade_no": number, "trade_no":
            f"2026112222001{number[-8:]}", "trade_status": status, "total_amount": amount, "subject": "充值",
            "buyer_logon_id": "lin***@example.org", **more,
        }  # fmt: skip
        return fields | {"sign": sign(lined_up(fields), self.own_key), "sign_type": "RSA2"}


KEYS = [rsa.generate_private_key(65537, 2048) for _ in range(3)]
"""Of the site, of Alipay, and of somebody else."""


def connect(monkeypatch, provider, code: str) -> None:
    """Make this the provider of the site, which then counts in `code`."""
    from core import money

    monkeypatch.setattr(providers, "connected", lambda: provider)
    monkeypatch.setitem(money.PROVIDERS, "", code)


@pytest.fixture(autouse=True)
def adds_up(request):
    """Whatever happened, the books and the payments agree afterwards."""
    yield
    if "cast" in request.fixturenames:
        assert wrong() == []
        database.close()
