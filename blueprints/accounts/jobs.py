"""Letters, exports, and what is carried out by and by."""

from collections.abc import Callable

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from blueprints.accounts import exporting, leaving
from blueprints.accounts.addresses import PURPOSE
from blueprints.accounts.signing_in import find
from core import clock, i18n, links, mail, sessions, site
from core.config import current
from core.db import atomic
from core.jobs import Running, job
from core.limits import LIMITS
from models import Member, OneTimeLink, Session

LINKS_KEPT_MS = 30 * clock.DAY


def _address_of(endpoint: str, **values: str) -> str:
    """A link for a letter."""
    adapter = current_app.url_map.bind("")
    return current().address + adapter.build(endpoint, values)


def _send(to: str, member: Member | None, write: Callable[[], tuple[str, list[str]]]) -> None:
    """`write` gives subject and paragraphs, in the language of who reads them."""
    locale = (member.locale if member else "") or site.get("locale")
    with force_locale(i18n.LANGUAGES[locale]):
        subject, paragraphs = write()
    mail.deliver(mail.Letter(to, f"{subject} · {site.get('name')}", "\n\n".join(paragraphs) + "\n"))


@job("accounts.send_reset")
def send_reset(running: Running, name: str) -> None:
    """Nothing is sent for a name that nobody has, or without an address."""
    member = find(name)
    if member is None or not member.email:
        return
    with atomic():
        link = links.make("reset", LIMITS["reset_link_seconds"], member=member.id)
    address = _address_of("accounts.new_password", token=links.token(link))

    def write() -> tuple[str, list[str]]:
        return _("A new password"), [
            _("Hello %(name)s,", name=member.display_name),
            _("With this link you can set a new password for your account %(username)s. It works once, for %(minutes)s "
              "minutes:", username=member.username, minutes=LIMITS["reset_link_seconds"] // 60),
            address,
            _("If you did not ask for this, you need not do anything: your password stays as it is."),
        ]  # fmt: skip

    _send(member.email, member, write)


@job("accounts.greet_address")
def greet_address(running: Running, link_id: int) -> None:
    """To a free address the link that confirms it; to one that belongs to an account, word of what happened."""
    link = OneTimeLink.get_or_none(OneTimeLink.id == link_id)
    if link is None or link.purpose != PURPOSE or link.used_at is not None or link.expires_at <= clock.now():
        return
    owner = Member.get_or_none(Member.email == link.email)
    if owner is None:
        _send(link.email, link.member, lambda: _confirm_letter(link))
    elif owner.id != link.member_id:
        _send(link.email, owner, lambda: _known_letter(owner))


def _confirm_letter(link: OneTimeLink) -> tuple[str, list[str]]:
    return _("Please confirm your address"), [
        _("Hello %(name)s,", name=link.member.display_name),
        _("This link confirms that e-mails about your account %(username)s may go to this address. It works for "
          "%(days)s days:", username=link.member.username, days=LIMITS["confirm_link_seconds"] // 86_400),
        _address_of("accounts.confirm", token=links.token(link)),
        _("If you have no account of that name, somebody mistyped their address: you need not do anything."),
    ]  # fmt: skip


def _known_letter(owner: Member) -> tuple[str, list[str]]:
    return _("You have an account already"), [
        _("Hello %(name)s,", name=owner.display_name),
        _("Somebody, perhaps you, gave this address for another account. It belongs to your account %(username)s, so "
          "it was not used.", username=owner.username),
        _("If you have forgotten your password, you can set a new one here:"),
        _address_of("accounts.reset"),
        _("If it was not you, you need not do anything."),
    ]  # fmt: skip


@job("accounts.tell")
def tell(running: Running, member_id: int, what: str, address: str | None = None) -> None:
    """Word of a change, to the address before it, or to that of the account."""
    member = Member.get_or_none(Member.id == member_id, Member.erased_at.is_null())
    to = address or (member.email if member else None)
    if member is None or not to:
        return
    _send(to, member, lambda: _news(member, what))


def _news(member: Member, what: str) -> tuple[str, list[str]]:
    subject, text = {
        "password_changed": (
            _("Your password was changed"), _("The password of your account %(username)s was just changed."),
        ),
        "address_changed": (
            _("Your address was changed"),
            _("E-mails about your account %(username)s go to another address from now on."),
        ),
        "address_removed": (
            _("Your address was removed"), _("Your account %(username)s has no e-mail address any more."),
        ),
        "leaving": (
            _("You asked to leave"),
            _("Your account %(username)s will be erased in %(days)s days. Sign in before that to change your mind."),
        ),
    }[what]  # fmt: skip
    facts = {"username": member.username, "days": LIMITS["leaving_seconds"] // 86_400}
    return subject, [
        _("Hello %(name)s,", name=member.display_name),
        text % facts,
        _("If it was not you, set a new password now:"),
        _address_of("accounts.reset"),
    ]


@job("accounts.export")
def export(running: Running, export_id: int) -> None:
    exporting.build(export_id, _readme(export_id), running.progress)


def _readme(export_id: int) -> str:
    member_id = exporting.member_of(export_id)
    member = Member.get_or_none(Member.id == member_id)
    locale = (member.locale if member else "") or site.get("locale")
    with force_locale(i18n.LANGUAGES[locale]):
        return "\n\n".join((
            _("This is a copy of what you gave to %(site)s.", site=site.get("name")),
            _("Each .json file holds what one part of the site keeps of you, as text in UTF-8. Times are milliseconds "
              "since the beginning of 1970 in UTC."),
            _("Your pictures are in the folder “pictures”. Each is named by the key that the other files mention."),
        )) + "\n"  # fmt: skip


@job("accounts.carry_out_departures", every_seconds=3600)
def carry_out_departures(running: Running) -> None:
    leaving.carry_out_departures()


@job("accounts.sweep", every_seconds=24 * 3600)
def sweep(running: Running) -> None:
    """Sessions, links and exports whose time is over."""
    now = clock.now()
    with atomic():
        sessions.end(Session.expires_at <= now)
        OneTimeLink.delete().where(OneTimeLink.expires_at <= now - LINKS_KEPT_MS).execute()
    exporting.drop_expired()
