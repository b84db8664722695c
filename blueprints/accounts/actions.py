"""Verbs on accounts: registering, the profile, preferences, passwords."""

from dataclasses import dataclass
from functools import partial
from zoneinfo import available_timezones

from peewee import IntegrityError

from blueprints.accounts import addresses, naming, passwords
from blueprints.accounts.demo_accounts import is_demo_password
from blueprints.accounts.events import MemberRegistered, PresenceHidden, ProfileChanged
from core import audit, clock, config, db, links, markup, media, sessions, site
from core.db import atomic
from core.errors import Denied, Gone, Invalid
from core.limits import LIMITS
from core.once import once
from core.policy import Actor, require
from core.signals import announce
from models import Member, OneTimeLink, Picture, Session, SiteInvitation, SiteInvitationUse, StaffRole

LOCALES = ("", "zh-Hans", "zh-Hant", "en")
THEMES = ("", "light", "dark")


@dataclass(frozen=True)
class Registration:
    """An empty display name becomes the username. `invitation` is a code, wanted where the site asks for one. Demo
    members alone may have the password that everybody knows."""

    username: str
    password: str
    display_name: str = ""
    email: str = ""
    locale: str = ""
    invitation: str = ""
    theme: str = ""
    is_demo: bool = False


@dataclass(frozen=True)
class Profile:
    display_name: str
    bio: str


@dataclass(frozen=True)
class Preferences:
    """Empty values leave the choice to the browser, or to the site."""

    locale: str = ""
    time_zone: str = ""
    theme: str = ""
    shows_presence: bool = True


# ---- registering --------------------------------------------------------------------------------------------


def register(actor: Actor, wanted: Registration, key: str = "") -> int:
    """Make a member; returns their id. The same key again returns the same one, to who knows the password.

    An e-mail address is attached once it is confirmed. Raises Invalid with the field, Denied where registration is
    closed, Conflict for a key that made somebody else."""
    username = naming.check_username(actor, wanted.username)
    display_name = naming.check_display_name(actor, wanted.display_name or username)
    passwords.check(wanted.password, username)
    if is_demo_password(wanted.password) and not wanted.is_demo:
        raise Invalid("password_common", field="password")
    address = addresses.checked(wanted.email) if wanted.email.strip() else ""
    password_hash = passwords.make_hash(wanted.password)

    def make() -> int:
        require(actor, "account:register")
        invitation = _invitation(actor, wanted.invitation)
        if naming.is_taken(username):
            raise Invalid("name_taken", field="username")
        member_id = _insert(wanted, username, display_name, password_hash)
        if invitation is not None:
            _use(invitation, member_id)
        if address:
            addresses.ask_to_confirm(member_id, address)
        audit.record(actor, "account.register", "member", member_id)
        announce(MemberRegistered(member_id))
        return member_id

    # Without the password: what is kept of a request must not help to guess it.
    content = {"username": username}
    try:
        member_id, made = once("guest", key, "account.register", content, make)
    except IntegrityError:  # somebody was faster with this name or key; now it shows which
        member_id, made = once("guest", key, "account.register", content, make)
    if not made and not passwords.matches(Member.get_by_id(member_id).password_hash, wanted.password):
        raise Invalid("name_taken", field="username")
    return member_id


def _insert(wanted: Registration, username: str, display_name: str, password_hash: str) -> int:
    now = clock.now()
    row = Member.create(
        username=username,
        username_key=naming.name_skeleton(username),
        display_name=display_name,
        password_hash=password_hash,
        password_changed_at=now,
        locale=wanted.locale if wanted.locale in LOCALES else "",
        theme=wanted.theme if wanted.theme in THEMES else "",
        is_demo=wanted.is_demo,
        created_at=now,
        seen_at=now,
    )
    return int(row.id)


def _invitation(actor: Actor, code: str) -> SiteInvitation | None:
    """The invitation that lets this visitor in, where one is needed. Raises Denied, Invalid."""
    door = site.get("registration")
    if actor.is_staff or door == "open":
        return None
    if door == "closed":
        raise Denied("registration_closed")
    invitation = usable_invitation(code)
    if invitation is None:
        raise Invalid("invitation", field="code")
    return invitation


def usable_invitation(code: str) -> SiteInvitation | None:
    if not 0 < len(code) <= 32:
        return None
    now = clock.now()
    found: SiteInvitation | None = SiteInvitation.get_or_none(
        SiteInvitation.code == code,
        SiteInvitation.revoked_at.is_null(),
        SiteInvitation.uses < SiteInvitation.max_uses,
        SiteInvitation.expires_at.is_null() | (SiteInvitation.expires_at > now),
    )
    return found


def _use(invitation: SiteInvitation, member_id: int) -> None:
    used = (
        SiteInvitation.update(uses=SiteInvitation.uses + 1)
        .where(SiteInvitation.id == invitation.id, SiteInvitation.uses < SiteInvitation.max_uses)
        .execute()
    )
    if not used:
        raise Invalid("invitation", field="code")
    SiteInvitationUse.create(invitation=invitation, member=member_id, used_at=clock.now())


def make_owner(member_id: int) -> None:
    """Give the site an owner; only the console and the first visit do."""
    with atomic():
        StaffRole.insert(member=member_id, role="owner", granted_at=clock.now()).on_conflict(
            conflict_target=[StaffRole.member], update={StaffRole.role: "owner"}
        ).execute()
        audit.record(Actor(member_id), "staff.make_owner", "member", member_id)


# ---- profile and preferences --------------------------------------------------------------------------------


def edit_profile(actor: Actor, profile: Profile) -> None:
    """Raises Invalid with the field."""
    display_name = naming.check_display_name(actor, profile.display_name)
    if len(profile.bio) > LIMITS["bio"]:
        raise Invalid("too_long", field="bio", most=LIMITS["bio"])
    html = markup.render(profile.bio).html
    with atomic():
        require(actor, "account:edit")
        Member.update(display_name=display_name, bio=profile.bio, bio_html=html).where(
            Member.id == actor.member_id
        ).execute()
        announce(ProfileChanged(actor.member_id or 0))


def set_avatar(actor: Actor, data: bytes | None) -> None:
    """Store this picture file as the actor's, or take the one there is away. Raises BadPicture."""
    require(actor, "account:edit")
    folder = config.current().data / "media"
    stored = media.store_picture(data, folder) if data else None
    try:
        with atomic():
            require(actor, "account:edit")
            _replace_avatar(actor.member_id or 0, stored)
            announce(ProfileChanged(actor.member_id or 0))
    except BaseException:
        if stored:
            media.delete_picture(folder, stored.key)
        raise


def _replace_avatar(member_id: int, stored: media.Picture | None) -> None:
    drop_pictures(member_id)
    if stored:
        Picture.create(
            key=stored.key, uploader=member_id, subject_kind="member", subject_id=member_id, width=stored.width,
            height=stored.height, size=stored.bytes, animated=stored.animated, colour=stored.colour,
            created_at=clock.now(),
        )  # fmt: skip
    Member.update(avatar_key=stored.key if stored else None).where(Member.id == member_id).execute()


def drop_pictures(member_id: int) -> None:
    """Delete the pictures of a member's profile, their files once that is sure. Inside a transaction."""
    mine = (Picture.subject_kind == "member") & (Picture.subject_id == member_id)
    folder = config.current().data / "media"
    for (key,) in Picture.select(Picture.key).where(mine).tuples():
        db.after_commit(partial(media.delete_picture, folder, key))
    Picture.delete().where(mine).execute()


def set_preferences(actor: Actor, wanted: Preferences) -> None:
    """Raises Invalid with the field."""
    if wanted.locale not in LOCALES:
        raise Invalid("choice", field="locale")
    if wanted.theme not in THEMES:
        raise Invalid("choice", field="theme")
    if wanted.time_zone and wanted.time_zone not in available_timezones():
        raise Invalid("choice", field="time_zone")
    with atomic():
        require(actor, "account:edit")
        Member.update(
            locale=wanted.locale, theme=wanted.theme, time_zone=wanted.time_zone, shows_presence=wanted.shows_presence
        ).where(Member.id == actor.member_id).execute()
        if not wanted.shows_presence:
            announce(PresenceHidden(actor.member_id or 0))


# ---- passwords ----------------------------------------------------------------------------------------------


def change_password(actor: Actor, current: str, wanted: str, *, session_id: int) -> None:
    """Change the actor's password and end every session but this one. Raises Invalid with the field `password` for
    the current one, `new_password` for the wanted one."""
    member = addresses.check_password(actor, current)
    fresh = _fresh_hash(wanted, member.username, field="new_password")
    with atomic():
        require(actor, "account:edit")
        changed = _set_password(member.id, fresh, only_if=member.password_hash)
        if not changed:
            raise Invalid("wrong_password", field="password")
        sessions.end(Session.member == member.id, but=session_id)
        audit.record(actor, "account.change_password", "member", member.id)
        addresses.tell(member.id, "password_changed")


def _fresh_hash(password: str, username: str, field: str = "password") -> str:
    try:
        passwords.check(password, username)
        if is_demo_password(password):
            raise Invalid("password_common", field=field)
    except Invalid as refusal:
        refusal.field = field
        raise
    return passwords.make_hash(password)


def _set_password(member_id: int, fresh: str, only_if: str | None = None) -> bool:
    """Open reset links end with the password they were meant to replace."""
    query = Member.update(password_hash=fresh, password_changed_at=clock.now()).where(Member.id == member_id)
    if only_if is not None:
        query = query.where(Member.password_hash == only_if)
    links.cancel("reset", member_id)
    return bool(query.execute())


def make_reset_link(actor: Actor, member_id: int) -> str:
    """The token of a link to a new password, for someone without an address. Raises Gone, Denied."""
    with atomic():
        require(actor, "account:reset_link", member_id)
        if not Member.select().where(Member.id == member_id, Member.erased_at.is_null()).exists():
            raise Gone
        link = links.make("reset", LIMITS["reset_link_seconds"], member=member_id, created_by=actor.member_id)
        audit.record(actor, "account.reset_link", "member", member_id)
        return links.token(link)


def of_reset_link(token: str) -> tuple[OneTimeLink, Member]:
    """Whose password this link sets. Raises Gone."""
    link = links.find("reset", token)
    member = Member.get_or_none(Member.id == link.member_id, Member.erased_at.is_null())
    if member is None:
        raise Gone("link")
    return link, member


def reset_password(actor: Actor, token: str, wanted: str) -> int:
    """Set a new password with a link and end every session of the member; returns their id. Raises Gone, Invalid."""
    link, member = of_reset_link(token)
    fresh = _fresh_hash(wanted, member.username)
    with atomic():
        require(actor, "account:reset")
        links.use(link)
        _set_password(member.id, fresh)
        sessions.end(Session.member == member.id)
        audit.record(Actor(member.id), "account.reset_password", "member", member.id)
        addresses.tell(member.id, "password_changed")
    return int(member.id)


def sign_out_everywhere(actor: Actor, member_id: int) -> int:
    """End every session of a member, as staff; returns how many. Raises Gone, Denied."""
    with atomic():
        require(actor, "account:sign_out_others", member_id)
        if not Member.select().where(Member.id == member_id).exists():
            raise Gone
        ended = sessions.end(Session.member == member_id)
        audit.record(actor, "account.sign_out_everywhere", "member", member_id, sessions=ended)
        return ended
