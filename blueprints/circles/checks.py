"""Counters that are kept beside what they count."""

from collections.abc import Iterator
from typing import Any

from peewee import fn

from core.checks import check, counter
from core.reacting import counts_of
from models import (
    Circle,
    Comment,
    CommentLike,
    Membership,
    Post,
    PostLike,
    PostPoll,
    PostPollBallot,
    PostPollOption,
    PostPollVote,
)


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
    ballots = PostPollBallot.select(fn.COUNT(PostPollBallot.poll)).where(PostPollBallot.poll == PostPoll.id)
    votes = PostPollVote.select(fn.COUNT(PostPollVote.option)).where(PostPollVote.option == PostPollOption.id)
    yield from counter(PostPoll, PostPoll.ballot_count, ballots)
    yield from counter(PostPollOption, PostPollOption.vote_count, votes)


@check("circles.reactions")
def kinds_of_reactions() -> Iterator[str]:
    """The counts of each kind beside a post or comment against its rows; a thousand of the latest of each."""
    for things, likes, subject in ((Post, PostLike, PostLike.post), (Comment, CommentLike, CommentLike.comment)):
        table: Any = things
        latest = table.select(table.id, table.reactions, table.like_count).where(table.like_count > 0)
        rows = list(latest.order_by(table.id.desc()).limit(1000).tuples())
        true: dict[int, dict[int, int]] = {id_: {} for id_, _, _ in rows}
        counted = likes.select(subject, likes.kind, fn.COUNT(likes.member)).where(subject.in_(list(true)))
        for id_, kind, count in counted.group_by(subject, likes.kind).tuples():
            true[id_][kind] = count
        for id_, text, total in rows:
            if sum(true[id_].values()) != total:
                continue  # the counters say so already
            if counts_of(text, total) != dict(sorted(true[id_].items(), key=lambda each: (-each[1], each[0]))):
                yield f"{table.__name__} {id_}: reactions says {text!r} of {total}, there are {true[id_]}"
