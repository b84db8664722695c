"""What this site counts in: credit of its own, or a currency once its owner has connected a payment provider.

Amounts are whole numbers of minor units (fen, cents) everywhere; decimals appear only where a person reads or types.
"""

import re
from dataclasses import dataclass

from core.config import current
from core.errors import Invalid

DECIMALS = {"credit": 2, "CNY": 2, "HKD": 2, "TWD": 2, "USD": 2, "EUR": 2, "GBP": 2, "JPY": 0, "KRW": 0, "XTS": 2}
"""Digits of the minor unit (ISO 4217). XTS is the code that the standard reserves for tests."""

PROVIDERS = {"": "credit", "sandbox": "XTS", "alipay": "CNY"}
"""What is counted in, by who is connected (setting `payments`)."""

MOST = 10**12
"""No single amount is larger, in minor units: far from where 64 bits end."""

_TYPED = re.compile(r"(?:\d{1,12}|\d{1,3}(?:,\d{3}){1,3})(?:\.\d{1,4})?")
_FULL_WIDTH = str.maketrans("０１２３４５６７８９．。，", "0123456789..,")


@dataclass(frozen=True)
class Currency:
    """`code` is `credit` or of ISO 4217; `decimals` digits follow the point."""

    code: str
    decimals: int

    @property
    def is_credit(self) -> bool:
        return self.code == "credit"

    @property
    def one(self) -> int:
        """One whole unit in minor units."""
        return int(10**self.decimals)


def currency(code: str = "") -> Currency:
    """The currency with this code, or the one that the site counts in now. Raises KeyError for an unknown one."""
    code = code or PROVIDERS[current().payments]
    return Currency(code, DECIMALS[code])


def parse(text: str, unit: Currency, *, field: str = "amount") -> int:
    """What somebody typed, in minor units. Takes full-width digits and commas between thousands; one that may
    stand for a point is no number, else `12,50` would be a hundred times as much.

    Raises Invalid with the code amount (not a number), amount_fine (more decimals than there are), amount_zero or
    amount_large."""
    tidy = text.translate(_FULL_WIDTH).replace(" ", "")
    if not _TYPED.fullmatch(tidy):
        raise Invalid("amount", field=field)
    whole, _, part = tidy.replace(",", "").partition(".")
    part = part.rstrip("0")
    if len(part) > unit.decimals:
        raise Invalid("amount_fine", field=field, decimals=unit.decimals)
    minor = int(whole) * unit.one + int(part.ljust(unit.decimals, "0") or 0)
    if minor == 0:
        raise Invalid("amount_zero", field=field)
    if minor > MOST:
        raise Invalid("amount_large", field=field)
    return minor


def plain(minor: int, unit: Currency) -> str:
    """`-12.30`: for forms, files and other programs; pages use the filter `money` (core/i18n.py)."""
    sign, whole = "-" if minor < 0 else "", abs(minor)
    if not unit.decimals:
        return f"{sign}{whole}"
    return f"{sign}{whole // unit.one}.{whole % unit.one:0{unit.decimals}d}"
