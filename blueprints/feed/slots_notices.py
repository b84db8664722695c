"""The words of what is told about moments, in the list of notices."""

from collections.abc import Callable

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from blueprints.feed import told
from blueprints.feed.told import Told
from core.blueprint import fills
from core.fragments import region
from core.notices import NoticeRow
from core.policy import Actor


@fills("notices.row")
def notices(actor: Actor, rows: list[NoticeRow]) -> dict[int, str]:
    return {
        each.row.id: region(
            "feed/_told.html", words=WORDS[each.row.kind](each), url=_address(each), quote=each.quote,
            person=each.people[0],
        )
        for each in told.told(actor, rows)
    }  # fmt: skip


def _address(each: Told) -> str:
    if each.comment:
        place = url_for("feed.comment", number=each.moment, comment=each.comment)
    else:
        place = url_for("feed.moment", number=each.moment)
    return url_for("notices.follow", number=each.row.id, to=place)


def _names(each: Told) -> dict[str, str]:
    return {"name": each.people[0].name, "other": each.people[1].name if len(each.people) > 1 else ""}


def _reacted(each: Told) -> str:
    names = _names(each)
    if each.many == 1:
        return _("%(name)s reacted to your post", **names)
    if each.many == 2:
        return _("%(name)s and %(other)s reacted to your post", **names)
    return ngettext(
        "%(name)s, %(other)s and one more reacted to your post",
        "%(name)s, %(other)s and %(num)s others reacted to your post", each.many - 2, **names,
    )  # fmt: skip


def _commented(each: Told) -> str:
    names = _names(each)
    if each.many == 1:
        return _("%(name)s commented on your post", **names)
    if each.many == 2:
        return _("%(name)s and %(other)s commented on your post", **names)
    return ngettext(
        "%(name)s, %(other)s and one more commented on your post",
        "%(name)s, %(other)s and %(num)s others commented on your post", each.many - 2, **names,
    )  # fmt: skip


def _answered(each: Told) -> str:
    return _("%(name)s answered your comment", **_names(each))


WORDS: dict[str, Callable[[Told], str]] = {
    "moment_answered": _answered, "moment_commented": _commented, "moment_reacted": _reacted,
}  # fmt: skip
