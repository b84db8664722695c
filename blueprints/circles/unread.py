"""How far a member has read: the latest post of a circle and the latest comment of a post that they have seen, on
whatever device. A mark only ever rises. Own words count as read; what is deleted or hidden does not count at all.
"""

from dataclasses import dataclass
from typing import Any

from peewee import EXCLUDED, JOIN, SQL, ModelSelect, fn

from blueprints.circles.reading import CommentRow, PostRow
from blueprints.circles.rooms import Eyes, Room, eyes, room
from blueprints.people.apart import apart
from core import clock
from core.db import Prepared, atomic
from core.errors import Gone
from core.limits import LIMITS
from core.policy import Actor, can, require, visible_ids
from models import Circle, Comment, Membership, Post, PostReading

MOST = 100
"""As many unread ones are counted and told to a page; what is beyond says "99+"."""

KNOWN_AROUND = 4
"""So many rows that are known already stand with the first unread one on its page, to find one's way back in."""


@dataclass(frozen=True)
class Unread:
    """The first unread ones by their numbers, in the order in which they were written, up to `MOST`. `mark` None: this
    member has left no mark here yet, so nothing is pointed out to them as new."""

    ids: tuple[int, ...] = ()
    mark: int | None = None

    @property
    def first(self) -> int | None:
        return self.ids[0] if self.ids and self.mark is not None else None

    @property
    def count(self) -> int:
        return len(self.ids) if self.mark is not None else 0

    def is_new(self, number: int, author: int | None, me: int | None) -> bool:
        return self.mark is not None and number > self.mark and (author is None or author != me)


NOTHING = Unread()


# ---- posts --------------------------------------------------------------------------------------------------


def _live(post: type[Post], me: int) -> object:
    return post.deleted_at.is_null() & post.hidden_at.is_null() & (post.author.is_null() | (post.author != me))


def _together(me: int) -> Any:
    """Where the gate is not asked: of a membership, posts by whom the member sees there."""
    return ~apart(me, Post.author) | Membership.role.in_(("owner", "moderator"))


def _build_posts(looking: Eyes, me: int, circle: int, mark: int, size: int) -> ModelSelect:
    new = Post.select(Post.id).where(Post.circle == circle, Post.id > mark, _live(Post, me))
    return looking.gated(new.order_by(Post.id).limit(size), me)


_posts = Prepared(_build_posts)


def posts(actor: Actor, here: Room) -> Unread:
    """Unread posts of a circle that the actor belongs to; nothing for everybody else."""
    mark = here.tie.read_post
    if mark is None or not can(actor, "circle:read", here):
        return NOTHING
    rows = _posts.rows(eyes(actor), me=actor.member_id or 0, circle=here.id, mark=mark, size=MOST)
    return Unread(tuple(id_ for (id_,) in rows), mark)


def is_new_post(actor: Actor, here: Room, row: PostRow) -> bool:
    mark = here.tie.read_post
    return mark is not None and row.id > mark and not row.hidden_at and row.author_id != actor.member_id


def _build_rising(looking: Eyes, me: int, circle: int, first: int, size: int) -> ModelSelect:
    rising = Post.select(Post.id).where(Post.circle == circle, Post.id >= first).order_by(Post.id).limit(size)
    return looking.gated(rising, me)


_rising = Prepared(_build_rising)


def before_for_post(actor: Actor, here: Room, first: int) -> int | None:
    """Where the page begins that holds this post near its end, with those that came after it above; None: at the newest
    post. One range of the index, however many posts there are."""
    size = max(1, LIMITS["page_posts"] - KNOWN_AROUND)
    rows = _rising.rows(eyes(actor), me=actor.member_id or 0, circle=here.id, first=first, size=size + 1)
    return int(rows[size][0]) if len(rows) > size else None


def mark_posts(actor: Actor, circle: int, up_to: int) -> None:
    """The actor has seen the circle's posts up to this one. Raises Gone, Denied."""
    with atomic():
        require(actor, "circle:belong", room(actor, circle))
        newest = Post.select(fn.MAX(Post.id)).where(Post.circle == circle, Post.id <= up_to).scalar()
        if newest:  # never beyond what there is: a mark in the future would hide what is still to come
            mine = (Membership.circle == circle) & (Membership.member == actor.member_id)
            Membership.update(read_post=newest).where(mine, Membership.read_post < newest).execute()


def begin(circle: int, member: int) -> None:
    """A newcomer starts with nothing unread, inside the transaction that lets them in."""
    newest = Post.select(fn.COALESCE(fn.MAX(Post.id), 0)).where(Post.circle == circle)
    mine = (Membership.circle == circle) & (Membership.member == member)
    Membership.update(read_post=newest).where(mine, Membership.read_post == 0).execute()


# ---- circles ------------------------------------------------------------------------------------------------


def counts(actor: Actor, circles: list[int]) -> dict[int, int]:
    """How many posts are unread in each of these circles that the actor belongs to, up to `MOST`; what has none is left
    out. One query, which reads at most so many rows of each circle."""
    if not circles or not actor.signed_in:
        return {}
    new = (
        Post.select(SQL("1").alias("one"))
        .where(
            Post.circle == Membership.circle, Post.id > Membership.read_post, _live(Post, actor.member_id or 0),
            _together(actor.member_id or 0),
        )
        .limit(MOST)
        .alias("new")
    )
    number = fn.COUNT(SQL("*"))
    counted = ModelSelect(Post, [number]).from_(new)
    query = (
        Membership.select(Membership.circle, counted)
        .join(Circle)
        .where(Membership.member == actor.member_id, Membership.circle.in_(circles), Circle.closed_at.is_null())
    )
    return {circle: count for circle, count in query.tuples() if count}


def _build_any(me: int) -> ModelSelect:
    new = Post.select(Post.id).where(
        Post.circle == Membership.circle, Post.id > Membership.read_post, _live(Post, me), _together(me)
    )
    mine = Membership.select(Membership.id).join(Circle).where(Membership.member == me, Circle.closed_at.is_null())
    return mine.where(fn.EXISTS(new)).limit(1)


_any = Prepared(_build_any)


def anything(actor: Actor) -> bool:
    """Whether some circle of the actor has an unread post."""
    return bool(_any.rows(me=actor.member_id or 0))


# ---- comments -----------------------------------------------------------------------------------------------


def _build_comments(looking: Eyes, me: int, post: int, size: int) -> ModelSelect:
    mine = (PostReading.post == Comment.post) & (PostReading.member == me)
    new = (
        Comment.select(Comment.id, PostReading.comment)
        .join(PostReading, JOIN.LEFT_OUTER, on=mine)
        .where(
            Comment.post == post, Comment.id > fn.COALESCE(PostReading.comment, 0), Comment.deleted_at.is_null(),
            Comment.hidden_at.is_null(), Comment.author.is_null() | (Comment.author != me),
        )
    )  # fmt: skip
    return looking.gated(new.order_by(Comment.id).limit(size), me)


_comments = Prepared(_build_comments)


def comments(actor: Actor, here: Room, post: int) -> Unread:
    """Unread comments of a post that has passed the gate; nothing for who does not belong to its circle."""
    if not here.is_member:
        return NOTHING
    rows = _comments.rows(eyes(actor), me=actor.member_id or 0, post=post, size=MOST)
    return Unread(tuple(row[0] for row in rows), rows[0][1]) if rows else NOTHING


def _build_threads(looking: Eyes, me: int, post: int, first: int, size: int) -> ModelSelect:
    rising = Comment.select(Comment.id).where(Comment.post == post, Comment.parent.is_null(), Comment.id >= first)
    return looking.gated(rising.order_by(Comment.id).limit(size), me)


_threads = Prepared(_build_threads)


def before_for_comment(actor: Actor, row: CommentRow) -> int | None:
    """Where the page of comments ends that holds this one near its beginning; None: at the newest."""
    size = max(1, LIMITS["page_comments"] - KNOWN_AROUND)
    first = row.parent_id or row.id
    rows = _threads.rows(eyes(actor), me=actor.member_id or 0, post=row.post_id, first=first, size=size + 1)
    return int(rows[size][0]) if len(rows) > size else None


def mark_comments(actor: Actor, circle: int, post: int, up_to: int) -> None:
    """The actor has seen the post's comments up to this one. Raises Gone, Denied."""
    with atomic():
        here = room(actor, circle)
        if post not in visible_ids("post", [post], actor) or not _lies_in(post, circle):
            raise Gone
        require(actor, "circle:belong", here)
        newest = Comment.select(fn.MAX(Comment.id)).where(Comment.post == post, Comment.id <= up_to).scalar() or 0
        PostReading.insert(post=post, member=actor.member_id, comment=newest, read_at=clock.now()).on_conflict(
            conflict_target=[PostReading.post, PostReading.member],
            update={PostReading.comment: EXCLUDED.comment, PostReading.read_at: EXCLUDED.read_at},
            where=(EXCLUDED.comment > PostReading.comment),
        ).execute()


def _lies_in(post: int, circle: int) -> bool:
    return bool(Post.select(Post.id).where(Post.id == post, Post.circle == circle).exists())


# ---- what goes ----------------------------------------------------------------------------------------------


def forget_posts(posts: list[int]) -> None:
    """Marks of posts whose words are gone."""
    PostReading.delete().where(PostReading.post.in_(posts)).execute()


def forget_member(member: int) -> None:
    PostReading.delete().where(PostReading.member == member).execute()
