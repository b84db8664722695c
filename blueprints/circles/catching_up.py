"""What somebody missed in their circles: what concerns them, what was pinned or chosen, what was talked about most.
Each thing is listed once, with the reasons why; nothing is weighed, and the whole list stays where it is.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from peewee import JOIN, fn

from blueprints.circles import reading
from blueprints.circles.reading import PostRow
from core import clock
from core.policy import Actor, visible
from models import Circle, Comment, DigestPost, Membership, Notice, Pin, Post, PostPoll, PostReading

MOST_CIRCLES = 50
MOST_LOOKED = {"one": 1000, "many": 200}
"""How many of a circle's newest posts are looked at: all of a busy month would make everybody else wait."""

MOST_OWN = 200
MOST_OF_A_KIND = 5
LEAST_TALK = 2
ENDING_MS = 3 * clock.DAY
GROUPS = ("you", "kept", "ending", "talked", "reacted")
MENTIONS = ("mentioned",)


@dataclass(frozen=True)
class Reason:
    """Why a post is listed: mentioned, answered, pinned, digest, ending, talked, reacted. `count` and `at` (ms since
    1970) where they say something."""

    kind: str
    count: int = 0
    at: int = 0


@dataclass(frozen=True)
class Missed:
    """`groups` by name, newest first in each. `new` posts of others came out in the period, `others` of them are not
    listed; `more` says that there were more than we look at."""

    groups: dict[str, list[tuple[PostRow, tuple[Reason, ...]]]]
    new: int
    others: int
    more: bool


@dataclass(frozen=True)
class Window:
    """The part of a circle that is looked at: posts after `floor` that came out since `since` (ms since 1970); `oldest`
    is the oldest post that is looked at at all, 0 for the first."""

    circle: int
    floor: int
    since: int
    oldest: int


class _New(NamedTuple):
    id: int
    author: int | None
    comments: int
    reactions: int


def missed(actor: Actor, circles: list[int], since: int | None) -> Missed:
    """Since this moment (ms since 1970), or since the mark that the actor has left in each circle."""
    windows = _windows(actor, circles, since)
    if not windows:
        return Missed({}, 0, 0, more=False)
    new = _new_posts(actor, windows)
    reasons: dict[int, list[Reason]] = defaultdict(list)
    found = (
        ("you", _about_me(actor, windows, unread_only=since is None)), ("kept", _kept(windows)),
        ("ending", _ending(actor, windows)),
        ("talked", _most(new, "talked", lambda row: row.comments)),
        ("reacted", _most(new, "reacted", lambda row: row.reactions)),
    )  # fmt: skip
    group_of: dict[int, str] = {}
    for group, pairs in found:
        for post, reason in pairs:
            reasons[post].append(reason)
            group_of.setdefault(post, group)
    groups: dict[str, list[tuple[PostRow, tuple[Reason, ...]]]] = {}
    rows = reading.some_posts(actor, sorted(reasons, reverse=True))
    for group in GROUPS:
        inside = [row for row in rows if group_of[row.id] == group and not row.hidden_at]
        listed = [(row, tuple(reasons[row.id])) for row in inside]
        if listed:
            groups[group] = listed
    shown = {row.id for listed in groups.values() for row, _ in listed}
    more = any(each.oldest > each.floor and (since is None or _reaches(each)) for each in windows.values())
    return Missed(groups, len(new), sum(row.id not in shown for row in new), more=more)


def _windows(actor: Actor, circles: list[int], since: int | None) -> dict[int, Window]:
    looked = MOST_LOOKED["one" if len(circles) == 1 else "many"]
    other, last = Post.alias(), Post.alias()
    newest = other.select(other.id).where(other.circle == Membership.circle).order_by(other.id.desc())
    oldest = newest.limit(1).offset(looked)
    mark_at = last.select(last.created_at).where(last.id == Membership.read_post)
    query = (
        Membership.select(Membership.circle, Membership.read_post, fn.COALESCE(mark_at, Membership.joined_at), oldest)
        .join(Circle)
        .where(Membership.member == actor.member_id, Membership.circle.in_(circles), Circle.closed_at.is_null())
    )
    return {
        circle: Window(circle, mark if since is None else 0, (mark_at or 0) if since is None else since, oldest or 0)
        for circle, mark, mark_at, oldest in query.tuples()
    }


def _reaches(window: Window) -> bool:
    """Whether the period goes back beyond what is looked at."""
    at = Post.select(Post.created_at).where(Post.id == window.oldest).scalar()
    return bool(at is not None and at >= window.since)


def _any(parts: Iterable[Any]) -> Any:
    return reduce(or_, parts)


def _new_posts(actor: Actor, windows: dict[int, Window]) -> list[_New]:
    inside = _any(
        (Post.circle == each.circle) & (Post.id > max(each.floor, each.oldest)) & (Post.created_at >= each.since)
        for each in windows.values()
    )
    live = Post.hidden_at.is_null() & (Post.author.is_null() | (Post.author != actor.member_id))
    query = Post.select(Post.id, Post.author, Post.comment_count, Post.like_count).where(inside, live)
    return [_New(*row) for row in visible(query, actor).tuples()]


def _most(new: list[_New], kind: str, count: Any) -> list[tuple[int, Reason]]:
    most = sorted((row for row in new if count(row) >= LEAST_TALK), key=lambda row: (-count(row), -row.id))
    return [(row.id, Reason(kind, count(row))) for row in most[:MOST_OF_A_KIND]]


def _kept(windows: dict[int, Window]) -> list[tuple[int, Reason]]:
    """What was pinned, and what was chosen for the digest."""
    found = []
    for table, moment, kind in ((Pin, Pin.pinned_at, "pinned"), (DigestPost, DigestPost.chosen_at, "digest")):
        inside = _any((table.circle == each.circle) & (moment >= each.since) for each in windows.values())
        rows = table.select(table.post, moment).where(inside).order_by(table.post.desc()).limit(MOST_OWN)
        found += [(post, Reason(kind, at=at)) for post, at in rows.tuples()]
    return found


def _ending(actor: Actor, windows: dict[int, Window]) -> list[tuple[int, Reason]]:
    """Polls that end soon, whenever they began."""
    now = clock.now()
    inside = _any((Post.circle == each.circle) & (Post.id > each.oldest) for each in windows.values())
    query = (
        Post.select(Post.id, PostPoll.ends_at)
        .join(PostPoll, on=PostPoll.post == Post.id)
        .where(inside, Post.has_poll, PostPoll.ends_at.between(now, now + ENDING_MS))
        .order_by(PostPoll.ends_at)
        .limit(MOST_OF_A_KIND)
    )
    return [(post, Reason("ending", at=at)) for post, at in visible(query, actor).tuples()]


# ---- what concerns the reader -------------------------------------------------------------------------------


def _about_me(actor: Actor, windows: dict[int, Window], *, unread_only: bool) -> list[tuple[int, Reason]]:
    return [*_mentions(actor, windows), *_answers(actor, windows, unread_only=unread_only)]


def _mentions(actor: Actor, windows: dict[int, Window]) -> list[tuple[int, Reason]]:
    """Known from the notices; the post that holds a comment stands for it."""
    earliest = min(each.since for each in windows.values())
    query = (
        Notice.select(Notice.subject_kind, Notice.subject_id, Notice.circle, Notice.at)
        .where(Notice.member == actor.member_id, Notice.at >= earliest, Notice.kind.in_(MENTIONS))
        .order_by(Notice.at.desc())
        .limit(MOST_OWN)
    )
    rows = [row for row in query.tuples() if row[2] in windows and row[3] >= windows[row[2]].since]
    said = [id_ for kind, id_, _, _ in rows if kind == "comment"]
    live = (Comment.id, Comment.post)
    holders = dict(
        visible(Comment.select(*live).where(Comment.id.in_(said), _told()), actor).tuples() if said else ()
    )
    posts = [id_ if kind == "post" else holders.get(id_) for kind, id_, _, _ in rows]
    return [(post, Reason("mentioned")) for post in dict.fromkeys(post for post in posts if post)]


def _told() -> Any:
    return Comment.deleted_at.is_null() & Comment.hidden_at.is_null()


def _answers(actor: Actor, windows: dict[int, Window], *, unread_only: bool) -> list[tuple[int, Reason]]:
    """Comments of others beneath the reader's latest posts, and replies to their latest comments; those that they have
    seen are left out when only the unread ones are asked for."""
    me = actor.member_id
    mine = Post.select(Post.id).where(Post.author == me).order_by(Post.id.desc()).limit(MOST_OWN)
    said = Comment.select(Comment.id).where(Comment.author == me).order_by(Comment.id.desc()).limit(MOST_OWN)
    posts, comments = ([id_ for (id_,) in query.tuples()] for query in (mine, said))
    if not posts and not comments:
        return []
    earliest = min(each.since for each in windows.values())
    found: dict[int, set[int]] = defaultdict(set)
    seen = fn.COALESCE(PostReading.comment, 0) if unread_only else 0
    mine_read = (PostReading.post == Comment.post) & (PostReading.member == me)
    for to_me in (Comment.post.in_(posts), Comment.parent.in_(comments)):
        query = (
            Comment.select(Comment.id, Comment.post, Comment.created_at, Post.circle)
            .join(Post)
            .switch(Comment)
            .join(PostReading, JOIN.LEFT_OUTER, on=mine_read)
            .where(to_me, Comment.created_at >= earliest, Comment.id > seen, Comment.author != me, _told())
            .order_by(Comment.id.desc())
            .limit(MOST_OWN)
        )
        for comment, post, at, circle in visible(query, actor).tuples():
            if circle in windows and at >= windows[circle].since:
                found[post].add(comment)
    return [(post, Reason("answered", len(ids))) for post, ids in found.items()]
