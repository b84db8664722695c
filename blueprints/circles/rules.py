"""Who may do what in a circle, and what exists for whom."""

from typing import Any

from peewee import SQL, ModelSelect, fn

from blueprints.circles.rooms import Room
from blueprints.people.apart import apart
from core import site
from core.policy import Actor, Standing, permission, visibility
from models import Circle, CircleInvitation, Comment, LinkCard, Membership, Pending, Post

# ---- what exists for whom -----------------------------------------------------------------------------------


def _joined(actor: Actor, circle: object) -> ModelSelect:
    return fn.EXISTS(
        Membership.select(Membership.id).where(Membership.circle == circle, Membership.member == actor.member_id)
    )


def _moderates(actor: Actor, circle: object) -> ModelSelect:
    mine = (Membership.circle == circle) & (Membership.member == actor.member_id)
    return fn.EXISTS(Membership.select(Membership.id).where(mine, Membership.role.in_(("owner", "moderator"))))


def _reads_public(actor: Actor) -> bool:
    return actor.signed_in or site.get("reading") == "everyone"


@visibility(Circle, "circle")
def circles(query: ModelSelect, actor: Actor) -> ModelSelect:
    """Public and listed ones; an invisible one for its members and for whom it invited."""
    query = query.where(Circle.closed_at.is_null())
    if not actor.signed_in:
        return query.where(Circle.visibility.in_(("public", "listed")) & _reads_public(actor))
    invited = fn.EXISTS(
        CircleInvitation.select(CircleInvitation.id).where(
            CircleInvitation.circle == Circle.id,
            CircleInvitation.member == actor.member_id,
            CircleInvitation.answered_at.is_null(),
        )
    )
    return query.where(Circle.visibility.in_(("public", "listed")) | _joined(actor, Circle.id) | invited)


def _readable(actor: Actor, circle: object) -> ModelSelect:
    """A circle whose posts the actor may read: public, or joined."""
    room = Circle.alias()
    open_to = room.visibility == "public"
    if not actor.signed_in:
        open_to = open_to & _reads_public(actor)
    else:
        open_to = open_to | _joined(actor, room.id)
    return fn.EXISTS(room.select(room.id).where(room.id == circle, room.closed_at.is_null(), open_to))


@visibility(Post, "post", prepared=True)
def posts(query: ModelSelect, actor: Actor) -> ModelSelect:
    """Of circles that the actor may read; a hidden one only for who wrote it and for its circle's moderators, who alone
    see what is by somebody apart from them (blueprints/people/apart.py)."""
    return query.where(
        _unhidden(Post, actor, Post.circle), Post.deleted_at.is_null(), _readable(actor, Post.circle),
        _together(actor, Post.author, Post.circle),
    )  # fmt: skip


def _together(actor: Actor, author: object, circle: object) -> Any:
    if not actor.signed_in:
        return SQL("1 = 1")
    return ~apart(actor.member_id or 0, author) | _moderates(actor, circle)


def _unhidden(table: type[Post], actor: Actor, circle: object) -> object:
    if not actor.signed_in:
        return table.hidden_at.is_null()
    return table.hidden_at.is_null() | (table.author == actor.member_id) | _moderates(actor, circle)


@visibility(Comment, "comment", prepared=True)
def comments(query: ModelSelect, actor: Actor) -> ModelSelect:
    """Comments of readable posts; a deleted or hidden one stays as a gap, see reading.py for its words."""
    post = Post.alias()
    return query.where(
        fn.EXISTS(_readable_post(post, actor).where(_together(actor, Comment.author, post.circle)))
    )


def beneath(query: ModelSelect, actor: Actor) -> ModelSelect:
    """The same with those by somebody apart from the actor: for reading.py, which leaves their place and no more."""
    return query.where(fn.EXISTS(_readable_post(Post.alias(), actor)))


def _readable_post(post: Any, actor: Actor) -> ModelSelect:
    return post.select(post.id).where(
        post.id == Comment.post, post.deleted_at.is_null(), _unhidden(post, actor, post.circle),
        _readable(actor, post.circle), _together(actor, post.author, post.circle),
    )  # fmt: skip


@visibility(LinkCard, "card")
def cards(query: ModelSelect, actor: Actor) -> ModelSelect:
    """Of posts that the actor may read: the same page may be pointed to from where they may not look."""
    post = Post.alias()
    return query.where(
        fn.EXISTS(
            post.select(post.id).where(
                post.card == LinkCard.id, post.deleted_at.is_null(), _unhidden(post, actor, post.circle),
                _readable(actor, post.circle), _together(actor, post.author, post.circle),
            )
        )
    )


@visibility(Pending, "pending")
def pending(query: ModelSelect, actor: Actor) -> ModelSelect:
    """What is written but not out: for its author, and for moderators while they have to decide about it."""
    if not actor.signed_in:
        return query.where(Pending.id.is_null())
    is_held = (Pending.held_for != "") & Pending.refused_at.is_null()
    return query.where((Pending.author == actor.member_id) | (is_held & _moderates(actor, Pending.circle)))


# ---- who may do what ----------------------------------------------------------------------------------------


@permission("circle:list", "See which circles there are", Standing.GUEST)
def lists(actor: Actor, thing: None) -> bool:
    return _reads_public(actor)


@permission("circle:see", "See a circle's name, purpose and who runs it", Standing.GUEST)
def sees(actor: Actor, room: Room) -> bool:
    return True  # rooms() has asked the read gate


@permission("circle:read", "Read a circle's posts and see its members", Standing.GUEST)
def reads(actor: Actor, room: Room) -> bool:
    return room.is_member or room.visibility == "public"


@permission("circle:found", "Found a circle")
def founds(actor: Actor, thing: None) -> bool:
    return actor.is_staff or site.get("founding") == "members"


@permission("circle:join", "Join a circle, ask to join it, or take an invitation")
def joins(actor: Actor, room: Room) -> bool:
    return not room.is_member and not room.is_banned


@permission("invitation:see", "See what an invitation link leads to", Standing.GUEST)
@permission("invitation:take", "Come into a circle by an invitation link")
def follows(actor: Actor, landing: object) -> bool:
    return True  # whoever has the code


@permission("circle:leave", "Leave a circle")
def leaves(actor: Actor, room: Room) -> bool:
    return room.is_member


@permission("circle:edit", "Change a circle's name, texts and rules of joining")
@permission("circle:appoint", "Give a member of a circle another role")
def owns(actor: Actor, room: Room) -> bool:
    return room.is_owner


@permission("circle:moderate", "Look after a circle: see what was reported and what waits, and decide about it")
@permission("post:arrange", "Pin posts, choose them for the digest, file them under topics")
@permission("circle:admit", "Decide who may join, and invite people")
@permission("circle:remove", "Remove a member from a circle")
def moderates(actor: Actor, room: Room) -> bool:
    return room.is_moderator


@permission("post:write", "Write in a circle")
@permission("comment:write", "Comment on a post")
@permission("post:like", "React to a post or a comment, vote in its poll")
def takes_part(actor: Actor, room: Room) -> bool:
    return room.is_member and not room.is_muted


@permission("post:reactions", "See who reacted to a post or a comment that one may read")
@permission("post:keep", "Keep a post for oneself, and share it with another circle")
def reads_signed_in(actor: Actor, room: Room) -> bool:
    return room.is_member or room.visibility == "public"


@permission("bookmark:own", "See the posts that one keeps, and change the notes beside them")
def own(actor: Actor, thing: None) -> bool:
    return True  # everybody's are their own


@permission("poll:voters", "See who voted for what in a poll that is not anonymous")
@permission("circle:belong", "Set for oneself how a circle reaches one: notices, marks of what was read, folded pins")
def belongs(actor: Actor, room: Room) -> bool:
    return room.is_member


@permission("post:edit", "Edit one's own post or comment")
def edits(actor: Actor, owned: tuple[Room, int | None]) -> bool:
    room, author = owned
    return room.is_member and not room.is_muted and author == actor.member_id


@permission("comment:pin", "Put a comment first beneath one's own post; moderators beneath any")
def puts_first(actor: Actor, owned: tuple[Room, int | None]) -> bool:
    room, author = owned
    return room.is_moderator or (room.is_member and not room.is_muted and author == actor.member_id)


@permission("pending:own", "See, change, send and take back what one has written that is not out yet")
def waits_for(actor: Actor, author: int | None) -> bool:
    return author is None or author == actor.member_id


@permission("post:delete", "Delete one's own post or comment; moderators delete any")
def deletes(actor: Actor, owned: tuple[Room, int | None]) -> bool:
    room, author = owned
    return room.is_moderator or (room.is_member and author == actor.member_id)
