"""Reactions and comments beneath moments."""

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _

from blueprints.feed import bp, commenting, reacting, rows_talk, said, talking
from blueprints.feed.routes_posting import moment_page
from core import hx
from core.errors import Conflict, Gone, Invalid
from core.forms import reaction
from core.guard import limit
from core.policy import require_visible
from core.reacting import KINDS, counts_of
from core.streams import position
from core.viewer import current_actor

MOMENT = "/feed/posts/<int:number>"
COMMENTS = f"{MOMENT}/comments"
COMMENT = f"{COMMENTS}/<int:comment>"


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 18 else None


def _page(number: int, **more: Any) -> str:
    return url_for("feed.moment", number=number, **more)


# ---- reactions ----------------------------------------------------------------------------------------------


@bp.post(f"{MOMENT}/react", permission="moment:react")
def react(number: int) -> Response:
    actor = current_actor()
    limit("like.write", actor.member_id)
    reacting.react(actor, number, *reaction())
    if not hx.wants_fragment():
        return hx.see_other(hx.back(_page(number)))
    try:
        return hx.fragment(rows_talk.tools(actor, number, in_list="whole" not in request.args))
    except Gone:  # what was taken back was taken back where one sees the moment no more
        return hx.fragment("", toast=_("Taken back."))


@bp.get(f"{MOMENT}/reactions", permission="moment:react")
def reactions(number: int) -> Response:
    """Who reacted, as far as one knows of them."""
    actor = current_actor()
    each = talking.talk(actor, number)
    kind, before = _whole(request.args.get("kind")), _whole(request.args.get("before"))
    kind = kind if kind is not None and kind < len(KINDS) else None
    found = talking.who_reacted(actor, number, kind, before)
    base = url_for(".reactions", number=number)
    older = url_for(".reactions", number=number, kind=kind, before=found.older) if found.older else None
    return hx.page(
        "feed/reactions.html", {"older": "feed/_reacted.html"}, rows=found.rows, older_url=older,
        counts=counts_of(each.reactions, each.total), kind=kind, base=base, back_url=_page(number),
    )  # fmt: skip


# ---- comments -----------------------------------------------------------------------------------------------


@bp.get(COMMENTS, permission="moment:see")
def comments(number: int) -> Response:
    """Comments before those that are shown; without scripts, on the moment's page."""
    before = _whole(request.args.get("before"))
    shown = rows_talk.one(current_actor(), number, before)
    if not hx.wants_fragment():
        return hx.see_other(_page(number, before=before))
    return hx.fragment(rows_talk.earlier(shown))


@bp.get(f"{COMMENTS}/new", permission="moment:write")
def new_comment(number: int) -> Response:
    """The composer beneath a moment of a list; without scripts, the moment's page, which has one."""
    actor = current_actor()
    commenting.open_moment(actor, number)
    if not hx.wants_fragment():
        return hx.see_other(_page(number, _anchor="answer"))
    return hx.fragment(rows_talk.answer_form(actor, number))


@bp.get(f"{COMMENT}/reply", permission="moment:write")
def reply(number: int, comment: int) -> Response:
    actor = current_actor()
    commenting.open_moment(actor, number)
    if not hx.wants_fragment():
        return hx.see_other(_page(number, reply_to=comment, _anchor="answer"))
    return hx.fragment(rows_talk.answer_form(actor, number, comment))


@bp.post(COMMENTS, permission="moment:write")
def write_comment(number: int) -> Response:
    actor = current_actor()
    body, text = request.form.get("body", ""), request.form.get("parent_id")
    parent = _whole(text)
    if "cancel" in request.form:
        return _no_reply(number, body, parent)
    try:
        if text and parent is None:
            raise Invalid("parent_gone", field="body")
        limit("comment.write", actor.member_id)
        key, insists = request.form.get("key", ""), "insists" in request.form
        made = commenting.write_comment(actor, number, body, parent, key, insists=insists)
    except (Invalid, Conflict) as refusal:
        return _again(number, body, parent, refusal)
    if not hx.wants_fragment():
        return hx.see_other(_page(number, _anchor=f"remark-{made}"))
    return hx.fragment(rows_talk.comment(actor, made), events={"sent": {"key": hx.new_key()}})


def _no_reply(number: int, body: str, parent: int | None) -> Response:
    """The box of a reply was closed: what was typed stands in the one for comments, and nothing was sent."""
    actor = current_actor()
    commenting.open_moment(actor, number)
    if not hx.wants_fragment():
        return moment_page(number, body=body)
    form = rows_talk.answer_form(actor, number, body=body)
    return hx.fragment(form, retarget=f"#answer-{number}-{parent}", reswap="outerHTML")


def _again(number: int, body: str, parent: int | None, refusal: Invalid | Conflict) -> Response:
    """The same composer with what was typed and what is wrong with it."""
    require_visible("moment", number, current_actor())
    errors = {"body": [hx.say(refusal)], "warned": refusal.code == "word_warned"}
    form = rows_talk.answer_form(current_actor(), number, parent, body=body, errors=errors)
    if hx.wants_fragment():
        return hx.fragment(form, status=refusal.status if refusal.status == 422 else 422)
    return hx.page("feed/answer.html", status=refusal.status, composer=form, back_url=_page(number))


@bp.get(COMMENT, permission="moment:see")
def comment(number: int, comment: int) -> Response:
    """Where on the page of its moment a comment stands by now."""
    row = talking.remark(current_actor(), comment)
    if row.moment != number:
        raise Gone
    before = talking.page_of(current_actor(), number, comment)
    return hx.see_other(_page(number, before=before, _anchor=f"remark-{comment}"))


@bp.post(f"{COMMENT}/delete", permission="moment:clear")
def delete_comment(number: int, comment: int) -> Response:
    commenting.delete_comment(current_actor(), number, comment)
    return hx.changed(hx.back(_page(number)), "", toast=_("Deleted."))


@bp.get("/feed/comments", permission="feed:own")
def own_comments() -> Response:
    """What the reader has said beneath moments, and how they reacted to those that they see no more; `before` is where
    a page of comments begins."""
    before = _whole(request.args.get("before"))
    page = said.own_comments(current_actor(), before)
    older_url = url_for(".own_comments", before=page.older) if page.older else None
    if before and hx.wants_fragment():
        return hx.page("feed/_said.html", rows=page.rows, older_url=older_url)
    felt = said.unseen_reactions(current_actor())
    return hx.page("feed/said.html", rows=page.rows, older_url=older_url, felt=felt)


@bp.post(f"{MOMENT}/comments-by", permission="moment:change")
def comments_by(number: int) -> Response:
    """Who comments from now on, from the menu of one's own moment."""
    how = request.form.get("how", "")
    commenting.set_comments_by(current_actor(), number, how)
    words = {
        "all": _("Everybody who sees it can comment, and reads all comments."),
        "mutual": _("Others see comments and reactions of their own friends alone; you see all."),
        "closed": _("Nobody adds a comment any more. Those that are there stay."),
    }
    return hx.see_other(hx.back(_page(number)), toast=words[how])


@bp.get(f"{MOMENT}/talk", permission="moment:see")
def talk(number: int) -> Response:
    """What an open page asks for when something has changed."""
    actor = current_actor()
    shown = rows_talk.one(actor, number)
    if shown.state == position():
        return hx.unchanged()
    if not hx.wants_fragment():
        return hx.see_other(_page(number))
    return hx.fragment(rows_talk.watch(shown), *rows_talk.changes(shown))
