"""What is filled in at an event's door, and by those who choose its guests."""

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, SelectField, StringField

from core.forms import Base, options

HOST_ROLE_NAMES = {"host": _l("Host"), "moderator": _l("Moderator")}
HOW_NAMES = {"invited": _l("Invited"), "password": _l("Came in with the password")}


class DoorForm(Base):
    password = PasswordField(_l("Password"), filters=[lambda text: (text or "").strip()])


class GuestForm(Base):
    username = StringField(_l("Username"), id="guest-username")

    def name(self) -> str:
        return (self.username.data or "").strip().lstrip("@").lower()


class HostForm(GuestForm):
    username = StringField(_l("Username"), id="host-username")
    role = SelectField(_l("Role"), choices=options(HOST_ROLE_NAMES.items()), default="moderator")
