"""Who is told of what happens in a circle. Each function runs in the transaction of what happened and writes rows; who
cannot be told in a few of them is left to a job.

What a member wants is on their membership: with `all` and `mentions` the bell rings for what concerns them, with
`digest` it is kept for the summary and rings for nothing, with `none` nothing is written. What is decided about a
member reaches them whatever they chose.
"""

from collections.abc import Iterable
from typing import Any

from peewee import ModelSelect

from blueprints.circles.joining import close_invitation
from blueprints.people.apart import apart, apart_ids, are_apart
from core import jobs, notices
from core.policy import Actor, Standing, visible_ids
from models import (
    Circle,
    CircleInvitation,
    Comment,
    CommentLike,
    JoinRequest,
    Membership,
    Notice,
    Pending,
    Pin,
    Post,
    PostLike,
)

BATCH = 500
FEW = 200
"""Circles up to this size are told of a post at once; larger ones by a job."""

MOST_MENTIONS = 50
LOOKS_AFTER = ("owner", "moderator")
RINGS = ("all", "mentions")
STAYS = ("moderated",)
"""Kinds that a former member keeps: what was decided about them, and why."""


_LIKES: dict[str, tuple[Any, Any]] = {"post": (PostLike, PostLike.post), "comment": (CommentLike, CommentLike.comment)}


# ---- what concerns a member ----------------------------------------------------------------------------------


def _levels(circle: int, members: Iterable[int]) -> dict[int, str]:
    """What these members chose; whoever is not in the circle is left out."""
    mine = (Membership.circle == circle) & Membership.member.in_(list(members))
    return dict(Membership.select(Membership.member, Membership.notify).where(mine).tuples())


def _tell(levels: dict[int, str], kind: str, subject_kind: str, subject_id: int, circle: int, **more: object) -> None:
    """Each at the level they chose."""
    loud = [member for member, level in levels.items() if level in RINGS]
    still = [member for member, level in levels.items() if level == "digest"]
    for members, rings in ((loud, True), (still, False)):
        if members:
            notices.tell(members, kind, subject_kind, subject_id, circle=circle, rings=rings, **more)  # type: ignore[arg-type]


def _mentioned(kind: str, subject: int, post: int, circle: int, by: int, mentions: Iterable[int]) -> set[int]:
    """Tell those who are named and may read it; returns all whom their name reached."""
    named = [member for member in dict.fromkeys(mentions) if member != by][:MOST_MENTIONS]
    if not named:
        return set()
    far = apart_ids(by)
    named = [member for member in named if member not in far]
    can_read = [member for member in named if visible_ids("post", [post], Actor(member, Standing.MEMBER))]
    chosen = _levels(circle, can_read)
    levels = {member: chosen.get(member, "mentions") for member in can_read}  # strangers too, where all may read
    _tell(levels, "mentioned", kind, subject, circle)
    return set(levels)


def of_post(post: int, circle: int, by: int, mentions: tuple[int, ...]) -> None:
    """Whoever is named in it, and whoever wants to hear of every post."""
    reached = _mentioned("post", post, post, circle, by, mentions)
    size = Circle.select(Circle.member_count).where(Circle.id == circle).scalar()
    if size > FEW:
        jobs.later("circles.tell_of_post", {"post": post, "but": sorted(reached | {by})})
    else:
        everybody_of_post(post, 0, [*reached, by], FEW + 1)


def of_comment(comment: int, post: int, by: int, mentions: tuple[int, ...]) -> None:
    """Whoever is named in it, else whoever it answers: one notice each."""
    row = (
        Comment.select(Comment.parent, Comment.hidden_at, Post.circle, Post.author)
        .join(Post, on=Comment.post == Post.id)
        .where(Comment.id == comment)
        .tuples()
        .first()
    )
    if row is None or row[1] is not None:
        return
    parent, _, circle, author = row
    reached = _mentioned("comment", comment, post, circle, by, mentions) | {by}
    answered = Comment.select(Comment.author).where(Comment.id == parent).scalar() if parent else None
    for kind, member in (("answered", answered), ("replied", author)):
        if member and member not in reached and not are_apart(by, member):
            reached.add(member)
            _tell(_levels(circle, [member]), kind, "comment", comment, circle)


def of_reaction(kind: str, subject: int, by: int, on: bool) -> None:
    """Whoever wrote it; what comes together before they look is one notice, and rings once. A reaction that is taken
    back takes its notice along when it was the only one."""
    table = Post if kind == "post" else Comment
    likes, key = _LIKES[kind]
    author = table.select(table.author).where(table.id == subject).scalar()
    if author is None or author == by or (on and are_apart(by, author)):
        return
    if on:
        circle = _circle_of(kind, subject)
        at = likes.select(likes.liked_at).where(key == subject, likes.member == by).scalar()
        group = f"reacted:{kind}:{subject}"
        _tell(_levels(circle, [author]), "reacted", kind, subject, circle, group=group, at=at, rings_again=False)
        return
    told = (Notice.kind == "reacted") & (Notice.subject_kind == kind) & (Notice.subject_id == subject)
    for row in list(Notice.select(Notice.id, Notice.first_at).where(told, Notice.read_at.is_null())):
        others = likes.select(likes.member).where(key == subject, likes.member != author)
        if not others.where(likes.liked_at >= row.first_at).exists():
            Notice.delete().where(Notice.id == row.id).execute()


def _circle_of(kind: str, subject: int) -> int:
    query = Post.select(Post.circle)
    if kind == "comment":
        query = query.join(Comment, on=Comment.post == Post.id).where(Comment.id == subject)
    else:
        query = query.where(Post.id == subject)
    return int(query.scalar())


# ---- coming and going ----------------------------------------------------------------------------------------


def of_application(circle: int, by: int) -> None:
    """Whoever looks after the circle."""
    _tell(_team(circle, by), "asked", "circle", circle, circle, group=f"asked:{circle}")


def _team(circle: int, but: int) -> dict[int, str]:
    team = Membership.select(Membership.member, Membership.notify).where(
        Membership.circle == circle, Membership.role.in_(LOOKS_AFTER), Membership.member != but
    )
    return dict(team.tuples())


def of_decision(circle: int, member: int, accepted: bool) -> None:
    group = f"decided:{circle}"
    notices.tell([member], "decided", "circle", circle, circle=circle, group=group, accepted=int(accepted))
    _nobody_asks(circle)


def _nobody_asks(circle: int) -> None:
    asking = JoinRequest.select().where(JoinRequest.circle == circle, JoinRequest.decided_at.is_null())
    if not asking.exists():
        notices.forget("circle", [circle], kinds=("asked",))


def of_invitation(circle: int, member: int) -> None:
    notices.tell([member], "invited", "circle", circle, circle=circle, group=f"invited:{circle}")


def of_arrival(circle: int, member: int) -> None:
    """Whoever came in needs no word of the invitation any more."""
    notices.forget("circle", [circle], [member], kinds=("invited",))
    _nobody_asks(circle)


def of_role(circle: int, member: int, role: str) -> None:
    notices.tell([member], "role", "circle", circle, circle=circle, group=f"role:{circle}", role=role)


def of_departure(circle: int, member: int) -> None:
    notices.forget_circle(circle, member, keep=STAYS)


def of_held(circle: int, by: int) -> None:
    """Whoever looks after the circle: something waits for them."""
    _tell(_team(circle, by), "held", "circle", circle, circle, group=f"held:{circle}")


def of_pending(circle: int, author: int, accepted: bool, post: int | None, comment: int | None, pending: int) -> None:
    """What became of a text that a moderator had to look at."""
    held = (Pending.circle == circle) & (Pending.held_for != "") & Pending.refused_at.is_null()
    if not Pending.select().where(held).exists():
        notices.forget("circle", [circle], kinds=("held",))
    kind, subject = ("post", post) if post else ("comment", comment) if comment else ("pending", pending)
    event = f"pending:{pending}:{int(accepted)}"
    notices.tell(
        [author], "pending", kind, subject or 0, circle=circle, event=event, accepted=int(accepted), pending=pending
    )


# ---- everybody -------------------------------------------------------------------------------------------------


def of_announcement(post: int, circle: int) -> None:
    """All who are in the circle: the request leaves a job and no more."""
    at = Pin.select(Pin.pinned_at).where(Pin.post == post).scalar()
    jobs.later("circles.announce", {"post": post, "pinned_at": at})


def everybody_of_announcement(post: int, pinned_at: int, after: int, size: int = BATCH) -> int | None:
    """Tell the next members, in the order of their memberships; returns where to go on, None at the end or when the
    post is not up there any more. Telling them twice tells them once. Inside a transaction."""
    circle = _circle_when_shown(post)
    if circle is None or not Pin.select().where(Pin.post == post, Pin.pinned_at == pinned_at).exists():
        return None
    last, next_ones = _next_members(circle, after, size)
    by = Pin.select(Pin.pinned_by).where(Pin.post == post).scalar()
    author = _author_of(post)
    event = f"pinned:{post}:{pinned_at}"
    for levels, rings in ((RINGS, True), (("digest",), False)):
        wanted = next_ones.where(Membership.notify.in_(levels), Membership.member != (by or 0))
        wanted = wanted.where(~apart(author, Membership.member))
        notices.tell_all(wanted, "pinned", "post", post, circle=circle, event=event, rings=rings)
    return last


def everybody_of_post(post: int, after: int, but: list[int], size: int = BATCH) -> int | None:
    """As above: those who want to hear of every post, but for these members."""
    circle = _circle_when_shown(post)
    if circle is None:
        return None
    last, next_ones = _next_members(circle, after, size)
    wanted = next_ones.where(Membership.notify == "all", Membership.member.not_in(but))
    wanted = wanted.where(~apart(_author_of(post), Membership.member))
    notices.tell_all(wanted, "posted", "post", post, circle=circle)
    return last


def _next_members(circle: int, after: int, size: int) -> tuple[int | None, ModelSelect]:
    """Where to go on after them, None when they are the last; and a query that names them."""
    here = (Membership.circle == circle) & (Membership.id > after)
    ids = Membership.select(Membership.id).where(here).order_by(Membership.id)
    border: int | None = ids.offset(size - 1).limit(1).scalar()
    if border is not None:
        here &= Membership.id <= border
    return border, Membership.select(Membership.member).where(here)


def _author_of(post: int) -> int:
    return Post.select(Post.author).where(Post.id == post).scalar() or 0


def _circle_when_shown(post: int) -> int | None:
    shown = Post.select(Post.circle).where(Post.id == post, Post.deleted_at.is_null(), Post.hidden_at.is_null())
    circle: int | None = shown.scalar()
    return circle


# ---- out of sight ------------------------------------------------------------------------------------------------


def of_hiding(kind: str, subject: int) -> None:
    """The bell rings no more for what was deleted or hidden. A comment concerns a few; a post may concern everybody."""
    if kind == "comment":
        notices.hush("comment", [subject])
    else:
        jobs.later("circles.hush", {"post": subject})


def of_parting(one: int, other: int) -> None:
    """Two want to have nothing to do with each other: what the bell of each counts because of the other, it counts no
    more, and neither waits for an answer to an invitation by the other."""
    for reader, writer in ((one, other), (other, one)):
        posts = Post.select(Post.id).where(Post.author == writer)
        comments = Comment.select(Comment.id).where(Comment.author == writer)
        theirs = ((Notice.subject_kind == "post") & Notice.subject_id.in_(posts)) | (
            (Notice.subject_kind == "comment") & Notice.subject_id.in_(comments)
        )
        new = (Notice.member == reader) & Notice.seen_at.is_null()
        reacted = [row.id for row in Notice.select().where(new, Notice.kind == "reacted") if _only_by(writer, row)]
        notices.hush_some(new & (theirs | Notice.id.in_(reacted)))
        asked = (CircleInvitation.member == reader) & (CircleInvitation.invited_by == writer)
        asked &= CircleInvitation.answered_at.is_null()
        for (circle,) in list(CircleInvitation.select(CircleInvitation.circle).where(asked).tuples()):
            close_invitation(circle, reader, accepted=False)


def _only_by(member: int, told: Notice) -> bool:
    """Whether nobody else reacted in the time that this notice gathers."""
    likes, key = _LIKES[told.subject_kind]
    others = likes.select(likes.member).where(key == told.subject_id, likes.member.not_in([member, told.member_id]))
    return not others.where(likes.liked_at >= told.first_at).exists()


def of_closing(circle: int) -> None:
    """A circle that strangers cannot look into has nothing to tell them any more; the gate sees to what is shown, this
    to what is counted."""
    jobs.later("circles.hush_strangers", {"circle": circle})


def hush_strangers(circle: int, size: int = BATCH) -> bool:
    """Some of them; whether there may be more. Inside a transaction."""
    members = Membership.select(Membership.member).where(Membership.circle == circle)
    closed = Circle.select().where(Circle.id == circle, Circle.closed_at.is_null(False)).exists()
    about = (Notice.circle == circle) & Notice.seen_at.is_null() & Notice.subject_kind.in_(("post", "comment"))
    if not closed:
        about &= Notice.member.not_in(members)
    return notices.hush_some(about, size) == size


def forget_posts(posts: list[int]) -> None:
    """Posts that are gone for good, with what was said beneath them; inside the transaction that empties them."""
    beneath = [id_ for (id_,) in Comment.select(Comment.id).where(Comment.post.in_(posts)).tuples()]
    notices.forget("post", posts)
    if beneath:
        notices.forget("comment", beneath)
