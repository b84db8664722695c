"""The button beside what can be tipped, with how often it was; and the tips that somebody got."""

from functools import lru_cache
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from blueprints.wallet.tips import Tipped, TipRow
from core import site
from core.blueprint import slot
from core.fragments import ANY_NUMBER, numbered, region
from core.i18n import locale_code
from core.markup import trusted
from core.policy import Actor

SMALL = frozenset(("comment", "moment_comment", "live_comment"))
SUBJECTS = {
    "moment": _l("For something that was shown in the feed."), "moment_comment": _l("For a comment in the feed."),
    "post": _l("For a post in a circle."), "comment": _l("For a comment in a circle."),
    "live_comment": _l("For a comment on an event."), "member": _l("For being there."),
}  # fmt: skip
GOT = {
    "moment": _l("For a post in your feed"), "moment_comment": _l("For a comment in the feed"),
    "post": _l("For a post in a circle"), "comment": _l("For a comment in a circle"),
    "live_comment": _l("For a comment on an event"), "member": _l("On your profile"),
}  # fmt: skip


def button_of(tip: Tipped, *, oob: bool = False) -> Markup:
    """The region `tip-<kind>-<id>`."""
    return numbered(_button(tip._replace(id=ANY_NUMBER), oob, locale_code(), site.get("unit")), tip.id)


@lru_cache(maxsize=4096)
def _button(tip: Tipped, oob: bool, _language: str, _unit: str) -> Markup:
    return region("wallet/_tip.html", tip=tip, small=tip.kind in SMALL, oob=oob)


def buttons(tips: list[Tipped]) -> dict[int, str]:
    """By the number of the thing; nothing for one that can neither be tipped nor was."""
    return {tip.id: button_of(tip) for tip in tips if tip.may or tip.tips}


# ---- what somebody got --------------------------------------------------------------------------------------


def tip_rows(actor: Actor, rows: list[TipRow]) -> list[Markup]:
    """Each as HTML, with what it was for as far as that can still be seen."""
    causes = slot("wallet.cause", actor, [(row.posting, "tip", row.subject_kind, row.subject_id) for row in rows])
    return [_row(row, causes.get(row.posting, [])) for row in rows]


def _row(row: TipRow, causes: list[Any]) -> Markup:
    cause = trusted("").join(causes) or str(GOT.get(row.subject_kind, ""))
    name = row.name or _("Former member")
    url = url_for("people.profile", username=row.username) if row.username else None
    return region("wallet/_tip_row.html", tip=row, name=name, url=url, cause=cause)
