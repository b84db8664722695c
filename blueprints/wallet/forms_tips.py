"""What is filled in around tips."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, StringField

from core.forms import Base, Key, Line
from core.money import currency, parse, plain


class Amount(StringField):
    """Money as somebody typed it; `minor()` in minor units, None when it was left empty."""

    def minor(self) -> int | None:
        """Raises Invalid."""
        text = (self.data or "").strip()
        return parse(text, currency(), field=self.name) if text else None


class TipForm(Base):
    key = Key()
    back = HiddenField(default="")
    amount = Amount(_l("Amount"), id="tip-amount")
    note = Line(_l("A few words"), limit="tip_note", required=False, id="tip-note")


class TipsForm(Base):
    takes = BooleanField(_l("People can tip me"), id="tips-take")
    amount = Amount(_l("What one tap gives"), id="tips-amount")


def typed(minor: int | None) -> str:
    """An amount as a form shows it."""
    return plain(minor, currency()) if minor is not None else ""
