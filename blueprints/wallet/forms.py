"""What is filled in about money. Amounts are typed as people write them, and become minor units on the way in."""

import re
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, PasswordField, RadioField, StringField

from blueprints.wallet.books import RULES
from blueprints.wallet.desk import OrderDraft
from blueprints.wallet.own_limits import OwnLimits
from core import site
from core.errors import Denied, Invalid, Refusal, TooMany
from core.forms import Base, Key, Line, options
from core.money import currency, parse, plain
from core.plain import clean_line

IN_THE_FORM = frozenset((
    "pin_needed", "pin_locked", "frozen", "day_out", "money_pause", "balance_full", "overdrawn", "money_stopped",
    "payout_waits", "nothing_left", "desk_own", "desk_takes_two",
))  # fmt: skip
"""Refusals that whoever fills in a form can do something about, there and then."""

_NOTHING = re.compile(r"0+(?:\.0*)?")


class Amount(StringField):
    """`minor` is what was typed, in minor units of what the site counts in."""

    data: str

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = clean_line(valuelist[0])[:40] if valuelist else ""

    def minor(self, code: str = "") -> int:
        """Raises Invalid."""
        return parse(self.data or "", currency(code), field=self.name)

    def limit(self) -> int:
        """The same for a limit, which may also be nothing. Raises Invalid."""
        return 0 if _NOTHING.fullmatch(self.data or "") else self.minor()


class Secret(PasswordField):
    """Never shown again."""

    data: str

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = valuelist[0][:400] if valuelist else ""


class Paying(Base):
    """A form with which money leaves a wallet. `asks_pin` once the PIN is needed. `kind` is what the books call it."""

    kind: ClassVar[str]
    pin = Secret(_l("Payment PIN"))
    key = Key()
    asks_pin = False

    def refuse(self, refusal: Refusal) -> None:
        """Raises what cannot be said in a form."""
        if not isinstance(refusal, Invalid) and refusal.code not in IN_THE_FORM:
            raise refusal
        is_about_pin = isinstance(refusal, Denied | TooMany) and refusal.code.startswith("pin_")
        self.asks_pin = is_about_pin or bool(self.pin.data)
        super().refuse(Invalid(refusal.code, field="pin", **refusal.facts) if is_about_pin else refusal)


class Send(Paying):
    kind = "send"
    amount = Amount(_l("How much"))
    words = Line(_l("A word to go with it"), limit="transfer_words", required=False)


class Payout(Paying):
    kind = "payout"
    amount = Amount(_l("How much"))
    words = Line(
        _l("Where it should go"), limit="money_reason",
        description=_l("An account, or when you will come by. Only the people at the cash desk read it."),
    )  # fmt: skip


class Donate(Paying):
    """Nothing to fill in but the PIN, where it is needed."""

    kind = "donate"


class Pin(Base):
    back = HiddenField(default="")
    pin = Secret(_l("New PIN"), description=_l("Six digits, but no birthday and no row such as 123456."))
    pin_again = Secret(_l("The same PIN once more"))
    password = Secret(_l("Your password"), description=_l("Also when you have forgotten your old PIN."))


class Password(Base):
    password = Secret(_l("Your password"))


class Limits(Base):
    free_ceiling = Amount(_l("Without the PIN up to"))
    day_out = Amount(_l("At most in a day"))
    tips_day = Amount(_l("Tips at most in a day"))
    password = Secret(_l("Your password"), description=_l("Only needed to raise a limit again."))

    def limits(self) -> OwnLimits:
        """Raises Invalid with the field."""
        fields = (self.free_ceiling, self.day_out, self.tips_day)
        return OwnLimits(*(field.limit() if field.data else None for field in fields))


class Order(Base):
    kind = RadioField(
        _l("Issue or withdraw"), default="issue",
        choices=options((("issue", _l("Issue money to a wallet")), ("withdraw", _l("Withdraw money from a wallet")))),
    )  # fmt: skip
    member = Line(_l("Whose wallet"), limit="username", description=_l("The username, with or without “@”."))
    amount = Amount(_l("How much"))
    reason = Line(_l("Reason"), limit="money_reason", description=_l("The member can read it."))
    key = Key()

    def refuse(self, refusal: Refusal) -> None:
        """Raises what cannot be said in a form."""
        if not isinstance(refusal, Invalid) and refusal.code not in IN_THE_FORM:
            raise refusal
        super().refuse(refusal)

    def draft(self, member: int) -> OrderDraft:
        """Raises Invalid with the field."""
        return OrderDraft(self.kind.data or "", member, self.amount.minor(), self.reason.data)


class Reason(Base):
    reason = Line(_l("Reason"), limit="money_reason", description=_l("The member can read it."))


class Halt(Base):
    why = Line(_l("Reason"), limit="money_reason", description=_l("Everybody at the cash desk reads it."))


RULE_LABELS: dict[str, tuple[Any, Any]] = {
    "money_most": (_l("The most that a wallet takes in"), ""),
    "money_day_out": (_l("The most that leaves a wallet in a day"), ""),
    "money_free": (_l("Without the payment PIN up to"), ""),
    "money_pause": (_l("Seconds between two payments"), _l("Tips do not wait.")),
    "tips_day": (_l("The most that a member gives in tips in a day"), ""),
    "tips_count": (_l("How many tips a member gives in a day"), ""),
    "desk_second": (
        _l("From this amount on the cash desk takes two people"),
        _l("What one person did alone within a day counts together."),
    ),
}
COUNTS = ("money_pause", "tips_count")
"""Rules that are a number and no amount."""


class Rules(Base):
    """One field for each of RULES; see below."""

    @classmethod
    def as_set(cls) -> "Rules":
        unit = currency()
        values = {name: site.get(name) for name in RULES}
        return cls(data={name: v if name in COUNTS else plain(int(v), unit) for name, v in values.items()})

    def values(self) -> dict[str, str]:
        """As settings keep them. Raises Invalid with the field."""
        fields: dict[str, Any] = self._fields
        return {name: str(field.data if name in COUNTS else field.limit()) for name, field in fields.items()}


for _name in RULES:
    setattr(Rules, _name, Amount(RULE_LABELS[_name][0], description=RULE_LABELS[_name][1]))
