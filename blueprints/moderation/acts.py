"""What is done to a post or comment, inside the transaction that decided it. Each says whether it changed anything."""

from blueprints.circles.events import CommentChanged, CommentHidden, PostChanged, PostHidden
from blueprints.circles.publishing import changed
from blueprints.feed.moderating import hide_comment, hide_moment
from blueprints.live.moderating import hide_reported
from blueprints.moderation.subjects import Subject
from core import clock
from core.signals import announce
from models import Circle, Comment, DigestPost, Pending, Pin, Post

THINGS = ("hide", "restore", "lock", "unlock", "move")

OPENNESS = {"invisible": 0, "listed": 1, "public": 2}


def hide(subject: Subject, hidden: bool, by: int | None = None) -> bool:
    """Out of sight for all but its author and moderators, or back. A picture goes with its post or moment. What was
    said on an event leaves its pages and its replay for everybody, and so does a comment beneath a moment."""
    if subject.kind == "live_comment":
        return hide_reported(subject.id, by, hidden)
    if subject.moment is not None:
        if subject.kind == "moment_comment":
            return hide_comment(subject.id, subject.moment, hidden)
        return hide_moment(subject.moment, hidden)
    if subject.circle is None or subject.post is None:
        return False
    if subject.kind == "comment":
        return _hide_comment(subject.id, subject.post, subject.circle, hidden)
    meant = (Post.id == subject.post) & Post.deleted_at.is_null()
    done = Post.update(hidden_at=clock.now() if hidden else None).where(meant, Post.hidden_at.is_null(hidden)).execute()
    if done:
        changed(subject.circle, subject.post)
        announce(PostHidden(subject.post, subject.circle, hidden))
    return bool(done)


def _hide_comment(comment: int, post: int, circle: int, hidden: bool) -> bool:
    meant = (Comment.id == comment) & Comment.deleted_at.is_null() & Comment.hidden_at.is_null(hidden)
    if not Comment.update(hidden_at=clock.now() if hidden else None).where(meant).execute():
        return False
    Comment.update(post_seq=changed(circle, post)).where(Comment.id == comment).execute()
    announce(CommentHidden(comment, post, hidden))
    return True


def undelete(subject: Subject) -> bool:
    """Back from being deleted, as long as the words have not gone for good."""
    if subject.circle is None or subject.post is None:
        return False
    there = Post.select(Post.id).where(Post.id == subject.post, Post.deleted_at.is_null()).exists()
    if subject.kind == "comment":
        return bool(there) and _undelete_comment(subject.id, subject.post, subject.circle)
    gone = (Post.id == subject.post) & Post.deleted_at.is_null(False) & (Post.policy_version > 0)
    if not Post.update(deleted_at=None, deleted_by=None).where(gone).execute():
        return False
    Circle.update(post_count=Circle.post_count + 1).where(Circle.id == subject.circle).execute()
    changed(subject.circle, subject.post)
    announce(PostChanged(subject.post, subject.circle))
    return True


def _undelete_comment(comment: int, post: int, circle: int) -> bool:
    gone = (Comment.id == comment) & Comment.deleted_at.is_null(False) & (Comment.policy_version > 0)
    if not Comment.update(deleted_at=None, deleted_by=None).where(gone).execute():
        return False
    Comment.update(post_seq=changed(circle, post)).where(Comment.id == comment).execute()
    Post.update(comment_count=Post.comment_count + 1).where(Post.id == post).execute()
    parent = Comment.select(Comment.parent).where(Comment.id == comment).scalar()
    if parent:
        Comment.update(reply_count=Comment.reply_count + 1).where(Comment.id == parent).execute()
    announce(CommentChanged(comment, post))
    return True


def lock(subject: Subject, locked: bool) -> bool:
    """Close the comments of a post, or open them again."""
    if subject.circle is None or subject.post is None:
        return False
    meant = (Post.id == subject.post) & Post.deleted_at.is_null() & Post.locked_at.is_null(locked)
    done = Post.update(locked_at=clock.now() if locked else None).where(meant).execute()
    if done:
        changed(subject.circle, subject.post)
        announce(PostChanged(subject.post, subject.circle))
    return bool(done)


def move(subject: Subject, to: int) -> bool:
    """To another circle, with its comments and what waits to be one. What its old circle had made of it (a pin, a place
    in the digest, a topic) stays behind."""
    post, here = subject.post, subject.circle
    if post is None or here is None or here == to:
        return False
    meant = (Post.id == post) & (Post.circle == here) & Post.deleted_at.is_null()
    if not Post.update(circle=to, topic=None).where(meant).execute():
        return False
    for table in (Pin, DigestPost):
        table.delete().where(table.post == post).execute()
    Pending.update(circle=to).where(Pending.post == post).execute()
    Circle.update(post_count=Circle.post_count - 1, seq=Circle.seq + 1).where(Circle.id == here).execute()
    Circle.update(post_count=Circle.post_count + 1).where(Circle.id == to).execute()
    changed(to, post)
    announce(PostChanged(post, to))
    return True
