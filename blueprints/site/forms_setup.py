"""The form of the first visit: the site, its owner, its doors."""

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, RadioField, SelectField, StringField

from blueprints.accounts.actions import Registration
from blueprints.site.actions import Beginning
from core import i18n
from core.forms import Base, Line, check_length, options
from core.limits import LIMITS

REGISTRATION = (
    ("open", _l("Anyone")), ("invitation", _l("People with an invitation")), ("closed", _l("Nobody for now")),
)  # fmt: skip
FOUNDING = (("members", _l("Every member")), ("staff", _l("Only you and your staff")))


class Setup(Base):
    name = Line(_l("Name of the site"), limit="site_name")
    locale = SelectField(
        _l("Language"), choices=options(i18n.LANGUAGE_NAMES.items()),
        description=_l("For visitors whose browser asks for none that we speak."),
    )  # fmt: skip
    time_zone = SelectField(_l("Time zone"), choices=options(i18n.zone_options()))
    username = StringField(_l("Username"), description=_l("3 to 30 small letters, digits or Chinese characters."))
    display_name = Line(_l("Name that others see"), limit="display_name", required=False)
    password = PasswordField(_l("Password"), description=_l("At least 8 characters; a short sentence is good."))
    email = StringField(_l("E-mail"), description=_l("For a new password, should you forget yours."))
    registration = RadioField(
        _l("Who may register"),
        choices=options(REGISTRATION),
    )  # fmt: skip
    founding = RadioField(
        _l("Who may found circles"), choices=options(FOUNDING)
    )

    def validate_username(self, field: StringField) -> None:
        field.data = (field.data or "").strip()
        check_length(field.data, LIMITS["username"], True)

    def validate_password(self, field: PasswordField) -> None:
        check_length(field.data or "", LIMITS["password"], True)

    def validate_email(self, field: StringField) -> None:
        field.data = (field.data or "").strip()
        check_length(field.data, LIMITS["email"], False)

    def beginning(self) -> Beginning:
        names = ("name", "locale", "time_zone", "registration", "founding")
        owner = Registration(
            username=self.username.data or "",
            password=self.password.data or "",
            display_name=self.display_name.data or "",
            email=self.email.data or "",
            locale=i18n.locale_code(),
        )
        return Beginning({name: self[name].data for name in names}, owner)
