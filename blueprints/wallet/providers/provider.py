"""What a payment provider can do. Each is a class with these methods, in a file of its own beside this one. It knows
how its messages are made and signed, and nothing of wallets: what follows from a message is decided once for all of
them (blueprints/wallet/settling.py).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

State = Literal["waiting", "paid", "closed"]


@dataclass(frozen=True)
class Order:
    """What is to be paid. `number` is ours, `amount` in minor units, `closes_at` in ms since 1970. The provider sends
    the payer's browser to `return_url`, which proves nothing, and its messages to `notify_url`."""

    number: str
    amount: int
    currency: str
    title: str
    closes_at: int
    return_url: str
    notify_url: str


@dataclass(frozen=True)
class Message:
    """What came to `notify_url`, as it came: some sign the fields of a form, others every byte of the body. `headers`
    by their names in small letters."""

    fields: Sequence[tuple[str, str]] = ()
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Said:
    """What a provider says of an order, once it is certain that the provider said it. `reference` is the provider's own
    number; `amount` and `refunded` (all that went back so far) in minor units of `currency`."""

    number: str
    reference: str
    state: State
    amount: int
    currency: str
    refunded: int = 0


@dataclass(frozen=True)
class RefundWish:
    """`number` makes it once: the same one asked for again gives back nothing again. `amount` in minor units."""

    number: str
    order: str
    reference: str
    amount: int
    reason: str


class Untrue(Exception):
    """A message that did not come from the provider, or was not meant for this site. The text is for the log."""


class RefundRefused(Exception):
    """The provider will not give it back, however often it is asked. The text is its code, for the log."""


class PaymentProvider(Protocol):
    """`ask`, `close` and `refund` talk to the provider: slow, for jobs, and never inside a transaction. They raise
    core.outbound.OutboundProblem when nobody knows how it ended, so that they are tried again."""

    name: str

    def way(self, order: Order, *, phone: bool) -> str:
        """The address at which the payer pays. Asked whenever the page of the order is opened, outside of transactions;
        whoever has to ask the provider for it does so by the order's number, so that it stays one order there. Raises
        OutboundProblem."""

    def hear(self, message: Message) -> Said:
        """Raises Untrue for what the provider did not sign, or not for this site."""

    def answer(self, *, taken: bool) -> str:
        """What the provider expects to hear; what was not `taken` it tells once more later."""

    def ask(self, number: str) -> Said | None:
        """How the order with this number of ours stands; None when the provider has never heard of it."""

    def close(self, number: str) -> None:
        """Make sure that the order cannot be paid any more."""

    def refund(self, wish: RefundWish) -> None:
        """Give money back the way it came; done when it returns. Raises RefundRefused."""

    def problems(self) -> Iterator[str]:
        """A line for each thing in its settings that will not work, for `flask doctor`."""
