"""Verbs on comments. Replies go one level deep: a reply to a reply joins the same row of replies."""

from blueprints.circles import events
from blueprints.circles.gate import live_comment
from blueprints.circles.posting import check_undo, deleted_by
from blueprints.circles.publishing import Content, changed, keep, publish_comment
from blueprints.circles.rooms import Room, room
from blueprints.circles.screening import screen, screen_edit, tell_hidden
from blueprints.circles.wording import word
from core import audit, clock, markup
from core.db import atomic
from core.errors import Conflict, Gone, Invalid
from core.limits import LIMITS
from core.once import once
from core.plain import clean_body
from core.policy import Actor, require, visible_ids
from core.signals import announce
from models import Comment, Pending, Post


def tidy(body: str) -> str:
    """Raises Invalid."""
    clean = clean_body(body)
    if not clean.strip():
        raise Invalid("comment_empty", field="body")
    if len(clean) > LIMITS["comment"]:
        raise Invalid("too_long", field="body", most=LIMITS["comment"])
    return clean


def write_comment(
    actor: Actor, circle: int, post: int, body: str, parent_id: int | None = None, key: str = "", *,
    insists: bool = False,
) -> Comment | Pending:
    """The comment, or what waits for a moderator. `insists` sends it in spite of a warning. Raises Denied, Gone,
    Invalid, Conflict, TooMany."""
    clean = tidy(body)
    wording = word(actor, clean)

    def make() -> int:
        here = _readable(actor, circle, post)
        require(actor, "comment:write", here)
        _check_open(here, post)
        verdict = screen(actor, here, "comment", "", wording, insists=insists)
        content = Content(
            circle, actor.member_id or 0, "", wording, post=post, parent=_top(post, parent_id), hidden=verdict.hides
        )
        if verdict.held_for:
            return -keep(content, held_for=verdict.held_for, note=verdict.note)
        comment = publish_comment(content)
        tell_hidden(verdict, here, "comment", comment, content.author)
        return comment

    number, _ = once(f"member:{actor.member_id}", key, "comment.write", [post, parent_id, clean], make)
    written: Comment | Pending | None = (
        Comment.get_or_none(Comment.id == number) if number > 0 else Pending.get_or_none(Pending.id == -number)
    )
    if written is None:
        raise Conflict("already_sent")
    return written


def _check_open(here: Room, post: int) -> None:
    """Raises Conflict where comments are closed, for all but those who look after the circle."""
    locked = Post.select(Post.id).where(Post.id == post, Post.locked_at.is_null(False)).exists()
    if locked and not here.is_moderator:
        raise Conflict("post_locked")


def _top(post: int, parent_id: int | None) -> int | None:
    """The comment whose replies this one joins. Raises Invalid when it is not there any more."""
    if parent_id is None:
        return None
    parent = Comment.get_or_none(Comment.id == parent_id, Comment.post == post)
    if parent is None or (parent.deleted_at is not None and not parent.reply_count):
        raise Invalid("parent_gone", field="body")
    return int(parent.parent_id or parent.id)


def edit_comment(actor: Actor, circle: int, post: int, comment: int, body: str) -> None:
    clean = tidy(body)
    wording = word(actor, clean)
    with atomic():
        here, row = live_comment(actor, circle, post, comment)
        require(actor, "post:edit", (here, row.author_id))
        if row.source == clean:
            return
        screen_edit(here, "", wording, row.html)
        Comment.update(
            source=clean, html=wording.html, policy_version=markup.POLICY_VERSION, edited_at=clock.now(),
            post_seq=changed(circle, post),
        ).where(Comment.id == comment).execute()  # fmt: skip
        announce(events.CommentChanged(comment, post))


def pin_comment(actor: Actor, circle: int, post: int, comment: int, on: bool) -> None:
    """Put it first beneath its post, where another one was before, or back to its place. Raises Gone, Denied,
    Invalid."""
    with atomic():
        here, row = live_comment(actor, circle, post, comment)
        author, first = Post.select(Post.author, Post.pinned_comment).where(Post.id == post).tuples().first()
        require(actor, "comment:pin", (here, author))
        if row.parent_id is not None or row.hidden_at is not None:
            raise Invalid("pin_top_only", field="on")
        if (first == comment) == on:
            return
        Post.update(pinned_comment=comment if on else None).where(Post.id == post).execute()
        changed(circle, post)


def delete_comment(actor: Actor, circle: int, post: int, comment: int) -> None:
    """Doing it twice changes nothing."""
    with atomic():
        if deleted_by(actor, Comment.get_or_none(Comment.id == comment, Comment.post == post)):
            return
        here, row = live_comment(actor, circle, post, comment)
        require(actor, "post:delete", (here, row.author_id))
        _set_deleted(circle, row, clock.now(), actor.member_id)
        if row.author_id != actor.member_id:
            audit.record(actor, "comment.delete", "comment", comment, circle=circle)


def undo_delete_comment(actor: Actor, circle: int, post: int, comment: int) -> None:
    """Raises Conflict("undo_over") when the time is up."""
    with atomic():
        here = _readable(actor, circle, post)
        row = Comment.get_or_none(Comment.id == comment, Comment.post == post)
        if row is None or (row.deleted_at is not None and row.deleted_by_id != actor.member_id):
            raise Gone
        require(actor, "post:delete", (here, row.author_id))
        if row.deleted_at is not None:
            check_undo(row)
            _set_deleted(circle, row, None, None)


def _set_deleted(circle: int, row: Comment, at: int | None, by: int | None) -> None:
    step = -1 if at else 1
    seq = changed(circle, row.post_id)
    Comment.update(deleted_at=at, deleted_by=by, post_seq=seq).where(Comment.id == row.id).execute()
    Post.update(comment_count=Post.comment_count + step).where(Post.id == row.post_id).execute()
    Post.update(pinned_comment=None).where(Post.id == row.post_id, Post.pinned_comment == row.id).execute()
    if row.parent_id:
        Comment.update(reply_count=Comment.reply_count + step).where(Comment.id == row.parent_id).execute()
    announce(events.CommentChanged(row.id, row.post_id))


def _readable(actor: Actor, circle: int, post: int) -> Room:
    """Raises Gone unless the post is in this circle and the actor may read it."""
    here = room(actor, circle)
    if not Post.select().where(Post.id == post, Post.circle == circle).exists():
        raise Gone
    if post not in visible_ids("post", [post], actor):
        raise Gone
    return here
