"""Movements as their owner reads them: in words, with who was on the other side and what it was about."""

from typing import Any, NamedTuple

from flask_babel import gettext as _
from peewee import JOIN

from blueprints.people.apart import apart, apart_ids
from blueprints.people.friends import aliases
from blueprints.wallet.statement import Line
from core.blueprint import slot
from core.i18n import money
from core.markup import trusted
from core.policy import Actor
from models import CashOrder, LedgerAccount, LedgerEntry, Member, Payment, Refund, Tip, Transfer

ICONS = {
    "send": "send", "tip": "hand-helping", "undo": "undo-2", "issue": "plus", "withdraw": "arrow-up",
    "payout": "hourglass", "payout_back": "undo-2", "donate": "sprout", "top_up": "plus", "refund": "rotate-ccw",
    "refund_back": "undo-2",
}  # fmt: skip


class Face(NamedTuple):
    """Somebody on the other side. `username` is empty where there is no page to lead to."""

    id: int
    name: str
    username: str
    picture_key: str | None

    @property
    def hue(self) -> int:
        return self.id % 12


class Movement(NamedTuple):
    """A line in words. `about` is safe HTML of whatever it was for, `words` what somebody wrote to it."""

    line: Line
    title: str
    icon: str
    words: str
    about: str
    other: Face | None

    @property
    def shown(self) -> str:
        return money(self.line.amount, self.line.currency, signed=True)

    @property
    def after(self) -> str:
        return money(self.line.balance, self.line.currency)


def movements(actor: Actor, lines: list[Line]) -> list[Movement]:
    """In few queries, however many there are."""
    postings = [line.posting for line in lines]
    others, words, parts = _others(actor, postings), _words(actor, postings), _parts(lines)
    things = [(line.posting, line.kind, line.subject_kind, line.subject_id) for line in lines]
    causes = slot("wallet.cause", actor, things) if things else {}
    return [
        Movement(
            line, title(line, others.get(line.posting), is_part=line.posting in parts),
            ICONS.get(line.kind, "circle-check"), words.get(line.posting, ""),
            trusted("").join(causes.get(line.posting, ())), others.get(line.posting),
        )
        for line in lines
    ]  # fmt: skip


def bare(lines: list[Line]) -> list[Movement]:
    """Without names, words and causes, for those who look after the wallets of others."""
    parts = _parts(lines)
    return [
        Movement(
            line, title(line, None, is_part=line.posting in parts), ICONS.get(line.kind, "circle-check"), "", "", None
        )
        for line in lines
    ]  # fmt: skip


def _parts(lines: list[Line]) -> set[int]:
    """Of the refunds among them, those of less than was paid."""
    refunds = [line.posting for line in lines if line.kind == "refund"]
    if not refunds:
        return set()
    query = Refund.select(Refund.posting).join(Payment).where(Refund.amount < Payment.paid_amount)
    return {posting for (posting,) in query.where(Refund.posting.in_(refunds)).tuples()}


def title(line: Line, other: Face | None, *, is_part: bool = False) -> str:
    """What happened, in a few words."""
    name, comes = other.name if other else _("somebody"), line.amount > 0
    titles = {
        "send": _("From %(name)s", name=name) if comes else _("To %(name)s", name=name),
        "tip": _("Tip from %(name)s", name=name) if comes else _("Tip for %(name)s", name=name),
        "undo": _("Tip taken back"),
        "issue": _("Issued at the cash desk"),
        "withdraw": _("Withdrawn at the cash desk"),
        "payout": _("Put aside to be paid out"),
        "payout_back": _("Not paid out, back in the wallet"),
        "donate": _("Left to the site"),
        "sweep": _("Left to the site"),
        "top_up": _("Topped up"),
        "refund": _("A part of a top-up paid back the way it came") if is_part else _("Paid back the way it came"),
        "refund_back": _("Could not be paid back, in the wallet again"),
    }
    return titles.get(line.kind) or (_("Came in") if comes else _("Went out"))


def _others(actor: Actor, postings: list[int]) -> dict[int, Face]:
    """The member on the other side of each posting. Also after a block the books say who it was, and lead nowhere."""
    if not postings:
        return {}
    me = actor.member_id or 0
    rows = (
        LedgerEntry.select(LedgerEntry.posting, Member.id, Member.display_name, Member.username, Member.avatar_key,
                           Member.erased_at)
        .join(LedgerAccount).join(Member, on=LedgerAccount.owner == Member.id)
        .where(LedgerEntry.posting.in_(postings), LedgerAccount.kind == "member", Member.id != me)
    )  # fmt: skip
    found: list[Any] = list(rows.tuples())
    names, hidden = aliases(me, [row[1] for row in found]), apart_ids(me)
    return {
        posting: Face(
            id_, names.get(id_) or name or _("somebody who left"), "" if erased or id_ in hidden else username,
            None if id_ in hidden else picture,
        )
        for posting, id_, name, username, picture, erased in found
    }  # fmt: skip


def _words(actor: Actor, postings: list[int]) -> dict[int, str]:
    """Without those of people with whom the actor has nothing to do."""
    if not postings:
        return {}
    nobody = apart(actor.member_id or 0, Member.id)
    columns = ((Transfer, Transfer.words, Transfer.giver), (Tip, Tip.note, Tip.giver), (CashOrder, CashOrder.reason, 0))
    return {
        posting: text
        for table, column, writer in columns
        for posting, text in table.select(table.posting, column)
        .join(Member, JOIN.LEFT_OUTER, on=Member.id == writer)
        .where(table.posting.in_(postings), Member.id.is_null() | ~nobody).tuples()
    }  # fmt: skip
