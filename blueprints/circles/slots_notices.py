"""The words of what circles tell their members, in the list of notices and in the summary by e-mail."""

from collections.abc import Callable
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from blueprints.circles import told
from blueprints.circles.told import MOST_MISSED, Missed, Told
from blueprints.circles.waiting import STOPPED
from core.blueprint import fills
from core.fragments import region
from core.notices import NoticeRow
from core.policy import Actor

ICONS = {
    "asked": "user-plus", "decided": "user-check", "pinned": "megaphone", "role": "shield-check", "pending": "inbox",
    "held": "hourglass",
}  # fmt: skip


@fills("notices.row")
def notices(actor: Actor, rows: list[NoticeRow]) -> dict[int, str]:
    shown: dict[int, str] = {}
    for each in told.told(actor, rows):
        person = each.people[0] if each.people and each.people[0].name and each.row.kind not in ICONS else None
        shown[each.row.id] = region(
            "circles/_told.html", words=WORDS[each.row.kind](each), url=_address(each), quote=each.quote, person=person,
            icon_name=ICONS.get(each.row.kind, "message-circle"),
        )  # fmt: skip
    return shown


def _address(each: Told) -> str:
    return url_for("notices.follow", number=each.row.id, to=_place(each))


def _place(each: Told) -> str:
    slug = each.circle.slug
    if each.post and each.comment:
        anchor = f"comment-{each.comment}"
        return url_for("circles.post", slug=slug, number=each.post, reply_to=each.comment, _anchor=anchor)
    if each.post:
        return url_for("circles.post", slug=slug, number=each.post)
    if each.row.kind == "asked":
        return url_for("circles.asked", slug=slug)
    if each.row.kind == "held":
        return url_for("moderation.queue", slug=slug)
    if each.row.kind == "pending":
        return url_for("circles.edit_pending", number=each.row.subject_id)
    return url_for("circles.show", slug=slug)


# ---- words -----------------------------------------------------------------------------------------------------


def _name(each: Told, place: int = 0) -> str:
    name = each.people[place].name if place < len(each.people) else ""
    return name or _("Former member")


def _mentioned(each: Told) -> str:
    if each.comment:
        return _("%(name)s named you in a comment in %(circle)s", name=_name(each), circle=each.circle.name)
    return _("%(name)s named you in a post in %(circle)s", name=_name(each), circle=each.circle.name)


def _replied(each: Told) -> str:
    return _("%(name)s answered your post in %(circle)s", name=_name(each), circle=each.circle.name)


def _answered(each: Told) -> str:
    return _("%(name)s answered your comment in %(circle)s", name=_name(each), circle=each.circle.name)


def _posted(each: Told) -> str:
    return _("%(name)s wrote in %(circle)s", name=_name(each), circle=each.circle.name)


def _pinned(each: Told) -> str:
    return _("An announcement in %(circle)s", circle=each.circle.name)


def _reacted(each: Told) -> str:
    names = {"name": _name(each), "other": _name(each, 1), "circle": each.circle.name}
    if each.comment:
        if each.many == 1:
            return _("%(name)s reacted to your comment in %(circle)s", **names)
        if each.many == 2:
            return _("%(name)s and %(other)s reacted to your comment in %(circle)s", **names)
        return ngettext(
            "%(name)s, %(other)s and one more reacted to your comment in %(circle)s",
            "%(name)s, %(other)s and %(num)s others reacted to your comment in %(circle)s", each.many - 2, **names,
        )  # fmt: skip
    if each.many == 1:
        return _("%(name)s reacted to your post in %(circle)s", **names)
    if each.many == 2:
        return _("%(name)s and %(other)s reacted to your post in %(circle)s", **names)
    return ngettext(
        "%(name)s, %(other)s and one more reacted to your post in %(circle)s",
        "%(name)s, %(other)s and %(num)s others reacted to your post in %(circle)s", each.many - 2, **names,
    )  # fmt: skip


def _asked(each: Told) -> str:
    return ngettext(
        "%(num)s person asks to join %(circle)s", "%(num)s people ask to join %(circle)s", each.many,
        circle=each.circle.name,
    )  # fmt: skip


def _decided(each: Told) -> str:
    if each.row.fact("accepted"):
        return _("You are a member of %(circle)s now", circle=each.circle.name)
    return _("Your request to join %(circle)s was declined", circle=each.circle.name)


def _invited(each: Told) -> str:
    return _("%(name)s invites you to %(circle)s", name=_name(each), circle=each.circle.name)


def _role(each: Told) -> str:
    circle = each.circle.name
    if each.circle.role == "owner":
        return _("You are an owner of %(circle)s now", circle=circle)
    if each.circle.role == "moderator":
        return _("You look after %(circle)s now, as a moderator", circle=circle)
    return _("You are a member of %(circle)s without further duties now", circle=circle)


def _held(each: Told) -> str:
    return ngettext(
        "%(num)s text waits for a moderator in %(circle)s", "%(num)s texts wait for a moderator in %(circle)s",
        each.many, circle=each.circle.name,
    )  # fmt: skip


def _pending(each: Told) -> str:
    if each.row.fact("state") == STOPPED:
        return _("What you wrote for %(circle)s could not come out at its time", circle=each.circle.name)
    if not each.row.fact("accepted"):
        return _("A moderator of %(circle)s sent back what you wrote", circle=each.circle.name)
    if each.comment:
        return _("Your comment in %(circle)s is published", circle=each.circle.name)
    if each.post:
        return _("Your post in %(circle)s is published", circle=each.circle.name)
    return _("What you wrote for %(circle)s may come out at its time", circle=each.circle.name)


WORDS: dict[str, Callable[[Told], str]] = {
    "answered": _answered, "asked": _asked, "decided": _decided, "held": _held, "invited": _invited,
    "mentioned": _mentioned, "pending": _pending, "pinned": _pinned, "posted": _posted, "reacted": _reacted,
    "replied": _replied, "role": _role,
}  # fmt: skip


# ---- the summary -------------------------------------------------------------------------------------------------


@fills("notices.summary")
def summary(actor: Actor, asked: list[Any]) -> dict[int, str]:
    """One paragraph a circle."""
    found = {each.id: told.missed(actor, each.since) for each in asked if each.id == actor.member_id}
    return {id_: "\n\n".join(map(_paragraph, circles)) for id_, circles in found.items() if circles}


def _paragraph(missed: Missed) -> str:
    facts = {"circle": missed.circle.name}
    if missed.many >= MOST_MISSED:
        head = _("%(circle)s: more than a hundred posts that you have not seen", **facts)
    else:
        head = ngettext(
            "%(circle)s: one post that you have not seen", "%(circle)s: %(num)s posts that you have not seen",
            missed.many, **facts,
        )  # fmt: skip
    lines = [f"– {title or _('Pictures')}" for _id, title in missed.posts]
    return "\n".join([head, *lines, url_for("circles.show", slug=missed.circle.slug, _external=True)])
