"""Links that let people into a circle: until when, how many, and as what. Whoever has the code may know what the
circle is called, what it is for and by which rules; nothing else."""

import secrets
from dataclasses import dataclass
from typing import Any, NamedTuple

from peewee import JOIN, ModelSelect

from blueprints.circles.joining import acceptance, add, role_of
from blueprints.circles.queries import Page, cut
from blueprints.circles.rooms import Room, room
from blueprints.people.apart import are_apart
from core import audit, clock
from core.db import atomic
from core.errors import Conflict, Denied, Gone, Invalid, Refusal
from core.limits import LIMITS
from core.once import once
from core.policy import Actor, require, visible
from models import Circle, InviteLink, InviteLinkUse, Member, Sanction

CODE_BYTES = 12
MOST_CODE = 32
LINK_DAYS = (1, 7, 30, 0)
"""How long a link can be good; 0: no end."""
LINK_USES = (1, 10, 50, 0)
"""How many people it can let in; 0: any number."""
LINK_ROLES = ("member", "moderator")


class Over(Refusal):
    """A link that led somewhere once: expired, used up, taken back, or its circle is closed."""

    status = 410
    code = "link_over"


@dataclass(frozen=True)
class LinkDraft:
    days: int
    uses: int
    role: str = "member"
    reason: str = ""


def make_link(actor: Actor, circle: int, draft: LinkDraft, key: str = "") -> int:
    """Make a link; returns its id. Only owners make moderators. Raises Gone, Denied, Invalid."""
    _check(draft)

    def make() -> int:
        here = room(actor, circle)
        require(actor, "circle:admit", here)
        if draft.role != "member" and not here.is_owner:
            raise Invalid("moderator_link", field="role")
        now = clock.now()
        if InviteLink.select().where(InviteLink.circle == circle, is_open(now)).count() >= LIMITS["open_links"]:
            raise Conflict("open_links", most=LIMITS["open_links"])
        row = InviteLink.create(
            circle=circle, code=secrets.token_urlsafe(CODE_BYTES), role=draft.role, reason=draft.reason,
            created_by=actor.member_id, created_at=now, max_uses=draft.uses or None,
            expires_at=now + draft.days * clock.DAY if draft.days else None,
        )  # fmt: skip
        audit.record(actor, "circle.make_link", "invite_link", row.id, circle=circle, role=draft.role)
        return int(row.id)

    number, _ = once(f"member:{actor.member_id}", key, "circle.make_link", {**vars(draft), "circle": circle}, make)
    return number


def _check(draft: LinkDraft) -> None:
    for field, value, allowed in (
        ("days", draft.days, LINK_DAYS), ("uses", draft.uses, LINK_USES), ("role", draft.role, LINK_ROLES),
    ):  # fmt: skip
        if value not in allowed:
            raise Invalid("choice", field=field)
    if len(draft.reason) > LIMITS["invite_reason"]:
        raise Invalid("too_long", field="reason", most=LIMITS["invite_reason"])


def is_open(now: int) -> object:
    """Of links: those that let somebody in at this moment (ms)."""
    return (
        InviteLink.revoked_at.is_null()
        & (InviteLink.expires_at.is_null() | (InviteLink.expires_at > now))
        & (InviteLink.max_uses.is_null() | (InviteLink.uses < InviteLink.max_uses))
    )


def revoke_link(actor: Actor, circle: int, link: int) -> None:
    """Nobody comes in by it any more; twice changes nothing. Raises Gone, Denied."""
    with atomic():
        require(actor, "circle:admit", room(actor, circle))
        here = (InviteLink.id == link) & (InviteLink.circle == circle)
        if InviteLink.update(revoked_at=clock.now()).where(here, InviteLink.revoked_at.is_null()).execute():
            audit.record(actor, "circle.revoke_link", "invite_link", link, circle=circle)
        elif not InviteLink.select(InviteLink.id).where(here).exists():
            raise Gone


def follow_maker(circle: int, member: int, role: str | None) -> None:
    """Inside the transaction that gave a member another role, or none: what they could not make any more ends."""
    theirs = (InviteLink.circle == circle) & (InviteLink.created_by == member) & InviteLink.revoked_at.is_null()
    if role == "owner":
        return
    if role == "moderator":
        theirs &= InviteLink.role != "member"
    InviteLink.update(revoked_at=clock.now()).where(theirs).execute()


def forget_member(member: int, keeps_words: bool) -> None:
    """Inside the erasing transaction: their links let nobody in any more."""
    theirs = InviteLink.created_by == member
    InviteLink.update(revoked_at=clock.now()).where(theirs, InviteLink.revoked_at.is_null()).execute()
    InviteLink.update(**{"created_by": None} | ({} if keeps_words else {"reason": ""})).where(theirs).execute()
    InviteLinkUse.delete().where(InviteLinkUse.member == member).execute()


# ---- what a link leads to -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Landing:
    """What whoever has the code may know. `standing` of the reader: open, member or banned; `banned_until` in ms."""

    link: int
    circle: int
    slug: str
    name: str
    purpose: str
    picture_key: str | None
    rules: str
    rules_html: str
    inviter: str
    reason: str
    role: str
    expires_at: int | None
    standing: str
    banned_until: int | None
    banned_reason: str

    @property
    def hue(self) -> int:
        return self.circle * 7 % 12


def landing(actor: Actor, code: str) -> Landing:
    """What this code opens. Raises Gone("link_unknown") when there is none, Over when it opens nothing any more,
    except for who is in."""
    row = _find(code)
    circle = row.circle
    standing, until, why = _standing(actor, circle.id)
    if standing != "member" and not InviteLink.select(InviteLink.id).where(
        InviteLink.id == row.id, is_open(clock.now())
    ).exists():  # fmt: skip
        raise Over
    shown = visible(Circle.select(Circle.id).where(Circle.id == circle.id), actor).exists()
    by = row.created_by
    is_known = by is not None and (actor.member_id is None or not are_apart(actor.member_id, by.id))
    inviter = by.display_name if is_known else ""
    return Landing(
        row.id, circle.id, circle.slug, circle.name, circle.purpose, circle.picture_key if shown else None,
        circle.rules, circle.rules_html, inviter, row.reason, row.role, row.expires_at, standing, until, why,
    )  # fmt: skip


def _find(code: str) -> InviteLink:
    row = None
    if 0 < len(code) <= MOST_CODE and code.isascii():
        row = (
            InviteLink.select(InviteLink, Circle, Member)
            .join(Circle)
            .switch(InviteLink)
            .join(Member, JOIN.LEFT_OUTER, on=InviteLink.created_by == Member.id)
            .where(InviteLink.code == code)
            .first()
        )
    if row is None:
        raise Gone("link_unknown")
    if row.circle.closed_at is not None:
        raise Over
    found: InviteLink = row
    return found


def _standing(actor: Actor, circle: int) -> tuple[str, int | None, str]:
    if not actor.signed_in:
        return "open", None, ""
    if role_of(circle, actor.member_id or 0):
        return "member", None, ""
    mine = (Sanction.circle == circle) & (Sanction.member == actor.member_id) & (Sanction.kind == "ban")
    over = Sanction.until_at.is_null(False) & (Sanction.until_at <= clock.now())
    row = Sanction.select(Sanction.until_at, Sanction.reason).where(mine, ~over).tuples().first()
    return ("banned", row[0], row[1]) if row else ("open", None, "")


def redeem(actor: Actor, code: str, *, accepts: bool = False) -> Landing:
    """Come in by a link. Who is in already changes nothing, and a member counts once, also when they left meanwhile.

    Raises Gone("link_unknown"), Over, Denied("banned"), Invalid for the field `accept`."""
    with atomic():
        seen = landing(actor, code)
        require(actor, "invitation:take", seen)
        if seen.standing == "banned":
            raise Denied("banned")
        if seen.standing == "member":
            return seen
        accepted_at = acceptance(seen.rules, accepts)
        if add(seen.circle, actor.member_id or 0, seen.role, accepted_at):
            _count(seen.link, actor.member_id or 0)
        return seen


def _count(link: int, member: int) -> None:
    """Raises Over when the last place was taken meanwhile; the transaction then makes nobody a member."""
    now = clock.now()
    is_first = (
        InviteLinkUse.insert(link=link, member=member, used_at=now).on_conflict_ignore().as_rowcount().execute()
    )
    open_now = (InviteLink.id == link) & is_open(now)
    if is_first and not InviteLink.update(uses=InviteLink.uses + 1).where(open_now).execute():
        raise Over


# ---- for those who look after the circle --------------------------------------------------------------------


class LinkRow(NamedTuple):
    """`state`: open, used, expired or revoked."""

    id: int
    code: str
    role: str
    reason: str
    maker: str | None
    created_at: int
    expires_at: int | None
    max_uses: int | None
    uses: int
    state: str


_LINK = (
    InviteLink.id, InviteLink.code, InviteLink.role, InviteLink.reason, Member.display_name, InviteLink.created_at,
    InviteLink.expires_at, InviteLink.max_uses, InviteLink.uses, InviteLink.revoked_at,
)  # fmt: skip


def links(actor: Actor, here: Room, before: int | None = None) -> Page:
    """A circle's links, newest first."""
    require(actor, "circle:admit", here)
    query = _links().where(InviteLink.circle == here.id)
    if before:
        query = query.where(InviteLink.id < before)
    size = LIMITS["page_members"]
    rows = [_row(each) for each in query.order_by(InviteLink.id.desc()).limit(size + 1).tuples()]
    return cut(rows, size, lambda row: row.id)


def link(actor: Actor, here: Room, number: int) -> LinkRow:
    """One of the circle's links. Raises Gone."""
    require(actor, "circle:admit", here)
    found = _links().where(InviteLink.circle == here.id, InviteLink.id == number).tuples().first()
    if found is None:
        raise Gone
    return _row(found)


def _links() -> ModelSelect:
    return InviteLink.select(*_LINK).join(Member, JOIN.LEFT_OUTER, on=InviteLink.created_by == Member.id)


def _row(found: tuple[Any, ...]) -> LinkRow:
    expires_at, max_uses, uses, revoked_at = found[-4:]
    if revoked_at is not None:
        state = "revoked"
    elif expires_at is not None and expires_at <= clock.now():
        state = "expired"
    else:
        state = "used" if max_uses is not None and uses >= max_uses else "open"
    return LinkRow._make((*found[:-1], state))
