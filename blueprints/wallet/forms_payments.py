"""What is filled in about money that comes from the payment provider, and goes back to it."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField

from blueprints.wallet.forms import Amount
from blueprints.wallet.refunding import RefundDraft
from core.errors import Invalid, Refusal
from core.forms import Base, Key, Line

IN_THE_FORM = frozenset(("balance_full", "payments_open", "overdrawn", "money_stopped"))


class TopUp(Base):
    amount = Amount(_l("How much"))
    key = Key()

    def refuse(self, refusal: Refusal) -> None:
        """Raises what cannot be said in a form."""
        if not isinstance(refusal, Invalid) and refusal.code not in IN_THE_FORM:
            raise refusal
        super().refuse(refusal)


class GiveBack(TopUp):
    """A refund. `amount` is of the payment's own currency."""

    reason = Line(_l("Reason"), limit="money_reason", description=_l("The payer may read it at the payment provider."))
    was_made = BooleanField(
        _l("It went back already"),
        description=_l("At the provider's own site. Here it is only written down; the provider is not asked."),
    )  # fmt: skip

    def draft(self, code: str) -> RefundDraft:
        """Raises Invalid with the field."""
        return RefundDraft(self.amount.minor(code), self.reason.data or "", bool(self.was_made.data))


class Whose(Base):
    username = Line(_l("Whose wallet"), limit="username", description=_l("The username, with or without “@”."))
