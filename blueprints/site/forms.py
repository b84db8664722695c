"""The samples on the pattern page: a form as it comes, and one that was refused."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FileField, PasswordField, RadioField, SelectField

from core import i18n
from core.forms import Base, Line, Text, options

JOINING = (("open", _l("Everyone")), ("apply", _l("After a yes")), ("invitation", _l("By invitation")))


class Sample(Base):
    name = Line(_l("Name that others see"), limit="display_name", description=_l("Anything that people call you."))
    password = PasswordField(_l("Password"))
    bio = Text(_l("About you"), limit="bio", required=False)
    locale = SelectField(_l("Language"), choices=options(i18n.LANGUAGE_NAMES.items()))
    joining = RadioField(
        _l("Who may join"),
        choices=options(JOINING),
    )
    letters = BooleanField(_l("E-mails about replies"), description=_l("At most one a day."))
    visible = BooleanField(_l("Visitors may see my profile"))
    picture = FileField(_l("Picture"))


def samples() -> dict[str, Any]:
    """What templates/site/design.html takes."""
    typed = {"name": "林间", "locale": "zh-Hans", "joining": "apply", "letters": True}
    plain, wrong = Sample(data=typed), Sample(data=typed, prefix="wrong")
    for field in (wrong.name, wrong.password, wrong.bio, wrong.joining):
        field.errors = [_l("Please fill this in.")]
    return {"sample": plain, "wrong": wrong}
