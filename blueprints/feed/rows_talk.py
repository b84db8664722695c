"""What stands beneath moments, as HTML: reactions, the tools of other blueprints, comments.

A list asks once for all of its moments. What is rendered is kept by what it shows (core/fragments.py), so it holds no
token; the composer, which does, stands apart from it.
"""

from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup

from blueprints.feed import talking
from blueprints.feed.talking import Liker, Remark, Talk
from core.blueprint import slot
from core.errors import Gone
from core.fragments import ANY_NUMBER, kept, numbered, region, still
from core.hx import new_key
from core.i18n import ago
from core.markup import trusted
from core.policy import Actor, admits, can

NOTHING = trusted("")


@dataclass(frozen=True)
class Shown:
    """A talk as its templates take it: what was read (see `Talk`), what the reader may do, what others put there."""

    id: int
    state: int
    reactions: str
    total: int
    likers: tuple[Liker, ...]
    more_likers: int
    count: int
    react: Markup
    writes: bool
    whole: bool
    tools: Markup
    comments: tuple[Markup, ...]
    earlier_url: str | None
    all_url: str | None


def talks(actor: Actor, moments: list[int]) -> dict[int, Markup]:
    """What shows beneath each moment of a list, by its id; moments that the actor does not see are left out."""
    found = list(talking.talks(actor, moments).values())
    return {shown.id: _html("feed/_talk.html", shown) for shown in _shown(actor, found, whole=False)}


def whole(actor: Actor, moment: int, before: int | None = None) -> Markup:
    """The same on the moment's own page, with a page of comments. Raises Gone."""
    return _html("feed/_talk.html", one(actor, moment, before))


def one(actor: Actor, moment: int, before: int | None = None) -> Shown:
    """Raises Gone."""
    return _shown(actor, [talking.talk(actor, moment, before)], whole=True)[0]


def changes(shown: Shown) -> list[Markup]:
    """The parts of an open page that find their own place there."""
    return [_html("feed/_tools.html", shown, oob=True), _html("feed/_comments.html", shown, oob=True)]


def tools(actor: Actor, moment: int, *, in_list: bool) -> Markup:
    """The part that changes when its reader reacts. Raises Gone."""
    found = [talking.talk(actor, moment)]
    return _html("feed/_tools.html", _shown(actor, found, whole=not in_list)[0], oob=False)


def earlier(shown: Shown) -> Markup:
    """A page of comments, to take the place of the way to it."""
    return _html("feed/_remarks.html", shown)


def comment(actor: Actor, number: int) -> Markup:
    """One comment that was just written. Raises Gone."""
    row = talking.remark(actor, number)
    return _comments(actor, [talking.talk(actor, row.moment)], {row.moment: (row,)})[row.moment][0]


def answer_form(
    actor: Actor, moment: int, parent: int | None = None, *, body: str = "", errors: Any = None
) -> Markup:
    """Where one writes beneath a moment: a comment, or a reply where `parent` is a comment that the actor sees there.
    It holds a token, so it is kept nowhere."""
    name = ""
    try:
        row = talking.remark(actor, parent) if parent else None
    except Gone:
        row = None
    if row is not None and row.moment == moment:
        name = row.name or _("Former member")
    answering = {
        "parent_id": parent if name else None, "name": name, "body": body, "errors": errors or {}, "key": new_key(),
    }  # fmt: skip
    return region("feed/_answer.html", moment=moment, answering=answering)


def beneath(actor: Actor, moment: int, reply_to: int | None = None, body: str = "") -> Markup:
    """The foot of a moment's page: where one writes, or why one does not. Raises Gone."""
    each = talking.talk(actor, moment)
    answer = answer_form(actor, moment, reply_to, body=body) if writes_under(actor, each) else None
    closed = each.comments_by == "closed" or actor.signed_in
    return region("feed/_beneath.html", moment=moment, answer=answer, closed=closed)


def watch(shown: Shown) -> Markup:
    """What asks for changes of an open page; its answer brings the next one."""
    return region("feed/_watch.html", talk=shown)


def writes_under(actor: Actor, each: Talk) -> bool:
    """Whether a comment can be written there."""
    return each.comments_by != "closed" and admits(actor, "moment:write")


def _html(template: str, shown: Shown, **more: bool) -> Markup:
    key = (shown, tuple(more.values()))
    return kept(template, key, talk=shown, **more)


def _shown(actor: Actor, found: list[Talk], *, whole: bool) -> list[Shown]:
    beside = slot("feed.moment_tools", actor, found)
    said = _comments(actor, found, {each.id: each.comments for each in found})
    reacts = admits(actor, "moment:react")
    return [
        Shown(
            each.id, each.state, each.reactions, each.total, each.likers,
            max(0, each.total - len(each.likers)) if each.likers else 0, each.count,
            _react(each, whole=whole) if reacts else NOTHING,
            writes_under(actor, each), whole, NOTHING.join(beside.get(each.id, ())), said[each.id],
            url_for("feed.comments", number=each.id, before=each.earlier) if each.earlier else None,
            url_for("feed.moment", number=each.id) if not whole and each.count > len(each.comments) else None,
        )
        for each in found
    ]  # fmt: skip


def _react(each: Talk, *, whole: bool) -> Markup:
    return numbered(still("feed/_react.html", moment=ANY_NUMBER, mine=each.mine, whole=whole), each.id)


def _comments(
    actor: Actor, found: list[Talk], rows: dict[int, tuple[Remark, ...]]
) -> dict[int, tuple[Markup, ...]]:
    """The comments of each moment as HTML."""
    everything = [row for each in found for row in rows.get(each.id, ())]
    menus = slot("feed.comment_menu", actor, [(row.id, row.author) for row in everything]) if everything else {}
    return {
        each.id: tuple(_comment(actor, each, row, NOTHING.join(menus.get(row.id, ()))) for row in rows.get(each.id, ()))
        for each in found
    }


def _comment(actor: Actor, each: Talk, row: Remark, menu: Markup) -> Markup:
    writes, deletes = writes_under(actor, each), can(actor, "moment:clear", (each.author, row.author))
    key = (row, writes, deletes, menu, ago(row.created_at))
    return kept("feed/_comment.html", key, comment=row, writes=writes, deletes=deletes, menu=menu)
