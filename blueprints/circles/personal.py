"""What circles hold of a member."""

from typing import Any

from peewee import JOIN

from blueprints.circles import files, lasting
from blueprints.circles.erasing import erase_member
from core.personal import holds
from models import (
    Circle,
    CircleInvitation,
    Comment,
    CommentLike,
    Flair,
    InviteLink,
    InviteLinkUse,
    JoinRequest,
    Membership,
    Pending,
    Picture,
    Post,
    PostLike,
    PostReading,
    PostRevision,
    Presence,
    Sanction,
)


def exports(member: int) -> tuple[dict[str, Any], list[str]]:
    content = _of_rooms(member) | _of_words(member) | lasting.copies(member)
    content["files"], papers = files.of_member(member)
    kept = (Picture.uploader == member) & Picture.subject_kind.in_(("post", "circle", "pending"))
    pictures = [key for (key,) in Picture.select(Picture.key).where(kept).order_by(Picture.id).tuples()]
    return content, [*pictures, *papers]


def _of_rooms(member: int) -> dict[str, Any]:
    return {
        "circles": list(
            Membership.select(
                Circle.name,
                Circle.slug,
                Membership.role,
                Membership.joined_at,
                Membership.notify,
                Flair.name.alias("flair"),
            )
            .join(Circle)
            .switch(Membership)
            .join(Flair, JOIN.LEFT_OUTER, on=Membership.flair == Flair.id)
            .where(Membership.member == member)
            .dicts()
        ),
        "presence": list(Presence.select(Presence.circle, Presence.seen_at).where(Presence.member == member).dicts()),
        "requests": list(
            JoinRequest.select(
                JoinRequest.answer, JoinRequest.asked_at, JoinRequest.rules_accepted_at, JoinRequest.reply
            )
            .where(JoinRequest.member == member)
            .dicts()
        ),
        "invite_links": list(
            InviteLink.select(InviteLink.reason, InviteLink.role, InviteLink.created_at, InviteLink.expires_at)
            .where(InviteLink.created_by == member)
            .dicts()
        ),
        "came_by_link": list(
            InviteLinkUse.select(Circle.name.alias("circle"), InviteLinkUse.used_at)
            .join(InviteLink)
            .join(Circle)
            .where(InviteLinkUse.member == member)
            .dicts()
        ),
        "sanctions": list(
            Sanction.select(
                Circle.name.alias("circle"), Sanction.kind, Sanction.reason, Sanction.decided_at, Sanction.until_at
            )
            .join(Circle)
            .where(Sanction.member == member)
            .dicts()
        ),
        "invitations": list(
            CircleInvitation.select(
                CircleInvitation.invited_at, CircleInvitation.answered_at, CircleInvitation.accepted
            )
            .where(CircleInvitation.member == member)
            .dicts()
        ),
        "invited_others": list(
            CircleInvitation.select(CircleInvitation.reason, CircleInvitation.invited_at)
            .where(CircleInvitation.invited_by == member)
            .dicts()
        ),
    }


def _of_words(member: int) -> dict[str, Any]:
    posts = list(
        Post.select(Post.id, Circle.name.alias("circle"), Post.title, Post.source, Post.created_at, Post.edited_at)
        .join(Circle)
        .where(Post.author == member)
        .order_by(Post.id)
        .dicts()
    )
    return {
        "posts": posts,
        "read": list(
            PostReading.select(PostReading.post, PostReading.comment, PostReading.read_at)
            .where(PostReading.member == member)
            .dicts()
        ),
        "revisions": list(
            PostRevision.select(PostRevision.post, PostRevision.title, PostRevision.source, PostRevision.written_at)
            .where(PostRevision.editor == member)
            .dicts()
        ),
        "comments": list(
            Comment.select(Comment.id, Comment.post, Comment.source, Comment.created_at, Comment.edited_at)
            .where(Comment.author == member)
            .dicts()
        ),
        "waiting": list(
            Pending.select(
                Circle.name.alias("circle"),
                Pending.kind,
                Pending.title,
                Pending.source,
                Pending.created_at,
                Pending.due_at,
                Pending.refused_at,
                Pending.refusal,
            )
            .join(Circle)
            .where(Pending.author == member)
            .order_by(Pending.id)
            .dicts()
        ),
        "likes": list(
            PostLike.select(PostLike.post, PostLike.kind, PostLike.liked_at).where(PostLike.member == member).dicts()
        ),
        "comment_likes": list(
            CommentLike.select(CommentLike.comment, CommentLike.kind, CommentLike.liked_at)
            .where(CommentLike.member == member)
            .dicts()
        ),
    }


holds(
    "circles",
    exports=exports,
    erases=erase_member,
    tables=(
        Circle,
        Membership,
        Presence,
        PostReading,
        JoinRequest,
        CircleInvitation,
        InviteLink,
        InviteLinkUse,
        Sanction,
        Post,
        PostRevision,
        PostLike,
        Comment,
        CommentLike,
        Pending,
        *lasting.TABLES,
    ),
)
