"""A post or comment as an action meets it: it is there, and whoever acts may read it. Everything else is Gone."""

from blueprints.circles.rooms import Room, room
from blueprints.people.apart import require_together
from core.errors import Gone
from core.policy import Actor, visible_ids
from models import Comment, Post


def live_post(actor: Actor, circle: int, post: int) -> tuple[Room, Post]:
    """The circle and a post of it. Raises Gone."""
    here = room(actor, circle)
    row = Post.get_or_none(Post.id == post, Post.circle == circle, Post.deleted_at.is_null())
    if row is None or post not in visible_ids("post", [post], actor):
        raise Gone
    return here, row


def live_comment(actor: Actor, circle: int, post: int, comment: int) -> tuple[Room, Comment]:
    """The circle and a comment on a post of it; one that is hidden only for its author and moderators. Raises Gone."""
    here, _ = live_post(actor, circle, post)
    row = Comment.get_or_none(Comment.id == comment, Comment.post == post, Comment.deleted_at.is_null())
    if row is None or (row.hidden_at is not None and not here.is_moderator and row.author_id != actor.member_id):
        raise Gone
    if row.author_id is not None and row.author_id != actor.member_id and not here.is_moderator:
        require_together(actor, row.author_id)
    return here, row
