"""Posts and comments as rows: read through the gate by queries that are built once (core/db.py, Prepared)."""

import re
from collections import defaultdict
from html import unescape
from typing import Any, NamedTuple

from peewee import JOIN, Case, ModelSelect, Window, fn

from blueprints.circles.queries import Page, cut
from blueprints.circles.rooms import Eyes, Room, eyes, side
from blueprints.circles.rules import beneath
from blueprints.people.apart import apart, apart_among
from core.db import Prepared
from core.errors import Gone
from core.limits import LIMITS
from core.markup import HIDDEN
from core.policy import Actor, require, visible
from models import (
    Block,
    Bookmark,
    Comment,
    CommentLike,
    DigestPost,
    Flair,
    Member,
    Membership,
    Picture,
    Pin,
    Post,
    PostLike,
    Topic,
)


class PostRow(NamedTuple):
    id: int
    circle_id: int
    author_id: int | None
    username: str | None
    display_name: str | None
    avatar_key: str | None
    role: str | None
    title: str
    html: str
    excerpt: str
    created_at: int
    edited_at: int | None
    picture_count: int
    comment_count: int
    like_count: int
    seq: int
    circle_seq: int
    liked_at: int | None
    reaction: int | None
    reactions: str
    flair: str | None
    flair_hue: int | None
    topic_id: int | None
    topic: str | None
    hidden_at: int | None
    locked_at: int | None
    pinned_at: int | None
    chosen_at: int | None
    kept_at: int | None
    shared_id: int | None
    card_id: int | None
    has_poll: bool
    file_count: int
    pinned_comment: int | None

    @property
    def hue(self) -> int:
        return (self.author_id or 0) % 12


class CommentRow(NamedTuple):
    id: int
    post_id: int
    parent_id: int | None
    author_id: int | None
    username: str | None
    display_name: str | None
    avatar_key: str | None
    role: str | None
    html: str
    created_at: int
    edited_at: int | None
    deleted_at: int | None
    like_count: int
    reply_count: int
    born_seq: int
    post_seq: int
    liked_at: int | None
    reaction: int | None
    reactions: str
    flair: str | None
    flair_hue: int | None
    hidden_at: int | None

    @property
    def hue(self) -> int:
        return (self.author_id or 0) % 12


class PictureRow(NamedTuple):
    key: str
    width: int
    height: int
    alt: str


_POST = (
    Post.id, Post.circle, Post.author, Member.username, Member.display_name, Member.avatar_key, Membership.role,
    Post.title, Post.html, Post.excerpt, Post.created_at, Post.edited_at, Post.picture_count, Post.comment_count,
    Post.like_count, Post.seq, Post.circle_seq, PostLike.liked_at, PostLike.kind, Post.reactions, Flair.name, Flair.hue,
    Post.topic, Topic.name, Post.hidden_at, Post.locked_at, Pin.pinned_at, DigestPost.chosen_at, Bookmark.kept_at,
    Post.shared, Post.card, Post.has_poll, Post.file_count, Post.pinned_comment,
)  # fmt: skip


def post_query(me: int) -> ModelSelect:
    """The columns of a PostRow as this member sees them; still to be narrowed and put behind the gate."""
    return (
        Post.select(*_POST)
        .join(Member, JOIN.LEFT_OUTER, on=Post.author == Member.id)
        .join(Membership, JOIN.LEFT_OUTER, on=(Membership.circle == Post.circle) & (Membership.member == Post.author))
        .join(Flair, JOIN.LEFT_OUTER, on=Membership.flair == Flair.id)
        .switch(Post)
        .join(Topic, JOIN.LEFT_OUTER, on=Post.topic == Topic.id)
        .switch(Post)
        .join(Pin, JOIN.LEFT_OUTER, on=Pin.post == Post.id)
        .switch(Post)
        .join(DigestPost, JOIN.LEFT_OUTER, on=DigestPost.post == Post.id)
        .switch(Post)
        .join(Bookmark, JOIN.LEFT_OUTER, on=(Bookmark.member == me) & (Bookmark.post == Post.id))
        .switch(Post)
        .join(PostLike, JOIN.LEFT_OUTER, on=(PostLike.post == Post.id) & (PostLike.member == me))
    )


def _build_list(looking: Eyes, me: int, circle: int, before: int, size: int) -> ModelSelect:
    query = post_query(me).where(Post.circle == circle, Post.id < before).order_by(Post.id.desc()).limit(size)
    return looking.gated(query, me)


def _build_topic(looking: Eyes, me: int, circle: int, topic: int, before: int, size: int) -> ModelSelect:
    filed = (Post.circle == circle) & (Post.topic == topic) & (Post.id < before)
    return looking.gated(post_query(me).where(filed).order_by(Post.id.desc()).limit(size), me)


def _build_one(looking: Eyes, me: int, circle: int, post: int) -> ModelSelect:
    return looking.gated(post_query(me).where(Post.circle == circle, Post.id == post), me)


def _build_changed(looking: Eyes, me: int, circle: int, since: int, size: int) -> ModelSelect:
    changed = post_query(me).where(Post.circle == circle, Post.circle_seq > since).order_by(Post.circle_seq.desc())
    return looking.gated(changed.limit(size), me)


def _build_fresh(looking: Eyes, me: int, circle: int, newest: int) -> ModelSelect:
    fresh = Post.select(Post.id).where(Post.circle == circle, Post.id > newest, Post.author != me)
    return looking.gated(fresh.limit(100), me)


def _build_deleted(circle: int, since: int) -> ModelSelect:
    away = Post.deleted_at.is_null(False) | Post.hidden_at.is_null(False)
    return Post.select(Post.id).where(Post.circle == circle, Post.circle_seq > since, away).limit(100)


_list, _one, _changed = Prepared(_build_list), Prepared(_build_one), Prepared(_build_changed)
_topic = Prepared(_build_topic)
_fresh, _deleted = Prepared(_build_fresh), Prepared(_build_deleted)


def posts(actor: Actor, here: Room, before: int | None = None, topic: int | None = None) -> Page:
    """Newest first; only those of one topic where it is given."""
    require(actor, "circle:read", here)
    size = LIMITS["page_posts"]
    numbers = {"me": actor.member_id or 0, "circle": here.id, "before": before or 2**61, "size": size + 1}
    if topic is None:
        rows = _list.rows(eyes(actor), **numbers)
    else:
        rows = _topic.rows(eyes(actor), topic=topic, **numbers)
    return cut([PostRow(*row) for row in rows], size, lambda row: row.id)


def changed_posts(actor: Actor, here: Room, since: int) -> list[PostRow]:
    """What changed in the list of posts after this position of the circle."""
    require(actor, "circle:read", here)
    size = LIMITS["page_posts"]
    rows = _changed.rows(eyes(actor), me=actor.member_id or 0, circle=here.id, since=since, size=size)
    return [PostRow(*row) for row in rows]


def fresh_posts(actor: Actor, here: Room, newest: int) -> int:
    """How many posts of others came after this one, up to a hundred."""
    return len(_fresh.rows(eyes(actor), me=actor.member_id or 0, circle=here.id, newest=newest))


def gone_posts(here: Room, since: int, seen: list[PostRow]) -> list[int]:
    """Ids of posts that were deleted or hidden after this position of a circle that the actor may read, but for those
    that they see all the same."""
    return sorted({id_ for (id_,) in _deleted.rows(circle=here.id, since=since)} - {row.id for row in seen})


def post(actor: Actor, here: Room, number: int) -> PostRow:
    """Raises Gone."""
    rows = _one.rows(eyes(actor), me=actor.member_id or 0, circle=here.id, post=number)
    if not rows:
        raise Gone
    return PostRow(*rows[0])


def some_posts(actor: Actor, ids: list[int]) -> list[PostRow]:
    """These posts, in the order of the ids."""
    query = visible(post_query(actor.member_id or 0).where(Post.id.in_(ids)), actor)
    found = {row[0]: PostRow(*row) for row in query.tuples()}
    return [found[id_] for id_ in ids if id_ in found]


def by_author(actor: Actor, author: int, limit: int = 5) -> list[PostRow]:
    query = visible(post_query(actor.member_id or 0).where(Post.author == author), actor)
    return [PostRow(*row) for row in query.order_by(Post.id.desc()).limit(limit).tuples()]


_INLINE = re.compile(r"</?(?:a|code|em|s|strong)\b[^>]*>")
_BLOCK = re.compile(r"<[^>]*>")


_SPOILER = re.compile(r'<span class="spoiler".*?</span>|<details class="spoiler">.*?</details>', re.DOTALL)


def plain(html: str) -> str:
    """The words of stored HTML on one line, to look for finds in; to be escaped again like any other text."""
    return " ".join(unescape(_BLOCK.sub(" ", _INLINE.sub("", _SPOILER.sub(f" {HIDDEN} ", html)))).split())


def pictures(rows: list[PostRow]) -> dict[int, list[PictureRow]]:
    """The pictures of posts that have passed the gate, in their order."""
    ids = [row.id for row in rows if row.picture_count]
    found: dict[int, list[PictureRow]] = defaultdict(list)
    if ids:
        query = (
            Picture.select(Picture.subject_id, Picture.key, Picture.width, Picture.height, Picture.alt)
            .where(Picture.subject_kind == "post", Picture.subject_id.in_(ids))
            .order_by(Picture.subject_id, Picture.position)
        )
        for post_id, *picture in query.tuples():
            found[post_id].append(PictureRow(*picture))
    return found


def source(actor: Actor, here: Room, number: int) -> tuple[str, str]:
    """Title and Markdown of a post, for its editor. Raises Gone."""
    shown = post(actor, here, number)
    require(actor, "post:edit", (here, shown.author_id))
    title, text = Post.select(Post.title, Post.source).where(Post.id == number).tuples().first()
    return title, text


# ---- comments -----------------------------------------------------------------------------------------------


def _comment_columns(side: int) -> tuple[Any, ...]:
    """What is by somebody apart is as if it were deleted: where it was answered by others, its place stays."""
    gone = Case(None, [(apart(side, Comment.author), Comment.created_at)], Comment.deleted_at)
    return (
        Comment.id, Comment.post, Comment.parent, Comment.author, Member.username, Member.display_name,
        Member.avatar_key, Membership.role, Comment.html, Comment.created_at, Comment.edited_at, gone,
        Comment.like_count, _replies_seen(side), Comment.born_seq, Comment.post_seq, CommentLike.liked_at,
        CommentLike.kind, Comment.reactions, Flair.name, Flair.hue, Comment.hidden_at,
    )  # fmt: skip


def _replies_seen(side: int) -> Any:
    """The number that is kept, less those by people apart; whoever has nobody to be apart from counts nothing."""
    nobody = ~fn.EXISTS(Block.select(Block.member).where((Block.member == side) | (Block.blocked == side)))
    reply = Comment.alias()
    unseen = reply.select(fn.COUNT(reply.id)).where(
        reply.parent == Comment.id, reply.deleted_at.is_null(), apart_among(side, reply.author)
    )
    kept = (Comment.reply_count == 0) | nobody
    return Case(None, [(kept, Comment.reply_count)], Comment.reply_count - unseen)


def _comments(me: int, circle: int, side: int) -> ModelSelect:
    return (
        Comment.select(*_comment_columns(side))
        .join(Member, JOIN.LEFT_OUTER, on=Comment.author == Member.id)
        .join(Membership, JOIN.LEFT_OUTER, on=(Membership.circle == circle) & (Membership.member == Comment.author))
        .join(Flair, JOIN.LEFT_OUTER, on=Membership.flair == Flair.id)
        .switch(Comment)
        .join(CommentLike, JOIN.LEFT_OUTER, on=(CommentLike.comment == Comment.id) & (CommentLike.member == me))
    )


def _shown(side: int) -> Any:
    return (Comment.deleted_at.is_null() & ~apart(side, Comment.author)) | (Comment.reply_count > 0)


def _build_top(looking: Eyes, me: int, circle: int, side: int, post: int, before: int, size: int) -> ModelSelect:
    top = (Comment.post == post) & Comment.parent.is_null() & (Comment.id < before) & _shown(side)
    return looking.gated(_comments(me, circle, side).where(top).order_by(Comment.id.desc()).limit(size), me, beneath)


def _build_replies(
    looking: Eyes, me: int, circle: int, side: int, post: int, first: int, last: int, before: int, size: int
) -> ModelSelect:
    """The last replies of each comment between two ids; one window over an index range, however many parents."""
    window = Window(partition_by=[Comment.parent], order_by=[Comment.id.desc()])
    ranked = (
        Comment.select(Comment.id, fn.ROW_NUMBER().over(window).alias("place"))
        .where(
            Comment.post == post, Comment.parent >= first, Comment.parent <= last, Comment.id < before,
            Comment.deleted_at.is_null(), ~apart_among(side, Comment.author),
        )
        .window(window)
        .alias("ranked")
    )  # fmt: skip
    query = _comments(me, circle, side).join(ranked, on=(ranked.c.id == Comment.id) & (ranked.c.place <= size))
    return looking.gated(query.order_by(Comment.id.desc()), me, beneath)


def _build_new(looking: Eyes, me: int, circle: int, side: int, post: int, since: int, size: int) -> ModelSelect:
    new = (Comment.post == post) & (Comment.post_seq > since)
    seen = ~apart(side, Comment.author) | (Comment.reply_count > 0)
    query = _comments(me, circle, side).where(new, seen).order_by(Comment.post_seq).limit(size)
    return looking.gated(query, me, beneath)


def _build_comment(looking: Eyes, me: int, circle: int, side: int, post: int, comment: int) -> ModelSelect:
    return looking.gated(_comments(me, circle, side).where(Comment.post == post, Comment.id == comment), me, beneath)


_top, _replies = Prepared(_build_top), Prepared(_build_replies)
_new, _comment = Prepared(_build_new), Prepared(_build_comment)


def _rows(prepared: Prepared, actor: Actor, here: Room, **numbers: Any) -> list[CommentRow]:
    rows = prepared.rows(
        eyes(actor), me=actor.member_id or 0, circle=here.id, side=side(actor, here), **numbers
    )
    return [_without_words(CommentRow(*row)) if _is_gap(actor, here, row) else CommentRow(*row) for row in rows]


_DELETED, _HIDDEN, _AUTHOR = (CommentRow._fields.index(name) for name in ("deleted_at", "hidden_at", "author_id"))


def _is_gap(actor: Actor, here: Room, row: tuple[Any, ...]) -> bool:
    """Deleted, or hidden from these eyes."""
    if row[_DELETED] is not None or row[_HIDDEN] is None:
        return row[_DELETED] is not None
    return not here.is_moderator and (actor.member_id is None or row[_AUTHOR] != actor.member_id)


def _without_words(row: CommentRow) -> CommentRow:
    return row._replace(html="", author_id=None, username=None, display_name=None, avatar_key=None, flair=None)


def comments(actor: Actor, here: Room, number: int, before: int | None = None) -> Page:
    """The latest comments of a post that has passed the gate, oldest of them first; `older` leads to earlier ones."""
    size = LIMITS["page_comments"]
    page = cut(
        _rows(_top, actor, here, post=number, before=before or 2**61, size=size + 1), size, lambda row: row.id
    )
    return Page(page.rows[::-1], page.older)


def replies(actor: Actor, here: Room, number: int, parents: list[CommentRow]) -> dict[int, list[CommentRow]]:
    """The last replies of each of these comments, oldest first."""
    found: dict[int, list[CommentRow]] = defaultdict(list)
    with_replies = [row.id for row in parents if row.reply_count]
    if with_replies:
        first, last = min(with_replies), max(with_replies)
        size = LIMITS["replies_shown"]
        for row in _rows(_replies, actor, here, post=number, first=first, last=last, before=2**61, size=size):
            found[row.parent_id or 0].insert(0, row)
    return found


def earlier_replies(
    actor: Actor, here: Room, number: int, parent: int, before: int | None = None
) -> list[CommentRow]:
    """Replies of one comment before this one, or its last ones, oldest first."""
    size = LIMITS["page_replies"]
    rows = _rows(_replies, actor, here, post=number, first=parent, last=parent, before=before or 2**61, size=size)
    return rows[::-1]


def replies_after(parent: int, reply: int) -> int:
    """How many replies of a comment that has passed the gate are younger than this one."""
    younger = Comment.select().where(Comment.parent == parent, Comment.id > reply, Comment.deleted_at.is_null())
    return int(younger.count())


def replies_before(parent: int, reply: int) -> int:
    """How many replies of a comment that has passed the gate are older than this one."""
    older = Comment.select().where(Comment.parent == parent, Comment.id < reply, Comment.deleted_at.is_null())
    return int(older.count())


MOST_CHANGES = 100


def changed_comments(actor: Actor, here: Room, number: int, since: int) -> list[CommentRow]:
    """Comments that are new or changed after this position of the post, in the order of the changes; `MOST_CHANGES` of
    them, and the rest the next time."""
    return _rows(_new, actor, here, post=number, since=since, size=MOST_CHANGES)


def comment(actor: Actor, here: Room, number: int, comment_id: int) -> CommentRow:
    """Raises Gone."""
    rows = _rows(_comment, actor, here, post=number, comment=comment_id)
    if not rows:
        raise Gone
    return rows[0]


def comment_source(actor: Actor, here: Room, number: int, comment_id: int) -> str:
    """Markdown of a comment, for its editor. Raises Gone."""
    row = comment(actor, here, number, comment_id)
    if row.deleted_at is not None:
        raise Gone
    require(actor, "post:edit", (here, row.author_id))
    text: str = Comment.select(Comment.source).where(Comment.id == comment_id).scalar()
    return text
