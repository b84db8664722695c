"""What notices speak of, read through the gate: a page of them in a handful of queries, however many rows it has.
A notice whose thing the actor may not see any more, or that has passed, is not among the answers.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from peewee import JOIN, Window, fn

from blueprints.circles import queries, reading
from blueprints.circles.queries import CircleRow
from blueprints.people.apart import apart
from core.notices import Face, NoticeRow
from core.policy import Actor, visible
from models import (
    CircleInvitation,
    Comment,
    CommentLike,
    JoinRequest,
    Member,
    Membership,
    Notice,
    Pending,
    Post,
    PostLike,
)

QUOTE_CHARS = 140
SHOWN_NAMES = 2
VEIL = "▒▒▒"


NOBODY = Face(0, "", None)


class Told(NamedTuple):
    """`people` are those to be named, last first, `many` how many there are. `post` and `comment` say where it is."""

    row: NoticeRow
    circle: CircleRow
    people: tuple[Face, ...] = ()
    many: int = 0
    quote: str = ""
    post: int | None = None
    comment: int | None = None


@dataclass
class _Seen:
    """All that the actor may see of what the rows speak of."""

    circles: dict[int, CircleRow] = field(default_factory=dict)
    posts: dict[int, reading.PostRow] = field(default_factory=dict)
    comments: dict[int, "_Words"] = field(default_factory=dict)
    reacted: dict[int, tuple[tuple[Face, ...], int]] = field(default_factory=dict)
    asking: dict[int, int] = field(default_factory=dict)
    invited: dict[int, tuple[Face, str]] = field(default_factory=dict)
    decided: dict[int, tuple[bool, str]] = field(default_factory=dict)
    held: dict[int, int] = field(default_factory=dict)
    waiting: dict[int, str] = field(default_factory=dict)
    homes: dict[int, int] = field(default_factory=dict)
    """Circles of what waits, by its number."""


class _Words(NamedTuple):
    id: int
    post: int
    circle: int
    author: int | None
    name: str | None
    picture_key: str | None
    html: str
    hidden_at: int | None


KINDS = (
    "answered", "asked", "decided", "held", "invited", "mentioned", "pending", "pinned", "posted", "reacted", "replied",
    "role",
)  # fmt: skip


def told(actor: Actor, rows: list[NoticeRow]) -> list[Told]:
    mine = [row for row in rows if row.kind in KINDS]
    if not mine:
        return []
    seen = _look(actor, mine)
    found = []
    for row in mine:
        circle = seen.circles.get(row.circle or seen.homes.get(row.subject_id, 0))
        made = _one(row, circle, seen) if circle else None
        if made:
            found.append(made)
    return found


def _look(actor: Actor, rows: list[NoticeRow]) -> _Seen:
    seen = _Seen()
    if waiting := _subjects(rows, "pending"):
        seen.waiting, seen.homes = _waiting(actor, waiting)
    wanted = {row.circle for row in rows if row.circle} | set(seen.homes.values())
    seen.circles = {card.id: card for card in queries.some(actor, sorted(wanted))}
    posts, comments = _subjects(rows, "post"), _subjects(rows, "comment")
    if posts:
        seen.posts = {post.id: post for post in reading.some_posts(actor, posts)}
    if comments:
        seen.comments = _comments(actor, comments, seen.circles)
    for kind, likes, subject in (("post", PostLike, PostLike.post), ("comment", CommentLike, CommentLike.comment)):
        reacted = [row.id for row in rows if row.kind == "reacted" and row.subject_kind == kind]
        if reacted:
            seen.reacted |= _reactions(actor, reacted, likes, subject)
    me = actor.member_id or 0
    looked_after = {id_ for id_, card in seen.circles.items() if card.role in ("owner", "moderator")}
    if asked := looked_after & set(_circles(rows, "asked")):
        seen.asking = _asking(asked)
    if held := looked_after & set(_circles(rows, "held")):
        seen.held = _held(actor, held)
    if invited := _circles(rows, "invited"):
        seen.invited = _invitations(me, invited)
    if decided := _circles(rows, "decided"):
        seen.decided = _decisions(me, decided)
    return seen


def _subjects(rows: Iterable[NoticeRow], kind: str) -> list[int]:
    return sorted({row.subject_id for row in rows if row.subject_kind == kind})


def _circles(rows: Iterable[NoticeRow], kind: str) -> list[int]:
    return sorted({row.circle for row in rows if row.kind == kind and row.circle})


# ---- what is there ---------------------------------------------------------------------------------------------


def _comments(actor: Actor, ids: list[int], circles: dict[int, CircleRow]) -> dict[int, _Words]:
    query = (
        Comment.select(
            Comment.id, Comment.post, Post.circle, Comment.author, Member.display_name, Member.avatar_key, Comment.html,
            Comment.hidden_at,
        )
        .join(Post, on=Comment.post == Post.id)
        .join(Member, JOIN.LEFT_OUTER, on=Comment.author == Member.id)
        .where(Comment.id.in_(ids), Comment.deleted_at.is_null())
    )  # fmt: skip
    rows = [_Words(*row) for row in visible(query, actor).tuples()]
    return {row.id: row for row in rows if _is_open(actor, row, circles.get(row.circle))}


def _is_open(actor: Actor, row: _Words, circle: CircleRow | None) -> bool:
    """The gate shows a hidden comment as a gap; its words are for its author and for who looks after the circle."""
    looks_after = circle is not None and circle.role in ("owner", "moderator")
    return row.hidden_at is None or looks_after or row.author == actor.member_id


def _reactions(actor: Actor, ids: list[int], likes: Any, subject: Any) -> dict[int, tuple[tuple[Face, ...], int]]:
    """Who reacted in the time that each of these notices gathers: the last two, and how many. One query."""
    window = Window(partition_by=[Notice.id], order_by=[likes.liked_at.desc(), likes.member.desc()])
    whole = Window(partition_by=[Notice.id]).alias("whole")
    ranked = (
        Notice.select(
            Notice.id.alias("notice"), likes.member.alias("who"), fn.ROW_NUMBER().over(window).alias("place"),
            fn.COUNT(likes.member).over(whole).alias("many"),
        )
        .join(
            likes,
            on=(subject == Notice.subject_id) & (likes.liked_at >= Notice.first_at) & (likes.liked_at <= Notice.at),
        )
        .where(
            Notice.id.in_(ids), likes.member != (actor.member_id or 0), ~apart(actor.member_id or 0, likes.member)
        )
        .window(window, whole)
        .alias("ranked")
    )  # fmt: skip
    query = (
        Member.select(ranked.c.notice, ranked.c.many, Member.id, Member.display_name, Member.avatar_key)
        .join(ranked, on=(ranked.c.who == Member.id) & (ranked.c.place <= SHOWN_NAMES))
        .order_by(ranked.c.notice, ranked.c.place)
    )
    found: dict[int, tuple[tuple[Face, ...], int]] = {}
    for notice, many, *person in visible(query, actor).tuples():
        before, _ = found.get(notice, ((), 0))
        found[notice] = ((*before, Face(*person)), many)
    return found


def _held(actor: Actor, circles: Iterable[int]) -> dict[int, int]:
    """How much waits for a moderator, in circles that the actor looks after."""
    query = Pending.select(Pending.circle, fn.COUNT(Pending.id)).where(
        Pending.circle.in_(list(circles)), Pending.held_for != "", Pending.refused_at.is_null()
    )
    return dict(visible(query, actor).group_by(Pending.circle).tuples())


def _asking(circles: Iterable[int]) -> dict[int, int]:
    count = fn.COUNT(JoinRequest.id)
    query = JoinRequest.select(JoinRequest.circle, count).where(
        JoinRequest.circle.in_(list(circles)), JoinRequest.decided_at.is_null()
    )
    return dict(query.group_by(JoinRequest.circle).tuples())


def _invitations(me: int, circles: list[int]) -> dict[int, tuple[Face, str]]:
    query = (
        CircleInvitation.select(
            CircleInvitation.circle, CircleInvitation.reason, Member.id, Member.display_name, Member.avatar_key
        )
        .join(Member, JOIN.LEFT_OUTER, on=CircleInvitation.invited_by == Member.id)
        .where(
            CircleInvitation.member == me, CircleInvitation.circle.in_(circles), CircleInvitation.answered_at.is_null()
        )
    )
    return {circle: (_face(*person), reason) for circle, reason, *person in query.tuples()}


def _decisions(me: int, circles: list[int]) -> dict[int, tuple[bool, str]]:
    query = JoinRequest.select(JoinRequest.circle, JoinRequest.accepted, JoinRequest.reply).where(
        JoinRequest.member == me, JoinRequest.circle.in_(circles), JoinRequest.decided_at.is_null(False)
    )
    return {circle: (bool(accepted), reply) for circle, accepted, reply in query.tuples()}


def _waiting(actor: Actor, ids: list[int]) -> tuple[dict[int, str], dict[int, int]]:
    """Of the actor's own texts that are not out: what the moderator said or how they begin, and their circles."""
    columns = (Pending.id, Pending.circle, Pending.refusal, Pending.excerpt)
    query = visible(Pending.select(*columns).where(Pending.id.in_(ids), Pending.author == actor.member_id), actor)
    rows = list(query.tuples())
    return {row[0]: row[2] or row[3] for row in rows}, {row[0]: row[1] for row in rows}


def _face(id_: int | None, name: str | None, picture_key: str | None) -> Face:
    return Face(id_, name or "", picture_key) if id_ else NOBODY


# ---- one by one ------------------------------------------------------------------------------------------------


def _one(row: NoticeRow, circle: CircleRow, seen: _Seen) -> Told | None:
    if row.subject_kind == "post":
        return _of_post(row, circle, seen)
    if row.subject_kind == "comment":
        return _of_comment(row, circle, seen)
    if row.subject_kind == "pending":
        begins = seen.waiting.get(row.subject_id)
        return Told(row, circle, quote=begins) if begins is not None else None
    return _of_circle(row, circle, seen)


def _of_post(row: NoticeRow, circle: CircleRow, seen: _Seen) -> Told | None:
    post = seen.posts.get(row.subject_id)
    if post is None:
        return None
    people, count = (_face(post.author_id, post.display_name, post.avatar_key),), 1
    if row.kind == "reacted":
        if row.id not in seen.reacted:
            return None
        people, count = seen.reacted[row.id]  # type: ignore[assignment]
    return Told(row, circle, people, count, post.title or post.excerpt[:QUOTE_CHARS], post.id)


def _of_comment(row: NoticeRow, circle: CircleRow, seen: _Seen) -> Told | None:
    said = seen.comments.get(row.subject_id)
    if said is None:
        return None
    people: tuple[Face, ...] = (_face(said.author, said.name, said.picture_key),)
    count = 1
    if row.kind == "reacted":
        if row.id not in seen.reacted:
            return None
        people, count = seen.reacted[row.id]
    return Told(row, circle, people, count, quote(said.html), said.post, said.id)


def _of_circle(row: NoticeRow, circle: CircleRow, seen: _Seen) -> Told | None:
    if row.kind in ("asked", "held"):
        count = (seen.asking if row.kind == "asked" else seen.held).get(circle.id, 0)
        return Told(row, circle, many=count) if count else None
    if row.kind == "invited":
        invitation = seen.invited.get(circle.id)
        return Told(row, circle, (invitation[0],), 1, invitation[1]) if invitation else None
    if row.kind == "decided":
        accepted, reply = seen.decided.get(circle.id, (None, ""))
        return Told(row, circle, quote=reply if accepted == bool(row.fact("accepted")) else "")
    return Told(row, circle) if circle.role else None  # a role, while there is one


_SPOILER = re.compile(r'<[^>]*class="spoiler"')


def quote(html: str) -> str:
    """The beginning of what was said; what a spoiler hides stays hidden, and what follows it is left out."""
    found = _SPOILER.search(html)
    text = reading.plain(html[: found.start()]) + (f" {VEIL}" if found else "") if found else reading.plain(html)
    return text if len(text) <= QUOTE_CHARS else text[:QUOTE_CHARS].rstrip() + "…"


# ---- the summary -------------------------------------------------------------------------------------------------


class Missed(NamedTuple):
    """Posts of one circle that a member has not seen: how many (`MOST_MISSED` stands for more), and some of them."""

    circle: CircleRow
    many: int
    posts: list[tuple[int, str]]


MOST_MISSED = 100
MOST_CIRCLES = 20
MOST_TITLES = 3


def missed(actor: Actor, since: int) -> list[Missed]:
    """In the circles whose posts the actor wants in the summary: what they have not seen since that moment (ms since
    1970), the most talked-about first. A query a circle, for a job in the background."""
    wanted = Membership.select(Membership.circle, Membership.read_post).where(
        Membership.member == (actor.member_id or 0), Membership.notify.in_(("all", "digest"))
    )
    marks = dict(wanted.tuples())
    found = []
    cards = [card for card in queries.some(actor, list(marks)) if card.active_at > since] if marks else []
    for card in sorted(cards, key=lambda card: -card.active_at)[:MOST_CIRCLES]:
        rows = _unread(actor, card.id, marks[card.id], since)
        if rows:
            rows.sort(key=lambda row: (-row[1], -row[0]))
            titles = [(id_, title or excerpt[:QUOTE_CHARS]) for id_, _, title, excerpt in rows[:MOST_TITLES]]
            found.append(Missed(card, len(rows), titles))
    return found


def _unread(actor: Actor, circle: int, mark: int, since: int) -> list[tuple[int, int, str, str]]:
    """Number, how much it was talked about, title and beginning of the latest ones."""
    query = Post.select(Post.id, Post.comment_count + Post.like_count, Post.title, Post.excerpt).where(
        Post.circle == circle, Post.id > mark, Post.hidden_at.is_null(),
        Post.author.is_null() | (Post.author != (actor.member_id or 0)),
    )  # fmt: skip
    latest = visible(query, actor).order_by(Post.id.desc()).limit(MOST_MISSED)
    return list(latest.where(Post.created_at > since).tuples())
