"""What can happen with money."""

from dataclasses import dataclass

from core.signals import Event


@dataclass(frozen=True)
class TipGiven(Event):
    """`amount` in minor units of `currency`; `subject_kind` and `subject_id` name what was tipped; `at` in ms since
    1970."""

    tip: int
    giver: int
    receiver: int
    subject_kind: str
    subject_id: int
    amount: int
    currency: str
    at: int


@dataclass(frozen=True)
class TipUndone(Event):
    tip: int
    giver: int
    receiver: int
    subject_kind: str
    subject_id: int


@dataclass(frozen=True)
class TipThanked(Event):
    tip: int
    giver: int
    receiver: int


@dataclass(frozen=True)
class MoneySent(Event):
    transfer: int
    giver: int
    receiver: int


@dataclass(frozen=True)
class CashOrdered(Event):
    """The cash desk is asked for something that somebody has to decide about."""

    order: int


@dataclass(frozen=True)
class CashDecided(Event):
    """`done` is False when it was refused."""

    order: int
    done: bool


@dataclass(frozen=True)
class PaymentArrived(Event):
    payment: int
    member: int


@dataclass(frozen=True)
class WalletFrozen(Event):
    member: int
    by: int | None


@dataclass(frozen=True)
class WalletThawed(Event):
    member: int
    by: int | None


@dataclass(frozen=True)
class MoneyHalted(Event):
    """The books did not add up; nothing moves until somebody lifts it."""

    why: str


@dataclass(frozen=True)
class PinSet(Event):
    member: int


@dataclass(frozen=True)
class PinLocked(Event):
    """The payment PIN of this member was wrong too often."""

    member: int
