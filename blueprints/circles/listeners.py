"""Keeps the search index in step with circles and posts."""

from blueprints.accounts.events import PresenceHidden, ProfileChanged
from blueprints.circles import (
    arranging,
    events,
    invite_links,
    listeners_telling,  # noqa: F401 - listens
    naming,
    presence,
    unread,
)
from core import search, stream_log
from core.signals import listen
from models import Circle, Post


@listen(events.CircleFounded, events.CircleChanged)
def index_circle(event: events.CircleFounded | events.CircleChanged) -> None:
    circle = Circle.get_by_id(event.circle)
    search.index("circle", circle.id, f"{circle.name} {circle.purpose}")


@listen(events.PostWritten, events.PostChanged)
def index_post(event: events.PostWritten | events.PostChanged) -> None:
    post = Post.get_by_id(event.post)
    search.index("post", post.id, f"{post.title} {post.source}", circle=post.circle_id)


@listen(events.PostDeleted, events.PostHidden)
def unpin(event: events.PostDeleted | events.PostHidden) -> None:
    """What is out of sight does not stand at the top."""
    arranging.let_go(event.post)


@listen(events.PostDeleted)
def forget_post(event: events.PostDeleted) -> None:
    search.remove("post", [event.post])


@listen(events.CommentHidden)
def hidden_is_not_first(event: events.CommentHidden) -> None:
    if event.hidden:
        Post.update(pinned_comment=None).where(Post.id == event.post, Post.pinned_comment == event.comment).execute()


@listen(events.CircleChanged)
def ring(event: events.CircleChanged) -> None:
    stream_log.touch(f"circle-{event.circle}")


# ---- members ------------------------------------------------------------------------------------------------


@listen(events.MemberJoined)
def name_newcomer(event: events.MemberJoined) -> None:
    naming.note(event.member, event.circle)


@listen(events.CircleFounded)
def name_founder(event: events.CircleFounded) -> None:
    naming.note(event.by, event.circle)


@listen(ProfileChanged)
def name_again(event: ProfileChanged) -> None:
    naming.note(event.member)


@listen(events.MemberLeft)
def forget_presence(event: events.MemberLeft) -> None:
    presence.forget(event.member, event.circle)


@listen(PresenceHidden)
def hide_presence(event: PresenceHidden) -> None:
    presence.forget(event.member)


# ---- open pages ---------------------------------------------------------------------------------------------


@listen(events.MemberLeft, events.RoleChanged)
def end_what_member_watches(event: events.MemberLeft | events.RoleChanged) -> None:
    """Whoever may still look comes back by themselves."""
    stream_log.revoke(f"m{event.member}", f"c{event.circle}")


@listen(events.MemberSanctioned)
def end_what_banned_watch(event: events.MemberSanctioned) -> None:
    """Also of somebody who was never in; what a mute forbids is writing."""
    if event.kind == "ban":
        stream_log.revoke(f"m{event.member}", f"c{event.circle}")


# ---- what is new --------------------------------------------------------------------------------------------


@listen(events.MemberJoined)
def begin_with_nothing_unread(event: events.MemberJoined) -> None:
    unread.begin(event.circle, event.member)


# ---- invitation links ---------------------------------------------------------------------------------------


@listen(events.MemberLeft, events.RoleChanged)
def links_of_who_may_not_invite(event: events.MemberLeft | events.RoleChanged) -> None:
    role = event.role if isinstance(event, events.RoleChanged) else None
    invite_links.follow_maker(event.circle, event.member, role)
