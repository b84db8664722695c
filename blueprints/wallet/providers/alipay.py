"""Alipay: website payment (alipay.trade.page.pay, on phones alipay.trade.wap.pay), its messages, query, close, refund.

Source: https://opendocs.alipay.com/open/270/105898 (website payment) and /open/203/105285 (mobile website payment).
What is signed are all parameters but `sign`, and in messages to us but `sign_type` as well, each as `name=value`, in
the order of their names, with `&` between. Times are those of Shanghai, amounts are in yuan with two decimals.
"""

import json
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from blueprints.wallet.providers.provider import Message, Order, RefundRefused, RefundWish, Said, State, Untrue
from blueprints.wallet.providers.signing import (
    PrivateKey,
    PublicKey,
    is_signed,
    read_private_key,
    read_public_key,
    sign,
)
from core import clock, config, outbound
from core.config import Config
from core.money import currency, plain
from core.outbound import Unsuitable

CURRENCY = "CNY"
SHANGHAI = ZoneInfo("Asia/Shanghai")
MOST_BYTES = 256 * 1024
SECONDS = 15.0

STATES: dict[str, State] = {
    "WAIT_BUYER_PAY": "waiting",
    "TRADE_SUCCESS": "paid",
    "TRADE_FINISHED": "paid",  # paid as well, and so long ago that it cannot be refunded any more
    "TRADE_CLOSED": "closed",  # not paid in time, or refunded as a whole
}
AGAIN = ("ACQ.SYSTEM_ERROR", "aop.ACQ.SYSTEM_ERROR", "isp.unknow-error")
_YUAN = re.compile(r"([0-9]{1,10})(?:\.([0-9]{1,2}))?")


@dataclass(frozen=True)
class Account:
    app_id: str
    seller_id: str
    gateway: str
    own_key: PrivateKey
    alipay_key: PublicKey


def read_account(settings: Config) -> Account:
    """Raises signing.BadKey."""
    return Account(
        settings.alipay_app_id, settings.alipay_seller_id, settings.alipay_gateway,
        read_private_key(settings.alipay_key_file), read_public_key(settings.alipay_public_key_file),
    )  # fmt: skip


class Alipay:
    name = "alipay"

    def __init__(self, account: Account) -> None:
        self.account = account

    def problems(self) -> Iterator[str]:
        settings, account = config.current(), self.account
        if stat.S_IMODE(Path(settings.alipay_key_file).stat().st_mode) & 0o077:
            yield f"{settings.alipay_key_file} can be read by others; chmod 600 {settings.alipay_key_file}"
        if not settings.secure:
            yield "QUANZI_BASE_URL is not https, and Alipay tells what was paid to such addresses only"
        if account.own_key.public_key().public_numbers() == account.alipay_key.public_numbers():
            # A common slip, after which no message of Alipay would ever be taken.
            yield f"{settings.alipay_public_key_file} holds this site's own public key; Alipay's belongs there"

    # ---- paying ---------------------------------------------------------------------------------------------

    def way(self, order: Order, *, phone: bool) -> str:
        content = {
            "out_trade_no": order.number,
            "total_amount": _yuan(order.amount),
            "subject": re.sub(r"[/=&]", " ", order.title)[:128],  # letters that Alipay refuses there
            "time_expire": _shanghai(order.closes_at),
        }
        if phone:
            content |= {"product_code": "QUICK_WAP_WAY", "quit_url": order.return_url}
        else:
            content |= {"product_code": "FAST_INSTANT_TRADE_PAY"}
        method = "alipay.trade.wap.pay" if phone else "alipay.trade.page.pay"
        addresses = {"notify_url": order.notify_url, "return_url": order.return_url}
        return f"{self.account.gateway}?{urlencode(self._signed(method, content, addresses))}"

    def _signed(self, method: str, content: Mapping[str, str], more: Mapping[str, str] | None = None) -> dict[str, str]:
        fields = {
            "app_id": self.account.app_id,
            "method": method,
            "format": "JSON",
            "charset": "utf-8",
            "sign_type": "RSA2",
            "timestamp": _shanghai(clock.now()),
            "version": "1.0",
            "biz_content": json.dumps(content, ensure_ascii=False, separators=(",", ":")),
            **(more or {}),
        }
        return {**fields, "sign": sign(_line_up(fields.items()), self.account.own_key)}

    # ---- what it tells us -----------------------------------------------------------------------------------

    def hear(self, message: Message) -> Said:
        fields, said = message.fields, dict(message.fields)
        if len(said) != len(fields):
            raise Untrue("a name comes twice")  # which of them was signed?
        if said.get("sign_type") != "RSA2":
            raise Untrue("not signed by RSA2")
        signed = _line_up((name, value) for name, value in fields if name not in ("sign", "sign_type"))
        if not is_signed(signed, said.get("sign", ""), self.account.alipay_key):
            raise Untrue("the signature is wrong")
        if said.get("app_id") != self.account.app_id:
            raise Untrue(f"for another application, {said.get('app_id', '')[:32]}")
        if said.get("seller_id") != self.account.seller_id:
            raise Untrue(f"for another seller, {said.get('seller_id', '')[:32]}")
        return self._read(said, said.get("refund_fee") or "0")

    def answer(self, *, taken: bool) -> str:
        return "success" if taken else "fail"

    def _read(self, said: Mapping[str, Any], refunded: str) -> Said:
        try:
            return Said(
                number=str(said["out_trade_no"])[:64],
                reference=str(said["trade_no"])[:64],
                state=STATES.get(str(said.get("trade_status")), "waiting"),
                amount=_minor(str(said["total_amount"])),
                currency=CURRENCY,
                refunded=_minor(refunded),
            )
        except (KeyError, ValueError) as error:
            raise Untrue(f"cannot be read: {error!r}"[:200]) from None

    # ---- asking it ------------------------------------------------------------------------------------------

    def ask(self, number: str) -> Said | None:
        said = self._call("alipay.trade.query", {"out_trade_no": number})
        if said.get("sub_code") == "ACQ.TRADE_NOT_EXIST":
            return None
        _require_done(said)
        if said.get("out_trade_no") != number:
            raise Unsuitable("speaks of another order")
        try:
            return self._read(said, "0")
        except Untrue as error:
            raise Unsuitable(str(error)) from None

    def close(self, number: str) -> None:
        said = self._call("alipay.trade.close", {"out_trade_no": number})
        if said.get("sub_code") != "ACQ.TRADE_NOT_EXIST":
            _require_done(said)

    def refund(self, wish: RefundWish) -> None:
        said = self._call("alipay.trade.refund", {
            "trade_no": wish.reference, "refund_amount": _yuan(wish.amount), "out_request_no": wish.number,
            "refund_reason": wish.reason[:256],
        })  # fmt: skip
        if said.get("code") == "10000" and said.get("fund_change") == "Y":
            return
        # A refund that was asked for before changes nothing now; also a refusal may speak of the second time only.
        if self._is_refunded(wish):
            return
        code = str(said.get("sub_code") or said.get("code"))[:60]
        if said.get("code") == "40004" and code not in AGAIN:
            raise RefundRefused(code)
        raise Unsuitable(f"not refunded yet: {code}")

    def _is_refunded(self, wish: RefundWish) -> bool:
        content = {"trade_no": wish.reference, "out_request_no": wish.number}
        said = self._call("alipay.trade.fastpay.refund.query", content)
        if said.get("code") != "10000" or said.get("out_request_no") != wish.number:
            return False
        # The older form of the answer has no status and names the amount only when it went back.
        return said.get("refund_status", "REFUND_SUCCESS") == "REFUND_SUCCESS" and bool(said.get("refund_amount"))

    def _call(self, method: str, content: Mapping[str, str]) -> dict[str, Any]:
        """The signed part of the answer. The charset has to stand in the address, or the gateway reads GBK."""
        fields = self._signed(method, content)
        form = urlencode({"biz_content": fields.pop("biz_content")})
        answer = outbound.send_form(
            f"{self.account.gateway}?{urlencode(fields)}", form,
            most_bytes=MOST_BYTES, kinds=("text/", "application/json"), seconds=SECONDS,
        )  # fmt: skip
        try:
            text = answer.body.decode()
            whole = json.loads(text)
        except ValueError:
            raise Unsuitable("no JSON") from None
        return self._signed_part(text, whole, f"{method.replace('.', '_')}_response")

    def _signed_part(self, text: str, whole: Any, node: str) -> dict[str, Any]:
        """What is signed is the text of the answer's inner object, letter by letter."""
        if not isinstance(whole, dict) or not isinstance(whole.get(node), dict):
            problem = whole.get("error_response") if isinstance(whole, dict) else None
            code = (problem.get("sub_code") or problem.get("code")) if isinstance(problem, dict) else None
            raise Unsuitable(f"no answer to the question: {str(code)[:60]}")
        begin = text.index("{", text.index(f'"{node}"'))
        inner, end = json.JSONDecoder().raw_decode(text, begin)  # of two with this name the one that is checked
        if not is_signed(text[begin:end], str(whole.get("sign", "")), self.account.alipay_key):
            raise Unsuitable("the signature is wrong")
        return dict(inner)


def _line_up(fields: Any) -> str:
    return "&".join(f"{name}={value}" for name, value in sorted(fields))


def _require_done(said: Mapping[str, Any]) -> None:
    if said.get("code") != "10000":
        raise Unsuitable(f"{said.get('code')} {said.get('sub_code')}"[:80])


def _shanghai(moment: int) -> str:
    return datetime.fromtimestamp(moment / 1000, SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


def _yuan(minor: int) -> str:
    return plain(minor, currency(CURRENCY))


def _minor(yuan: str) -> int:
    """Raises ValueError."""
    found = _YUAN.fullmatch(yuan)
    if found is None:
        raise ValueError(f"{yuan[:20]} is no amount")
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))
