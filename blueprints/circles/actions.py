"""Verbs on circles and their members: each one transaction, one permission, one signal."""

import secrets
from dataclasses import dataclass
from functools import partial

from peewee import IntegrityError

from blueprints.circles import events
from blueprints.circles.categories import CATEGORIES, JOIN_POLICIES, ROLES, VISIBILITIES
from blueprints.circles.rooms import Room, room
from core import audit, clock, markup
from core.config import LIMITS, current
from core.db import after_commit, atomic
from core.errors import Conflict, Gone, Invalid, TooMany
from core.media import Picture as StoredPicture
from core.media import delete_picture
from core.once import once
from core.policy import Actor, require
from core.signals import announce
from models import Circle, CircleInvitation, JoinRequest, Member, Membership, Picture

RESERVED_SLUGS = frozenset(("new", "mine", "all", "search", "invitations", "join", "about", "admin"))
SECRET_BYTES = 9


@dataclass(frozen=True)
class CircleDraft:
    """What a founder fills in. An empty slug gets one made up; an invisible circle's slug gets a random part."""

    name: str
    slug: str
    purpose: str
    category: str
    visibility: str
    join_policy: str
    question: str = ""
    about: str = ""


def check(draft: CircleDraft) -> None:
    """Raises Invalid with the field that needs another look."""
    for field, allowed in (("category", CATEGORIES), ("visibility", VISIBILITIES), ("join_policy", JOIN_POLICIES)):
        if getattr(draft, field) not in allowed:
            raise Invalid("choice", field=field)
    for field in ("name", "purpose"):
        if not getattr(draft, field).strip():
            raise Invalid("needed", field=field)
    for field in ("name", "purpose", "question", "about"):
        if len(getattr(draft, field)) > LIMITS[f"circle_{field}"]:
            raise Invalid("too_long", field=field, most=LIMITS[f"circle_{field}"])
    if draft.visibility == "invisible" and draft.join_policy == "open":
        raise Invalid("open_but_invisible", field="join_policy")
    slug = draft.slug
    if slug and (slug in RESERVED_SLUGS or len(slug) > LIMITS["circle_slug"] or not _is_slug(slug)):
        raise Invalid("slug_shape", field="slug")


def _is_slug(text: str) -> bool:
    inner = text.replace("-", "")
    return (
        len(text) >= 2 and inner.isascii() and inner.isalnum() and text == text.lower()
        and not text.startswith("-") and not text.endswith("-") and "--" not in text
    )  # fmt: skip


def found_circle(actor: Actor, draft: CircleDraft, key: str = "") -> Circle:
    """Found a circle and become its owner. Raises Denied, Invalid, Conflict, TooMany."""
    about_html = markup.render(draft.about).html
    check(draft)

    def make() -> int:
        require(actor, "circle:found")
        if Circle.select().where(Circle.founder == actor.member_id).count() >= LIMITS["circles_founded"]:
            raise TooMany("circles_founded", most=LIMITS["circles_founded"])
        now = clock.now()
        circle = Circle.create(
            slug=_free_slug(draft), name=draft.name, purpose=draft.purpose, about=draft.about, about_html=about_html,
            question=draft.question, category=draft.category, visibility=draft.visibility,
            join_policy=draft.join_policy, founder=actor.member_id, founded_at=now, member_count=1, active_at=now,
        )  # fmt: skip
        Membership.create(circle=circle, member=actor.member_id, role="owner", joined_at=now)
        audit.record(actor, "circle.found", "circle", circle.id, circle=circle.id)
        announce(events.CircleFounded(circle.id, actor.member_id or 0))
        return int(circle.id)

    try:
        number, _ = once(f"member:{actor.member_id}", key, "circle.found", vars(draft), make)
    except IntegrityError:  # somebody took the address between the look and the write
        raise Invalid("slug_taken", field="slug") from None
    circle: Circle = Circle.get_by_id(number)
    return circle


def _free_slug(draft: CircleDraft) -> str:
    slug = draft.slug or f"c-{secrets.token_hex(4)}"
    if draft.visibility == "invisible":
        return f"{slug}-{secrets.token_hex(SECRET_BYTES)}"
    if Circle.select().where(Circle.slug == slug).exists():
        raise Invalid("slug_taken", field="slug")
    return slug


def edit_circle(actor: Actor, circle: int, draft: CircleDraft) -> Room:
    """Change everything but the address; becoming invisible gives it a random one."""
    about_html = markup.render(draft.about).html
    check(draft)
    with atomic():
        here = room(actor, circle)
        require(actor, "circle:edit", here)
        changes = {
            Circle.name: draft.name, Circle.purpose: draft.purpose, Circle.about: draft.about,
            Circle.about_html: about_html, Circle.question: draft.question, Circle.category: draft.category,
            Circle.visibility: draft.visibility, Circle.join_policy: draft.join_policy, Circle.seq: Circle.seq + 1,
        }  # fmt: skip
        if draft.visibility == "invisible" and here.visibility != "invisible":
            changes[Circle.slug] = f"{here.slug[: LIMITS['circle_slug']]}-{secrets.token_hex(SECRET_BYTES)}"
        Circle.update(changes).where(Circle.id == circle).execute()
        audit.record(actor, "circle.edit", "circle", circle, circle=circle)
        announce(events.CircleChanged(circle))
        return room(actor, circle)


def set_picture(actor: Actor, circle: int, which: str, stored: StoredPicture | None) -> None:
    """A stored picture becomes the circle's `picture` or `cover`; None takes away the one there is. The files of what
    is not shown any more go, and those of the new one where it could not be set. Raises Gone, Denied, Invalid."""
    try:
        with atomic():
            here = room(actor, circle)
            require(actor, "circle:edit", here)
            if which not in ("picture", "cover"):
                raise Invalid("choice", field="which")
            _drop_picture(here.picture_key if which == "picture" else here.cover_key)
            if stored:
                _attach(actor, circle, stored)
            changes = {f"{which}_key": stored.key if stored else None}
            Circle.update(**changes, seq=Circle.seq + 1).where(Circle.id == circle).execute()
            announce(events.CircleChanged(circle))
    except BaseException:
        if stored:
            delete_picture(current().data / "media", stored.key)
        raise


def _attach(actor: Actor, circle: int, stored: StoredPicture) -> None:
    Picture.create(
        key=stored.key, uploader=actor.member_id, subject_kind="circle", subject_id=circle, width=stored.width,
        height=stored.height, size=stored.bytes, animated=stored.animated, colour=stored.colour,
        created_at=clock.now(),
    )  # fmt: skip


def _drop_picture(key: str | None) -> None:
    if key and Picture.delete().where(Picture.key == key).execute():
        after_commit(partial(delete_picture, current().data / "media", key))


# ---- coming and going ---------------------------------------------------------------------------------------


def join(actor: Actor, circle: int, answer: str = "") -> str:
    """Join, or ask to. Returns `joined`, or `asked` when somebody has to decide. Joining twice changes nothing.

    Raises Denied("invitation_only") when the circle takes nobody who was not invited."""
    with atomic():
        here = room(actor, circle)
        if here.is_member:
            return "joined"
        require(actor, "circle:join", here)
        if here.join_policy == "invitation" and not here.is_invited:
            raise Conflict("invitation_only")
        if here.join_policy == "apply" and not here.is_invited:
            _ask(actor, here, answer)
            return "asked"
        _add(here.id, actor.member_id or 0, "member")
        return "joined"


def _ask(actor: Actor, here: Room, answer: str) -> None:
    if len(answer) > LIMITS["join_answer"]:
        raise Invalid("too_long", field="answer", most=LIMITS["join_answer"])
    if here.question and not answer.strip():
        raise Invalid("needed", field="answer")
    now = clock.now()
    JoinRequest.insert(circle=here.id, member=actor.member_id, answer=answer, asked_at=now).on_conflict(
        conflict_target=[JoinRequest.member, JoinRequest.circle],
        update={
            JoinRequest.answer: answer, JoinRequest.asked_at: now, JoinRequest.decided_at: None,
            JoinRequest.decided_by: None, JoinRequest.accepted: None,
        },
    ).execute()  # fmt: skip
    announce(events.JoinAsked(here.id, actor.member_id or 0))


def _add(circle: int, member: int, role: str) -> None:
    added = (
        Membership.insert(circle=circle, member=member, role=role, joined_at=clock.now())
        .on_conflict_ignore()
        .as_rowcount()
        .execute()
    )
    if added:
        Circle.update(member_count=Circle.member_count + 1).where(Circle.id == circle).execute()
        JoinRequest.delete().where(
            JoinRequest.circle == circle, JoinRequest.member == member, JoinRequest.decided_at.is_null()
        ).execute()
        _close_invitation(circle, member, accepted=True)
        announce(events.MemberJoined(circle, member))


def withdraw(actor: Actor, circle: int) -> None:
    """Take back a request to join."""
    with atomic():
        here = room(actor, circle)
        require(actor, "circle:join", here)
        JoinRequest.delete().where(
            JoinRequest.circle == circle, JoinRequest.member == actor.member_id, JoinRequest.decided_at.is_null()
        ).execute()


def leave(actor: Actor, circle: int) -> None:
    """Leave; leaving twice changes nothing. The last owner has to hand the circle on first."""
    with atomic():
        here = room(actor, circle)
        if not here.is_member:
            return
        require(actor, "circle:leave", here)
        if here.is_owner and _owners(circle) == 1:
            raise Conflict("last_owner")
        _drop(circle, actor.member_id or 0, actor)


def remove(actor: Actor, circle: int, member: int) -> None:
    """Moderators remove members, owners also moderators."""
    with atomic():
        here = room(actor, circle)
        require(actor, "circle:remove", here)
        role = role_of(circle, member)
        if role is None:
            return
        if role == "owner" or (role == "moderator" and not here.is_owner):
            raise Conflict("not_above")
        _drop(circle, member, actor)
        audit.record(actor, "circle.remove", "member", member, circle=circle)


def _drop(circle: int, member: int, actor: Actor) -> None:
    if Membership.delete().where(Membership.circle == circle, Membership.member == member).execute():
        Circle.update(member_count=Circle.member_count - 1).where(Circle.id == circle).execute()
        announce(events.MemberLeft(circle, member, actor.member_id or 0))


def role_of(circle: int, member: int) -> str | None:
    row = (
        Membership.select(Membership.role).where(Membership.circle == circle, Membership.member == member).tuples()
    ).first()
    return row[0] if row else None


def _owners(circle: int) -> int:
    return int(Membership.select().where(Membership.circle == circle, Membership.role == "owner").count())


def decide(actor: Actor, circle: int, request: int, *, accept: bool) -> bool:
    """Let somebody in, or not; returns whether they were let in. Deciding what is decided changes nothing."""
    with atomic():
        here = room(actor, circle)
        require(actor, "circle:admit", here)
        asked = JoinRequest.get_or_none(JoinRequest.id == request, JoinRequest.circle == circle)
        if asked is None:
            raise Gone
        if asked.decided_at is not None:
            return bool(asked.accepted)
        JoinRequest.update(decided_at=clock.now(), decided_by=actor.member_id, accepted=accept).where(
            JoinRequest.id == request
        ).execute()
        if accept:
            _add(circle, asked.member_id, "member")
        audit.record(actor, "circle.admit" if accept else "circle.decline", "member", asked.member_id, circle=circle)
        announce(events.JoinDecided(circle, asked.member_id, accept))
        return accept


def set_role(actor: Actor, circle: int, member: int, role: str) -> None:
    """Owners appoint moderators and further owners; a circle keeps at least one owner."""
    if role not in ROLES:
        raise Invalid("choice", field="role")
    with atomic():
        require(actor, "circle:appoint", room(actor, circle))
        before = role_of(circle, member)
        if before is None:
            raise Gone("no_such_member")
        if before == "owner" and role != "owner" and _owners(circle) == 1:
            raise Conflict("last_owner")
        Membership.update(role=role).where(Membership.circle == circle, Membership.member == member).execute()
        audit.record(actor, "circle.appoint", "member", member, circle=circle, before=before, after=role)
        announce(events.RoleChanged(circle, member, role))


# ---- invitations --------------------------------------------------------------------------------------------


def invite(actor: Actor, circle: int, member: int, reason: str = "") -> None:
    """Ask a member in; they see who asks and why. Asking again renews the reason."""
    if len(reason) > LIMITS["invite_reason"]:
        raise Invalid("too_long", field="reason", most=LIMITS["invite_reason"])
    with atomic():
        here = room(actor, circle)
        require(actor, "circle:admit", here)
        if not Member.select().where(Member.id == member, Member.erased_at.is_null()).exists():
            raise Invalid("no_such_member", field="username")
        if role_of(circle, member):
            raise Invalid("already_member", field="username")
        now = clock.now()
        CircleInvitation.insert(
            circle=circle, member=member, invited_by=actor.member_id, reason=reason, invited_at=now
        ).on_conflict(
            conflict_target=[CircleInvitation.circle, CircleInvitation.member],
            update={
                CircleInvitation.invited_by: actor.member_id, CircleInvitation.reason: reason,
                CircleInvitation.invited_at: now, CircleInvitation.answered_at: None, CircleInvitation.accepted: None,
            },
        ).execute()  # fmt: skip
        announce(events.MemberInvited(circle, member, actor.member_id or 0))


def decline_invitation(actor: Actor, circle: int) -> None:
    """Without a trace for those who invited."""
    with atomic():
        here = room(actor, circle)
        require(actor, "circle:join", here)
        _close_invitation(circle, actor.member_id or 0, accepted=False)


def _close_invitation(circle: int, member: int, *, accepted: bool) -> None:
    CircleInvitation.update(answered_at=clock.now(), accepted=accepted).where(
        CircleInvitation.circle == circle,
        CircleInvitation.member == member,
        CircleInvitation.answered_at.is_null(),
    ).execute()
