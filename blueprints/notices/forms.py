"""The form of the summary."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField

from core.forms import Base, options


class Summary(Base):
    every = RadioField(
        _l("How often"), choices=options((("", _l("Never")), ("day", _l("Every day")), ("week", _l("Every week")))),
        default="",
    )  # fmt: skip
