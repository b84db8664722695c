"""A stand-in for a payment provider, to try the whole way without money: it has a checkout page of its own inside the
site, and its messages are signed and can be played as badly as those of a real one."""

import hmac
from collections.abc import Iterator, Sequence

from blueprints.wallet.providers.provider import Message, Order, RefundRefused, RefundWish, Said, State, Untrue
from core import config

APP = "quanzi-sandbox"
REFUSED_ENDING = 13
"""A refund whose amount ends in these minor units is refused, so that this can be seen as well."""

Fields = list[tuple[str, str]]
STATES: dict[str, State] = {"paid": "paid", "closed": "closed"}
PLAYS = ("paid", "twice", "amount", "late", "signature", "app", "refunded", "cancel")


class Sandbox:
    name = "sandbox"

    def way(self, order: Order, *, phone: bool) -> str:
        return f"{order.return_url}/sandbox"

    def hear(self, message: Message) -> Said:
        fields, said = message.fields, dict(message.fields)
        if len(said) != len(fields):
            raise Untrue("a name comes twice")
        if not hmac.compare_digest(said.get("sign", "").encode(), _signature(fields).encode()):
            raise Untrue("the signature is wrong")
        if said.get("app") != APP:
            raise Untrue("for another application")
        try:
            return Said(
                said["number"], said["reference"], STATES.get(said["state"], "waiting"), int(said["amount"]),
                said["currency"], int(said["refunded"]),
            )  # fmt: skip
        except (KeyError, ValueError) as error:
            raise Untrue(f"cannot be read: {error!r}"[:200]) from None

    def problems(self) -> Iterator[str]:
        yield from ()

    def answer(self, *, taken: bool) -> str:
        return "ok" if taken else "again"

    def ask(self, number: str) -> Said | None:
        """Everything that it knows it has said at once."""
        return None

    def close(self, number: str) -> None:
        return None

    def refund(self, wish: RefundWish) -> None:
        if wish.amount % 100 == REFUSED_ENDING:
            raise RefundRefused("SANDBOX_REFUSES")


def message(
    number: str, amount: int, currency: str, *, state: str = "paid", refunded: int = 0, app: str = APP
) -> Fields:
    """What the sandbox says of an order, signed. Amounts in minor units."""
    fields = [
        ("app", app), ("number", number), ("reference", f"S-{number}"), ("state", state), ("amount", str(amount)),
        ("currency", currency), ("refunded", str(refunded)),
    ]  # fmt: skip
    return [*fields, ("sign", _signature(fields))]


def play(what: str, number: str, amount: int, currency: str) -> list[Fields]:
    """The messages of one of PLAYS, in their order. What is late is told to an order that was closed before."""
    right = message(number, amount, currency)
    plays = {
        "twice": [right, right],
        "amount": [message(number, amount + 1, currency)],
        "signature": [[*right[:-1], ("sign", "0" * 64)]],
        "app": [message(number, amount, currency, app="another-shop")],
        "refunded": [right, message(number, amount, currency, refunded=amount)],
        "cancel": [message(number, amount, currency, state="closed")],
    }
    return plays.get(what, [right])


def _signature(fields: Sequence[tuple[str, str]]) -> str:
    text = "\n".join(f"{name}={value}" for name, value in sorted(fields) if name != "sign")
    return hmac.digest(config.secret("sandbox payments"), text.encode(), "sha256").hex()
