"""Verbs on circles: each one transaction, one permission, one signal. The verbs on who is in them are defined in
joining.py, inviting.py and sanctions.py, and offered here with the others."""

import secrets
from dataclasses import dataclass
from functools import partial

from peewee import IntegrityError

from blueprints.circles import events
from blueprints.circles.categories import CATEGORIES, JOIN_POLICIES, VISIBILITIES
from blueprints.circles.inviting import decline_invitation, invite, withdraw_invitation
from blueprints.circles.joining import decide, greet, join, leave, role_of, set_role, withdraw
from blueprints.circles.rooms import Room, room
from blueprints.circles.sanctions import ban, lift, mute, remove
from core import audit, clock, markup, stream_log
from core.config import current
from core.db import after_commit, atomic
from core.errors import Invalid, TooMany
from core.limits import LIMITS
from core.media import Picture as StoredPicture
from core.media import delete_picture
from core.once import once
from core.policy import Actor, require
from core.signals import announce
from models import Circle, Membership, Picture

__all__ = [
    "Basics", "CircleDraft", "Door", "ban", "check", "decide", "decline_invitation", "edit_circle", "found_circle",
    "greet", "invite", "join", "leave", "lift", "mute", "remove", "role_of", "set_picture", "set_role", "withdraw",
    "withdraw_invitation",
]  # fmt: skip

RESERVED_SLUGS = frozenset(("new", "mine", "all", "search", "invitations", "join", "about", "admin", "catch-up"))
SECRET_BYTES = 9


MARKDOWN = ("about", "rules", "welcome")
"""Texts of a circle that are kept as typed and as HTML."""


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
    rules: str = ""
    welcome: str = ""


@dataclass(frozen=True)
class Basics:
    """What a circle is."""

    name: str
    purpose: str
    category: str
    about: str = ""


@dataclass(frozen=True)
class Door:
    """Who sees a circle, and how one comes in."""

    visibility: str
    join_policy: str
    question: str = ""
    rules: str = ""
    welcome: str = ""


def check(draft: CircleDraft | Basics | Door) -> None:
    """Raises Invalid with the field that needs another look."""
    given = vars(draft)
    for field, allowed in (("category", CATEGORIES), ("visibility", VISIBILITIES), ("join_policy", JOIN_POLICIES)):
        if field in given and given[field] not in allowed:
            raise Invalid("choice", field=field)
    for field in ("name", "purpose"):
        if field in given and not given[field].strip():
            raise Invalid("needed", field=field)
    for field in ("name", "purpose", "question", *MARKDOWN):
        if len(given.get(field, "")) > LIMITS[f"circle_{field}"]:
            raise Invalid("too_long", field=field, most=LIMITS[f"circle_{field}"])
    if given.get("visibility") == "invisible" and given.get("join_policy") == "open":
        raise Invalid("open_but_invisible", field="join_policy")
    slug = given.get("slug")
    if slug and (slug in RESERVED_SLUGS or len(slug) > LIMITS["circle_slug"] or not _is_slug(slug)):
        raise Invalid("slug_shape", field="slug")


def _rendered(draft: CircleDraft | Basics | Door) -> dict[str, str]:
    """The HTML of its texts; made before the transaction begins."""
    return {f"{name}_html": markup.render(text).html for name, text in vars(draft).items() if name in MARKDOWN}


def _is_slug(text: str) -> bool:
    inner = text.replace("-", "")
    return (
        len(text) >= 2 and inner.isascii() and inner.isalnum() and text == text.lower()
        and not text.startswith("-") and not text.endswith("-") and "--" not in text
    )  # fmt: skip


def found_circle(actor: Actor, draft: CircleDraft, key: str = "") -> Circle:
    """Found a circle and become its owner. Raises Denied, Invalid, Conflict, TooMany."""
    check(draft)
    made = {**vars(draft), **_rendered(draft)}

    def make() -> int:
        require(actor, "circle:found")
        if Circle.select().where(Circle.founder == actor.member_id).count() >= LIMITS["circles_founded"]:
            raise TooMany("circles_founded", most=LIMITS["circles_founded"])
        now = clock.now()
        circle = Circle.create(
            **{**made, "slug": _free_slug(draft)}, founder=actor.member_id, founded_at=now, member_count=1,
            active_at=now,
        )  # fmt: skip
        Membership.create(
            circle=circle, member=actor.member_id, role="owner", joined_at=now, welcomed_at=now,
            rules_accepted_at=now if draft.rules else None,
        )  # fmt: skip
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


def edit_circle(actor: Actor, circle: int, draft: CircleDraft | Basics | Door) -> Room:
    """Change what the draft holds, but not the address; becoming invisible gives it a random one. Raises Gone, Denied,
    Invalid."""
    check(draft)
    rendered = _rendered(draft)
    with atomic():
        here = room(actor, circle)
        require(actor, "circle:edit", here)
        changes = {**vars(draft), **rendered, "seq": Circle.seq + 1}
        changes.pop("slug", None)
        if changes.get("visibility") == "invisible" and here.visibility != "invisible":
            changes["slug"] = f"{here.slug[: LIMITS['circle_slug']]}-{secrets.token_hex(SECRET_BYTES)}"
        Circle.update(**changes).where(Circle.id == circle).execute()
        if _is_narrower(changes.get("visibility", here.visibility), here.visibility):
            stream_log.revoke(f"c{circle}")
        audit.record(actor, "circle.edit", "circle", circle, circle=circle)
        announce(events.CircleChanged(circle))
        return room(actor, circle)


def _is_narrower(after: str, before: str) -> bool:
    return VISIBILITIES.index(after) > VISIBILITIES.index(before)


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
