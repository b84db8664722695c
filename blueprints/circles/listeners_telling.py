"""What happens in circles is told to those whom it concerns."""

from blueprints.circles import events, telling
from blueprints.people.events import MemberBlocked
from core.signals import listen
from models import Circle, Comment


@listen(events.PostWritten)
def tell_of_post(event: events.PostWritten) -> None:
    telling.of_post(event.post, event.circle, event.author, event.mentions)


@listen(events.CommentWritten)
def tell_of_comment(event: events.CommentWritten) -> None:
    telling.of_comment(event.comment, event.post, event.author, event.mentions)


@listen(events.PostLiked)
def tell_of_reaction(event: events.PostLiked) -> None:
    telling.of_reaction("post", event.post, event.member, event.on)


@listen(events.CommentLiked)
def tell_of_reaction_to_comment(event: events.CommentLiked) -> None:
    telling.of_reaction("comment", event.comment, event.member, event.on)


@listen(events.PostPinned)
def announce_pin(event: events.PostPinned) -> None:
    if event.tells:
        telling.of_announcement(event.post, event.circle)


@listen(events.JoinAsked)
def tell_of_application(event: events.JoinAsked) -> None:
    telling.of_application(event.circle, event.member)


@listen(events.JoinDecided)
def tell_of_decision(event: events.JoinDecided) -> None:
    telling.of_decision(event.circle, event.member, event.accepted)


@listen(events.MemberInvited)
def tell_of_invitation(event: events.MemberInvited) -> None:
    telling.of_invitation(event.circle, event.member)


@listen(events.MemberJoined)
def take_back_invitation(event: events.MemberJoined) -> None:
    telling.of_arrival(event.circle, event.member)


@listen(events.InvitationClosed, events.JoinWithdrawn)
def take_back_what_leads_nowhere(event: events.InvitationClosed | events.JoinWithdrawn) -> None:
    telling.of_arrival(event.circle, event.member)


@listen(events.RoleChanged)
def tell_of_role(event: events.RoleChanged) -> None:
    if event.by != event.member:
        telling.of_role(event.circle, event.member, event.role)


@listen(events.PostHeld)
def tell_of_held(event: events.PostHeld) -> None:
    telling.of_held(event.circle, event.author)


@listen(events.PendingDecided)
def tell_of_pending(event: events.PendingDecided) -> None:
    telling.of_pending(event.circle, event.author, event.accepted, event.post, event.comment, event.pending)


@listen(MemberBlocked)
def part(event: MemberBlocked) -> None:
    telling.of_parting(event.by, event.other)


# ---- taken back ------------------------------------------------------------------------------------------------


@listen(events.MemberLeft)
def forget_what_was_told(event: events.MemberLeft) -> None:
    telling.of_departure(event.circle, event.member)


@listen(events.PostDeleted)
def hush_deleted_post(event: events.PostDeleted) -> None:
    telling.of_hiding("post", event.post)


@listen(events.PostHidden)
def hush_hidden_post(event: events.PostHidden) -> None:
    if event.hidden:
        telling.of_hiding("post", event.post)


@listen(events.CommentHidden)
def hush_hidden_comment(event: events.CommentHidden) -> None:
    if event.hidden:
        telling.of_hiding("comment", event.comment)


@listen(events.CommentChanged)
def hush_deleted_comment(event: events.CommentChanged) -> None:
    if Comment.select().where(Comment.id == event.comment, Comment.deleted_at.is_null(False)).exists():
        telling.of_hiding("comment", event.comment)


@listen(events.CircleChanged)
def hush_strangers(event: events.CircleChanged) -> None:
    if Circle.select().where(Circle.id == event.circle, Circle.visibility != "public").exists():
        telling.of_closing(event.circle)
