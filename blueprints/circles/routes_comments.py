"""Comments and replies: writing, editing, liking, deleting and taking that back."""

from typing import Any

from flask import Response, render_template, request, url_for
from flask_babel import gettext as _

from blueprints.circles import bp, commenting, reactions, reading
from blueprints.circles.forms import PostForm
from blueprints.circles.forms import number as whole
from blueprints.circles.reading import CommentRow
from blueprints.circles.rooms import Room, room
from blueprints.circles.routes_posts import address, answer, post_page, top_of
from blueprints.circles.rows import comment_row, comment_rows, comment_said
from blueprints.drafts import actions as drafts
from core import hx
from core.errors import Conflict, Gone, Invalid
from core.forms import on_or_off, reaction
from core.guard import limit
from core.limits import LIMITS
from core.policy import require
from core.viewer import current_actor
from models import Pending

COMMENTS = "/circles/<slug>/posts/<int:number>/comments/"
COMMENT = f"{COMMENTS}<int:comment>"


@bp.get(COMMENTS, permission="circle:see")
def comments(slug: str, number: int) -> Response:
    """The collection's address read instead of written to: the post's own page."""
    reading.post(current_actor(), room(current_actor(), slug), number)
    return hx.see_other(address(slug, number, _anchor="comments"))


@bp.post(COMMENTS, permission="comment:write")
def write_comment(slug: str, number: int) -> Response:
    actor = current_actor()
    here = room(actor, slug)
    form, parent = PostForm.posted(), None
    if "cancel" in request.form:
        return _no_reply(here, number, form)
    try:
        parent = _parent_of(request.form.get("parent_id"))
        limit("comment.write", actor.member_id)
        made = commenting.write_comment(
            actor, here.id, number, form.body.data or "", parent, key=form.key.data or "",
            insists=bool(form.insists.data),
        )  # fmt: skip
    except (Invalid, Conflict) as refusal:
        return _answer_again(here, number, form, parent, refusal)
    drafts.discard(actor, f"comment:{number}:{parent or 0}", form.draft_seen, sent=form.body.data or "")
    if isinstance(made, Pending):
        said = _("A moderator looks at it first.")
        return hx.changed(address(slug, number), toast=said, events={"sent": {"key": hx.new_key()}})
    comment = reading.comment(actor, here, number, made.id)
    if not hx.wants_fragment():
        return hx.see_other(_place_of(here, comment))
    row = reading.post(actor, here, number)
    return hx.fragment(comment_row(actor, here, row, comment), events={"sent": {"key": hx.new_key()}})


def _no_reply(here: Room, number: int, form: PostForm) -> Response:
    """The box of a reply was closed: what was typed stands in the one for comments, and nothing was sent."""
    answering = answer(body=form.body.data or "")
    if not hx.wants_fragment():
        return post_page(here.slug, number, answering=answering)
    row = reading.post(current_actor(), here, number)
    shown = render_template("circles/_comment_composer.html", here=here, post=row, answering=answering)
    box = f"#answer-form-{whole(request.form.get('parent_id'))}"
    return hx.fragment(shown, retarget=box, reswap="outerHTML")


def _parent_of(text: str | None) -> int | None:
    """Raises Invalid for what is no comment's number."""
    value = whole(text)
    if text and value is None:
        raise Invalid("parent_gone", field="body")
    return value


def _answer_again(
    here: Room, number: int, form: PostForm, parent: int | None, refusal: Invalid | Conflict
) -> Response:
    """The same composer with what was typed and what is wrong with it."""
    answering = answer(
        body=form.body.data or "", errors={"body": [hx.say(refusal)]}, parent_id=top_of(here, number, parent),
        warned=refusal.code == "word_warned", seen_at=form.draft_seen or "",
    )  # fmt: skip
    if not hx.wants_fragment():
        return post_page(here.slug, number, status=refusal.status, answering=answering)
    row = reading.post(current_actor(), here, number)
    return hx.page(
        "circles/_comment_composer.html", status=refusal.status, here=here, post=row, answering=answering
    )


def _place_of(here: Room, row: CommentRow) -> str:
    """The page of a post on which this comment stands, scrolled to it."""
    latest = reading.comments(current_actor(), here, row.post_id)
    top = row.parent_id or row.id
    earlier = top + 1 if latest.older and top < latest.rows[0].id else None
    anchor = f"comment-{row.id}"
    younger = reading.replies_after(row.parent_id, row.id) if row.parent_id else 0
    if younger >= LIMITS["page_replies"]:
        place: dict[str, Any] = {"slug": here.slug, "number": row.post_id, "comment": row.parent_id}
        return url_for(".replies", **place, before=row.id + 1, _anchor=anchor)
    folded = row.id if younger >= LIMITS["replies_shown"] else None
    return address(here.slug, row.post_id, before=earlier, reply=folded, _anchor=anchor)


@bp.get(COMMENT, permission="circle:see")
def comment(slug: str, number: int, comment: int) -> Response:
    """Wherever on the page of its post a comment stands by now."""
    here = room(current_actor(), slug)
    reading.post(current_actor(), here, number)
    return hx.see_other(_place_of(here, reading.comment(current_actor(), here, number, comment)))


@bp.get(f"{COMMENT}/replies", permission="circle:see")
def replies(slug: str, number: int, comment: int) -> Response:
    """Replies before the ones that are shown; without JavaScript, on a page of their own."""
    actor = current_actor()
    here = room(actor, slug)
    post = reading.post(actor, here, number)
    above = reading.comment(actor, here, number, comment)
    rows = reading.earlier_replies(actor, here, number, comment, whole(request.args.get("before")))
    hidden = reading.replies_before(comment, rows[0].id) if rows else 0
    context: dict[str, Any] = {
        "replies": comment_rows(actor, here, post, rows, {}),
        "slug": slug, "comment": above, "hidden": hidden, "first": rows[0].id if rows else 0,
    }  # fmt: skip
    if hx.wants_fragment():
        return hx.fragment(render_template("circles/_replies.html", **context))
    said = comment_said(actor, here, post, above)
    return hx.page("circles/replies.html", here=here, post=post, said=said, back_url=_place_of(here, above), **context)


@bp.get(f"{COMMENT}/reply", permission="comment:write")
def reply(slug: str, number: int, comment: int) -> Response:
    actor = current_actor()
    here = room(actor, slug)
    row = reading.post(actor, here, number)
    require(actor, "comment:write", here)
    if not hx.wants_fragment():
        return hx.see_other(address(slug, number, reply_to=comment, _anchor="answer"))
    top = top_of(here, number, comment)
    if top is None:
        raise Gone
    answering = answer(parent_id=top)
    return hx.page("circles/_comment_composer.html", here=here, post=row, answering=answering)


@bp.post(f"{COMMENT}/like", permission="post:like")
def like_comment(slug: str, number: int, comment: int) -> Response:
    actor = current_actor()
    here = room(actor, slug)
    limit("like.write", actor.member_id)
    reactions.like_comment(actor, here.id, number, comment, *reaction())
    return _said(here, number, comment)


def _said(here: Room, number: int, comment: int, *, oob: bool = False, **options: Any) -> Response:
    """The comment as it is now; its page for a plain form."""
    row = reading.comment(current_actor(), here, number, comment)
    if not hx.wants_fragment():
        return hx.see_other(_place_of(here, row), **options)
    post = reading.post(current_actor(), here, number)
    return hx.fragment(comment_said(current_actor(), here, post, row, oob=oob), **options)


@bp.get(f"{COMMENT}/edit", permission="post:edit")
def edit_comment(slug: str, number: int, comment: int) -> Response:
    actor = current_actor()
    here = room(actor, slug)
    text = reading.comment_source(actor, here, number, comment)
    return hx.page("circles/edit_comment.html", here=here, number=number, comment=comment, body=text, errors={})


@bp.post(f"{COMMENT}/edit", permission="post:edit")
def save_comment(slug: str, number: int, comment: int) -> Response:
    actor = current_actor()
    here = room(actor, slug)
    limit("text.render", actor.member_id)
    body = request.form.get("body", "")
    try:
        commenting.edit_comment(actor, here.id, number, comment, body)
    except Invalid as refusal:
        errors = {"body": [hx.say(refusal)]}
        return hx.page(
            "circles/edit_comment.html", {"comment-editor": "circles/_comment_editor.html"}, status=422, here=here,
            number=number, comment=comment, body=body, errors=errors,
        )  # fmt: skip
    row = reading.comment(actor, here, number, comment)
    return hx.see_other(_place_of(here, row), toast=_("Saved."))


@bp.post(f"{COMMENT}/pin", permission="comment:pin")
def pin_comment(slug: str, number: int, comment: int) -> Response:
    """First beneath the post, or back to its place."""
    here = room(current_actor(), slug)
    on = on_or_off()
    commenting.pin_comment(current_actor(), here.id, number, comment, on)
    said = _("It stands first now.") if on else _("It is back in its place.")
    return hx.see_other(address(slug, number, _anchor="comments"), toast=said)


@bp.post(f"{COMMENT}/delete", permission="post:delete")
def delete_comment(slug: str, number: int, comment: int) -> Response:
    here = room(current_actor(), slug)
    commenting.delete_comment(current_actor(), here.id, number, comment)
    undo = (url_for(".undo_comment", slug=slug, number=number, comment=comment), _("Undo"))
    return _said(here, number, comment, toast=_("Deleted."), undo=undo)


@bp.post(f"{COMMENT}/undo", permission="post:delete")
def undo_comment(slug: str, number: int, comment: int) -> Response:
    """The button stands in a toast, so the comment finds its own place."""
    here = room(current_actor(), slug)
    commenting.undo_delete_comment(current_actor(), here.id, number, comment)
    return _said(here, number, comment, oob=True, toast=_("It is back."))
