"""The log of an event in words."""

from typing import NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from blueprints.live.logbook import ActRow

ACTIONS = {
    "announce": _l("Event announced"),
    "change": _l("Event changed"),
    "postpone": _l("Event moved to another time"),
    "cancel": _l("Event cancelled"),
    "begin": _l("Event begun"),
    "end": _l("Event ended"),
    "invite": _l("Invited"),
    "turn_away": _l("Invitation taken back"),
    "appoint": _l("Now runs the event"),
    "dismiss": _l("Runs the event no more"),
    "slow": _l("Slow mode"),
    "hold": _l("Hold new comments"),
    "members": _l("Members only"),
    "emoji": _l("Emoji only"),
    "repeats": _l("No repeats"),
    "close": _l("Bullet comments closed"),
    "reopen": _l("Bullet comments opened again"),
    "pin": _l("Announcement"),
    "unpin": _l("Announcement taken away"),
    "keep_out": _l("Words to keep out"),
    "let_in": _l("Words that may be said again"),
    "let_through": _l("Bullet comment let through"),
    "keep_back": _l("Bullet comment kept back"),
    "delete_comment": _l("Bullet comment deleted"),
    "delete_all": _l("All bullet comments deleted"),
    "take_in": _l("Bullet comments taken in from a file"),
    "hide": _l("Bullet comment hidden after a report"),
    "restore": _l("Hidden bullet comment shown again"),
    "undo": _l("Deletion taken back"),
    "mute": _l("Muted"),
    "remove": _l("Removed from the event"),
    "pardon": _l("Pardoned"),
    "open_poll": _l("Poll opened"),
    "close_poll": _l("Poll closed"),
    "answer_question": _l("Question answered"),
    "hide_question": _l("Question hidden"),
    "show_question": _l("Question shown again"),
}
"""Of acts that others write down as well; one that is not here shows by its own name."""


class Said(NamedTuple):
    """An act with its name and what more there is to say of it."""

    act: ActRow
    name: str
    detail: str


def said(row: ActRow) -> Said:
    return Said(row, str(ACTIONS.get(row.action, row.action)), row.body or _detail(row))


def _detail(row: ActRow) -> str:
    number = int(row.detail) if row.detail.isdecimal() else 0
    if row.action in ("slow", "hold"):
        return _("%(seconds)s s", seconds=number) if number else _("Off")
    if row.action in ("members", "emoji"):
        return _("On") if number else _("Off")
    if row.action == "repeats":
        return _("Off") if number else _("On")
    if row.action == "mute":
        return ngettext("For a minute", "For %(num)s minutes", number) if number else _("To the end")
    if row.action == "delete_all":
        return ngettext("%(num)s bullet comment", "%(num)s bullet comments", number)
    if row.action == "pardon":
        return _("May watch again") if row.detail == "remove" else _("May write again")
    return row.detail if row.action in ("pin", "keep_out", "let_in", "open_poll", "close_poll") else ""
