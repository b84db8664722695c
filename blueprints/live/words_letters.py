"""The letters of reminders, in the words and the time zone of their reader."""

from flask import current_app, url_for
from flask_babel import gettext as _

from blueprints.accounts.queries import Reader
from core import i18n, site
from core.config import current
from core.mail import Letter
from models import LiveEvent


def letter(to: Reader, kind: str, event: LiveEvent) -> Letter:
    """In an application context, outside of any request."""
    with (
        current_app.test_request_context(base_url=current().address),
        i18n.as_read_by(to.locale, to.time_zone),
    ):
        subject, text = _said(kind, event)
        address = url_for("live.show", event=event.id, _external=True)
        whole = [_("Hello %(name)s,", name=to.display_name), text, address, _why(kind)]
        return Letter(to.email, f"{subject} · {site.get('name')}", "\n\n".join(whole) + "\n")


def _why(kind: str) -> str:
    """The page of an event that has begun or was cancelled has nothing to take back."""
    if kind in ("live_began", "live_off"):
        return _("You get this because you asked to be reminded.")
    return _("You get this because you asked to be reminded. On the same page you can take that back.")


def _said(kind: str, event: LiveEvent) -> tuple[str, str]:
    facts = {"event": event.title, "when": i18n.exact(event.starts_at)}
    return {
        "live_soon": (
            _("Soon: %(event)s", **facts), _("“%(event)s” begins at %(when)s. Here you can watch it:", **facts),
        ),
        "live_began": (
            _("It has begun: %(event)s", **facts), _("“%(event)s” has begun. Here you can watch it:", **facts),
        ),
        "live_moved": (
            _("Another time: %(event)s", **facts),
            _("“%(event)s” has been moved. It begins at %(when)s; you will be reminded of it then.", **facts),
        ),
        "live_off": (
            _("Cancelled: %(event)s", **facts), _("“%(event)s” will not take place.", **facts),
        ),
    }[kind]  # fmt: skip
