"""The one way by which a post or comment comes out: at once, at its moment, or when a moderator lets it through.

What waits is a row of Pending, so nothing that is not out can be met by those who read the circle.
"""

import json
from dataclasses import dataclass, replace
from typing import Any

from blueprints.circles import cards, events, polls
from blueprints.circles.polls import PollDraft
from blueprints.circles.wording import Wording
from core import clock, jobs, markup, stream_log
from core.errors import Invalid
from core.limits import LIMITS
from core.signals import announce
from models import Attachment, Circle, Comment, Pending, Picture, Post, Topic


@dataclass(frozen=True)
class Content:
    """What a post or comment is made of. `post` and `parent` only for comments; `pending` when it has waited; `hidden`
    brings it out of sight for all but its author and moderators."""

    circle: int
    author: int
    title: str
    wording: Wording
    topic: int | None = None
    poll: PollDraft | None = None
    shared: int | None = None
    card: int | None = None
    post: int | None = None
    parent: int | None = None
    pending: int | None = None
    hidden: bool = False


def changed(circle: int, post: int) -> int:
    """Count one more change of the circle and of the post; returns the post's new position."""
    Circle.update(seq=Circle.seq + 1).where(Circle.id == circle).execute()
    seq = Circle.select(Circle.seq).where(Circle.id == circle)
    Post.update(seq=Post.seq + 1, circle_seq=seq).where(Post.id == post).execute()
    position: int = Post.select(Post.seq).where(Post.id == post).scalar()
    stream_log.touch(f"circle-{circle}")
    stream_log.touch(f"post-{post}")
    return position


def publish_post(content: Content) -> int:
    """Make the post, inside a transaction. Pictures and files of what has waited move over to it; others are attached
    by the caller, who counts them with `count_attached`."""
    now = clock.now()
    post = Post.create(
        circle=content.circle, author=content.author, title=content.title, source=content.wording.source,
        html=content.wording.html, excerpt=content.wording.excerpt, policy_version=markup.POLICY_VERSION,
        created_at=now, topic=_topic_of(content), shared=content.shared,
        card=content.card or cards.ask(content.wording.link),
        has_poll=content.poll is not None, hidden_at=now if content.hidden else None,
    )  # fmt: skip
    number = int(post.id)
    if content.poll:
        polls.create(number, content.poll)
    if content.pending:
        _move_attached(content.pending, number)
    Circle.update(post_count=Circle.post_count + 1, active_at=now).where(Circle.id == content.circle).execute()
    changed(content.circle, number)
    announce(events.PostWritten(number, content.circle, content.author, content.wording.mentions))
    return number


def _topic_of(content: Content) -> int | None:
    """What has waited may name a topic that is gone by now."""
    if content.topic is None:
        return None
    number: int | None = (
        Topic.select(Topic.id).where(Topic.id == content.topic, Topic.circle == content.circle).scalar()
    )
    return number


def _move_attached(pending: int, post: int) -> None:
    for table in (Picture, Attachment):
        mine = (table.subject_kind == "pending") & (table.subject_id == pending)
        table.update(subject_kind="post", subject_id=post).where(mine).execute()
    count_attached(post)


def count_attached(post: int) -> None:
    counts = [
        table.select().where(table.subject_kind == "post", table.subject_id == post).count()
        for table in (Picture, Attachment)
    ]
    Post.update(picture_count=counts[0], file_count=counts[1]).where(Post.id == post).execute()


def publish_comment(content: Content) -> int:
    """Make the comment, inside a transaction."""
    now = clock.now()
    post = content.post or 0
    seq = changed(content.circle, post)
    comment = Comment.create(
        post=post, parent=content.parent, author=content.author, source=content.wording.source,
        html=content.wording.html, policy_version=markup.POLICY_VERSION, created_at=now, born_seq=seq, post_seq=seq,
        hidden_at=now if content.hidden else None,
    )  # fmt: skip
    Post.update(comment_count=Post.comment_count + 1).where(Post.id == post).execute()
    Circle.update(active_at=now).where(Circle.id == content.circle).execute()
    if content.parent:
        Comment.update(reply_count=Comment.reply_count + 1).where(Comment.id == content.parent).execute()
    announce(events.CommentWritten(comment.id, post, content.author, content.wording.mentions))
    return int(comment.id)


# ---- what waits ---------------------------------------------------------------------------------------------


def keep(content: Content, *, held_for: str = "", note: str = "", due_at: int | None = None) -> int:
    """Keep it back, inside a transaction: until a moderator has looked, or until its moment (ms since 1970).

    Raises Invalid when its author has as much waiting as fits."""
    if Pending.select().where(Pending.author == content.author).count() >= LIMITS["pending"]:
        raise Invalid("pending_full", field="body", most=LIMITS["pending"])
    extras: dict[str, Any] = {
        "topic": content.topic, "poll": polls.pack(content.poll), "shared": content.shared, "card": content.card,
        "mentions": content.wording.mentions, "text": content.wording.text,
        "link": content.wording.link,
    }  # fmt: skip
    row = Pending.create(
        kind="comment" if content.post else "post", circle=content.circle, post=content.post, parent=content.parent,
        author=content.author, title=content.title, source=content.wording.source, html=content.wording.html,
        excerpt=content.wording.excerpt, policy_version=markup.POLICY_VERSION, extras=json.dumps(extras),
        created_at=clock.now(), due_at=due_at, held_for=held_for, note=note,
    )  # fmt: skip
    if due_at:
        wake(int(row.id), due_at)
    if held_for:
        announce(events.PostHeld(int(row.id), content.circle, content.author))
    return int(row.id)


def wake(pending: int, due_at: int) -> None:
    """Have it looked at when its moment has come (ms since 1970), in the transaction that sets the moment."""
    jobs.later("circles.publish", {"pending": pending}, due=due_at)


def content_of(row: Pending) -> Content:
    extras = json.loads(row.extras)
    wording = Wording(row.source, row.html, row.excerpt, extras["text"], tuple(extras["mentions"]), extras.get("link"))
    return Content(
        row.circle_id, row.author_id, row.title, wording, topic=extras["topic"], poll=polls.unpack(extras["poll"]),
        shared=extras["shared"], card=extras["card"], post=row.post_id, parent=row.parent_id, pending=row.id,
    )  # fmt: skip


def release(row: Pending, *, hidden: bool = False) -> int:
    """Publish what has waited and take it out of the waiting room; returns the id of the post or comment. Inside a
    transaction, by whoever has checked that it may come out now."""
    content = replace(content_of(row), hidden=hidden)
    number = publish_post(content) if row.kind == "post" else publish_comment(content)
    Pending.delete().where(Pending.id == row.id).execute()
    return number
