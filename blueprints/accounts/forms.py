"""The forms of accounts. Passwords are taken as typed and never written back into a page."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, PasswordField, RadioField, SelectField, StringField

from core import i18n
from core.forms import Base, Key, Line, Text, check_length, options
from core.limits import LIMITS


class Password(PasswordField):
    """Only its length is looked at here; what is good enough is the action's to say."""

    data: str

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = valuelist[0] if valuelist else ""

    def pre_validate(self, form: Any) -> None:
        check_length(self.data or "", LIMITS["password"], True)


class Raw(StringField):
    """One line, kept as typed: a name with something unseen in it is told so, not corrected."""

    data: str

    def __init__(self, label: Any, *, limit: str, required: bool = True, **options: Any) -> None:
        super().__init__(label, **options)
        self.limit = LIMITS[limit]
        self.needed = required

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = valuelist[0].strip() if valuelist else ""

    def pre_validate(self, form: Any) -> None:
        check_length(self.data or "", self.limit, self.needed)


class SignIn(Base):
    username = Raw(_l("Username"), limit="email")
    password = Password(_l("Password"))
    next = HiddenField()


class Register(Base):
    username = Raw(_l("Username"), limit="username")
    display_name = Raw(_l("Name that others see"), limit="display_name", required=False)
    password = Password(_l("Password"))
    email = Raw(_l("E-mail"), limit="email", required=False)
    code = Raw(_l("Invitation code"), limit="key", required=False)
    next = HiddenField()
    key = Key()


class AskReset(Base):
    username = Raw(_l("Username or e-mail"), limit="email")


class NewPassword(Base):
    password = Password(_l("New password"))


class Profile(Base):
    display_name = Line(_l("Name that others see"), limit="display_name")
    bio = Text(_l("About you"), limit="bio", required=False)


LANGUAGES = (("", _l("As the browser asks for")), *i18n.LANGUAGE_NAMES.items())
THEMES = (("", _l("As on this device")), ("light", _l("Light")), ("dark", _l("Dark")))


class Preferences(Base):
    locale = SelectField(_l("Language"), choices=options(LANGUAGES))
    time_zone = SelectField(_l("Time zone"))
    theme = RadioField(_l("Colours"), choices=options(THEMES), default="")
    shows_presence = BooleanField(_l("Show that I am here"))

    def offer_zones(self, otherwise: str) -> None:
        """Zones are many, so they are listed when the form is used; the first is the site's own."""
        self.time_zone.choices = options([("", otherwise), *i18n.zone_options()])


class Address(Base):
    email = Raw(_l("E-mail"), limit="email")
    password = Password(_l("Current password"))


class OwnPassword(Base):
    """One field, for what needs the current password only."""

    password = Password(_l("Current password"))


class ChangePassword(Base):
    password = Password(_l("Current password"))
    new_password = Password(_l("New password"))


class Leave(Base):
    words = RadioField(
        _l("What you wrote"),
        choices=options((("keep", _l("Leave it, without my name")), ("remove", _l("Remove it")))),
        default="keep",
    )
    password = Password(_l("Current password"))
