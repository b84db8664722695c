"""Each hour the books are proven, and what erased accounts left behind goes into the chest."""

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from blueprints.wallet import (
    books,
    closing,
    jobs_payments,  # noqa: F401 - its jobs
)
from core import i18n, mail, site
from core.config import current
from core.jobs import Running, job
from models import LedgerStop, Member, StaffRole


@job(books.PROVE, every_seconds=3600)
def prove(running: Running) -> None:
    """Halts all money when something does not add up."""
    books.prove_and_halt()


@job("wallet.sweep", every_seconds=3600)
def sweep(running: Running) -> None:
    closing.sweep()


@job("wallet.alarm")
def alarm(running: Running, stop: int) -> None:
    """A letter to those who own the site. Lifted meanwhile: nothing is sent."""
    row = LedgerStop.get_or_none(LedgerStop.id == stop, LedgerStop.lifted_at.is_null())
    if row is None:
        return
    owners = Member.select().join(StaffRole, on=StaffRole.member == Member.id)
    for owner in owners.where(StaffRole.role == "owner", Member.email.is_null(False), Member.erased_at.is_null()):
        with force_locale(i18n.LANGUAGES[owner.locale or site.get("locale")]):
            mail.deliver(_letter(owner, row.why))


def _letter(owner: Member, why: str) -> mail.Letter:
    address = current().address + current_app.url_map.bind("").build("wallet.show_books")
    paragraphs = (
        _("Hello %(name)s,", name=owner.display_name),
        _("All money on your site stands still. Nobody can pay, tip or be paid until you let it move again."),
        _("This is why: %(why)s", why=why),
        _("“flask doctor ledger” lists what does not add up. Once it does, let money move again here:"),
        address,
    )
    subject = _("All money stands still")
    return mail.Letter(owner.email, f"{subject} · {site.get('name')}", "\n\n".join(paragraphs) + "\n")
