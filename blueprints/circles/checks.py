"""Counters that are kept beside what they count."""

from collections.abc import Iterator

from peewee import fn

from core.checks import check, counter
from models import Circle, Comment, CommentLike, Membership, Post, PostLike


@check("circles.counters")
def counters() -> Iterator[str]:
    members = Membership.select(fn.COUNT(Membership.id)).where(Membership.circle == Circle.id)
    posts = Post.select(fn.COUNT(Post.id)).where(Post.circle == Circle.id, Post.deleted_at.is_null())
    comments = Comment.select(fn.COUNT(Comment.id)).where(Comment.post == Post.id, Comment.deleted_at.is_null())
    likes = PostLike.select(fn.COUNT(PostLike.post)).where(PostLike.post == Post.id)
    comment_likes = CommentLike.select(fn.COUNT(CommentLike.comment)).where(CommentLike.comment == Comment.id)
    yield from counter(Circle, Circle.member_count, members)
    yield from counter(Circle, Circle.post_count, posts)
    yield from counter(Post, Post.comment_count, comments)
    yield from counter(Post, Post.like_count, likes)
    yield from counter(Comment, Comment.like_count, comment_likes)
    reply = Comment.alias()
    replies = reply.select(fn.COUNT(reply.id)).where(reply.parent == Comment.id, reply.deleted_at.is_null())
    yield from counter(Comment, Comment.reply_count, replies)
