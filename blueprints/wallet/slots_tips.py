"""The button to tip, on what others show; the way to a tip with a note, in menus; the words of what is told of tips."""

from collections.abc import Iterable
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from blueprints.wallet import tips
from blueprints.wallet.rows_tips import button_of, buttons
from core.blueprint import fills
from core.fragments import ANY_NUMBER, numbered, region, still
from core.i18n import money
from core.notices import NoticeRow
from core.policy import Actor, admits

# ---- the button ---------------------------------------------------------------------------------------------


def _beside(actor: Actor, kind: str, things: Iterable[tuple[Any, ...]], off: set[int] | None = None) -> dict[int, str]:
    return buttons(tips.tipped(actor, kind, [(number, author) for number, author, *_rest in things], off))


@fills("circles.post_tools")
def beside_posts(actor: Actor, things: list[Any]) -> dict[int, str]:
    return _beside(actor, "post", things)


@fills("circles.comment_tools")
def beside_comments(actor: Actor, things: list[Any]) -> dict[int, str]:
    return _beside(actor, "comment", things)


@fills("feed.moment_tools")
def beside_moments(actor: Actor, moments: list[Any]) -> dict[int, str]:
    off = {moment.id for moment in moments if not moment.takes_tips}
    return _beside(actor, "moment", [(moment.id, moment.author) for moment in moments], off)


@fills("people.profile_ways")
def on_profile(actor: Actor, people: list[Any]) -> dict[int, str]:
    return _beside(actor, "member", [(person.id, person.id) for person in people])


@fills("people.card")
def on_card(actor: Actor, things: list[Any]) -> dict[int, str]:
    standing = tips.tipped(actor, "member", [(person.id, person.id) for person, _slug in things])
    return {
        tip.id: region(
            "wallet/_tip_person.html", button=button_of(tip),
            url=url_for("wallet.tip_form", kind="member", number=tip.id) if tip.may else None,
        )
        for tip in standing
        if tip.may or tip.tips
    }  # fmt: skip


# ---- menus --------------------------------------------------------------------------------------------------


def _menu(actor: Actor, kind: str, things: Iterable[tuple[Any, ...]], *, taps: bool = False) -> dict[int, str]:
    """What is somebody else's; `taps` where there is no button beside it."""
    if not admits(actor, "tip:give"):
        return {}
    url = url_for("wallet.tip_form", kind=kind, number=ANY_NUMBER)
    menu = still("wallet/_tip_ways.html", tap=f"{kind}:{ANY_NUMBER}" if taps else "", url=url)
    return {
        number: numbered(menu, number)
        for number, author, *_rest in things
        if author is not None and author != actor.member_id
    }


@fills("circles.post_menu")
def ways_of_posts(actor: Actor, things: list[Any]) -> dict[int, str]:
    return _menu(actor, "post", things)


@fills("circles.comment_menu")
def ways_of_comments(actor: Actor, things: list[Any]) -> dict[int, str]:
    return _menu(actor, "comment", things)


@fills("people.profile_menu")
def ways_of_persons(actor: Actor, people: list[Any]) -> dict[int, str]:
    """A tip with a note, from where the button stands as well."""
    standing = tips.tipped(actor, "member", [(person.id, person.id) for person in people])
    return _menu(actor, "member", [(tip.id, tip.id) for tip in standing if tip.may])


@fills("live.comment_menu")
def ways_of_live_comments(actor: Actor, things: list[Any]) -> dict[int, str]:
    return _menu(actor, "live_comment", things, taps=True)


@fills("feed.comment_menu")
def ways_of_moment_comments(actor: Actor, things: list[Any]) -> dict[int, str]:
    return _menu(actor, "moment_comment", things, taps=True)


@fills("feed.moment_menu")
def ways_of_moments(actor: Actor, things: list[Any]) -> dict[int, str]:
    return _menu(actor, "moment", things)


# ---- what is told -------------------------------------------------------------------------------------------


@fills("notices.row")
def told(actor: Actor, rows: list[NoticeRow]) -> dict[int, str]:
    return _got(actor, [row for row in rows if row.kind == "tipped"]) | _thanked(
        actor, [row for row in rows if row.kind == "tip_thanked"]
    )


def _got(actor: Actor, rows: list[NoticeRow]) -> dict[int, str]:
    """Grouped by what was tipped; what was taken back is not told of."""
    url, shown = url_for("wallet.tips_received"), {}
    for row, group in zip(rows, tips.groups(actor, rows), strict=True):
        if group.tips:
            shown[row.id] = _notice(row, _words(group), url, "hand-helping")
    return shown


def _words(group: tips.Group) -> str:
    amount = money(group.total, group.currency)
    if not group.names:
        return ngettext("A tip for you: %(amount)s", "%(num)s tips for you: %(amount)s", group.tips, amount=amount)
    name = group.names[0]
    if group.givers == 1:
        return ngettext(
            "%(name)s gave you a tip: %(amount)s", "%(name)s gave you %(num)s tips: %(amount)s", group.tips, name=name,
            amount=amount,
        )  # fmt: skip
    return ngettext(
        "%(name)s and one more gave you tips: %(amount)s", "%(name)s and %(num)s others gave you tips: %(amount)s",
        group.givers - 1, name=name, amount=amount,
    )  # fmt: skip


def _thanked(actor: Actor, rows: list[NoticeRow]) -> dict[int, str]:
    names = tips.names(actor, [row.subject_id for row in rows])
    return {
        row.id: _notice(
            row, _("%(name)s thanks you for your tip", name=name[0]), url_for("people.profile", username=name[1]),
            "heart-handshake",
        )
        for row in rows
        if (name := names.get(row.subject_id))
    }  # fmt: skip


def _notice(row: NoticeRow, words: str, url: str, icon_name: str) -> str:
    follow = url_for("notices.follow", number=row.id, to=url)
    return region("wallet/_tip_told.html", words=words, icon_name=icon_name, url=follow)
