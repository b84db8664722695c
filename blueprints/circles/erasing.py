"""Words that go for good: of deleted posts and comments after their time, and of members who left the site."""

from functools import partial

from blueprints.circles import files, invite_links, lasting, pending, presence, sanctions, telling, unread
from core import clock, notices, search, stream_log
from core.config import current
from core.db import after_commit, atomic
from core.limits import LIMITS
from core.media import delete_picture
from models import (
    Circle,
    CircleInvitation,
    Comment,
    JoinRequest,
    Membership,
    Picture,
    Post,
    PostRevision,
)

BATCH = 500


def purge_deleted(kept_ms: int = LIMITS["deleted_kept_seconds"] * 1000) -> int:
    """Empty what was deleted longer ago than this; returns how many posts and comments."""
    before = clock.now() - kept_ms
    old_posts = _ids(Post.select(Post.id).where(Post.deleted_at < before, Post.policy_version > 0).limit(BATCH))
    old_comments = _ids(
        Comment.select(Comment.id).where(Comment.deleted_at < before, Comment.policy_version > 0).limit(BATCH)
    )
    with atomic():
        _empty_posts(old_posts)
        _empty_comments(old_comments)
    return len(old_posts) + len(old_comments)


def _ids(query: object) -> list[int]:
    return [id_ for (id_,) in query.tuples()]  # type: ignore[attr-defined]


def _empty_posts(ids: list[int]) -> None:
    """No words, no revisions, no pictures, and nothing of what was said beneath, which nobody can reach any more; the
    rows stay so that numbers and links keep their sense."""
    if not ids:
        return
    Comment.update(source="", html="", policy_version=0).where(Comment.post.in_(ids)).execute()
    PostRevision.delete().where(PostRevision.post.in_(ids)).execute()
    pending.drop_beneath(ids)
    lasting.empty_posts(ids)
    files.drop("post", ids)
    mine = (Picture.subject_kind == "post") & Picture.subject_id.in_(ids)
    keys = [key for (key,) in Picture.select(Picture.key).where(mine).tuples()]
    Picture.delete().where(mine).execute()
    empty = {"title": "", "source": "", "html": "", "excerpt": "", "policy_version": 0}
    nothing_hangs_on_it = {"picture_count": 0, "file_count": 0, "card": None}
    Post.update(empty | nothing_hangs_on_it).where(Post.id.in_(ids)).execute()
    search.remove("post", ids)
    unread.forget_posts(ids)
    telling.forget_posts(ids)
    folder = current().data / "media"
    for key in keys:
        after_commit(partial(delete_picture, folder, key))


def _empty_comments(ids: list[int]) -> None:
    if ids:
        Comment.update(source="", html="", policy_version=0).where(Comment.id.in_(ids)).execute()
        notices.forget("comment", ids)


# ---- a member who left the site -----------------------------------------------------------------------------


def erase_member(member: int, keeps_words: bool) -> None:
    """Inside the erasing transaction. Words stay nameless when they are kept, else they are emptied at once."""
    _leave_circles(member)
    unread.forget_member(member)
    presence.forget(member)
    JoinRequest.delete().where(JoinRequest.member == member).execute()
    CircleInvitation.delete().where(CircleInvitation.member == member).execute()
    invite_links.forget_member(member, keeps_words)
    sanctions.forget_member(member)
    lasting.erase_member(member)
    files.forget_uploader(member)
    pending.drop_of(member)
    theirs = CircleInvitation.invited_by == member
    if not keeps_words:
        _remove_words(member)
        CircleInvitation.update(reason="").where(theirs).execute()
    CircleInvitation.update(invited_by=None).where(theirs).execute()
    PostRevision.update(editor=None).where(PostRevision.editor == member).execute()
    Post.update(author=None).where(Post.author == member).execute()
    Comment.update(author=None).where(Comment.author == member).execute()


def _leave_circles(member: int) -> None:
    for row in list(Membership.select().where(Membership.member == member)):
        row.delete_instance()
        Circle.update(member_count=Circle.member_count - 1).where(Circle.id == row.circle_id).execute()
        if row.role == "owner":
            _hand_on(row.circle_id)


def _hand_on(circle: int) -> None:
    """A circle whose last owner is gone goes to whoever has looked after it longest; an empty one is closed."""
    members = Membership.select().where(Membership.circle == circle)
    if members.where(Membership.role == "owner").exists():
        return
    heir = members.where(Membership.role == "moderator").order_by(Membership.id).first()
    heir = heir or members.order_by(Membership.id).first()
    if heir is None:
        Circle.update(closed_at=clock.now()).where(Circle.id == circle).execute()
        stream_log.revoke(f"c{circle}")
        search.remove("circle", [circle])
    else:
        Membership.update(role="owner").where(Membership.id == heir.id).execute()


def _remove_words(member: int) -> None:
    now = clock.now()
    for post in list(Post.select(Post.id, Post.circle).where(Post.author == member, Post.deleted_at.is_null())):
        Circle.update(post_count=Circle.post_count - 1, seq=Circle.seq + 1).where(Circle.id == post.circle_id).execute()
        stream_log.touch(f"circle-{post.circle_id}")
    Post.update(deleted_at=now).where(Post.author == member, Post.deleted_at.is_null()).execute()
    _empty_posts(_ids(Post.select(Post.id).where(Post.author == member)))
    alive = Comment.select(Comment.id, Comment.post, Comment.parent).where(
        Comment.author == member, Comment.deleted_at.is_null()
    )
    for comment in list(alive):
        Post.update(comment_count=Post.comment_count - 1, seq=Post.seq + 1).where(Post.id == comment.post_id).execute()
        if comment.parent_id:
            Comment.update(reply_count=Comment.reply_count - 1).where(Comment.id == comment.parent_id).execute()
    Comment.update(deleted_at=now).where(Comment.author == member, Comment.deleted_at.is_null()).execute()
    _empty_comments(_ids(Comment.select(Comment.id).where(Comment.author == member)))
