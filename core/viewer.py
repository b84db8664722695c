"""Who is looking: sessions as server rows, read once a request into a flask-login user and an `Actor`.

The cookie is signed and holds a random token; the row holds the token's SHA-256 and is the truth. A visitor who is
not signed in has no row. Only layer 5 asks `current_actor()`.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from flask import Flask, Request, Response, g, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from itsdangerous import URLSafeTimedSerializer

from core import clock, sessions
from core.config import Config
from core.db import atomic
from core.limits import LIMITS
from core.policy import GUEST, Actor, Standing
from models import Member, Session, database

SEEN_EVERY_MS = 5 * clock.MINUTE
OPENED_S, MOST_OPENED = 60.0, 4096
_opened: dict[tuple[str, str], tuple[float, dict[str, str | bool]]] = {}

_VIEWER_SQL = """
SELECT s.id, s.seen_at, m.id, m.username, m.display_name, m.avatar_key, m.locale, m.time_zone, m.theme,
       r.role, d.due_at, m.is_demo, m.email IS NOT NULL,
       EXISTS (SELECT 1 FROM suspension p WHERE p.member_id = m.id AND p.lifted_at IS NULL
               AND (p.until_at IS NULL OR p.until_at > {now}))
FROM session s JOIN member m ON m.id = s.member_id
LEFT JOIN staff_role r ON r.member_id = m.id
LEFT JOIN departure d ON d.member_id = m.id
WHERE s.token_hash = {token} AND s.expires_at > {now} AND m.erased_at IS NULL
"""


@dataclass
class Viewer(UserMixin):
    """The signed-in member as pages show them."""

    token: str
    session_id: int
    member_id: int
    username: str
    display_name: str
    avatar_key: str | None
    locale: str
    time_zone: str
    theme: str
    is_demo: bool
    has_email: bool
    leaves_at: int | None
    actor: Actor

    def get_id(self) -> str:
        return self.token

    @property
    def hue(self) -> int:
        return self.member_id % 12


class _Guest:
    is_authenticated = False
    is_active = False
    is_anonymous = True
    actor = GUEST
    username = locale = time_zone = theme = ""

    def get_id(self) -> None:
        return None


def init_app(app: Flask, config: Config) -> None:
    manager = LoginManager(app)
    manager.session_protection = None
    manager.anonymous_user = _Guest
    manager.user_loader(_load)
    app.session_interface = SignedCookie()
    app.config.update(
        SESSION_COOKIE_NAME="__Host-quanzi" if config.secure else "quanzi",
        SESSION_COOKIE_SECURE=config.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=timedelta(seconds=LIMITS["session_seconds"]),
    )


class SignedCookie(SecureCookieSessionInterface):
    """Flask's own, with the serializer made once instead of for each request, and what a cookie says worked out once a
    minute instead of for each of a browser's requests."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        key = (str(app.secret_key), request.cookies.get(self.get_cookie_name(app), ""))
        until, known = _opened.get(key, (0.0, {}))
        if until > clock.monotonic():
            return self.session_class(known)
        opened: SecureCookieSession | None = super().open_session(app, request)
        if opened and all(isinstance(value, str | bool) for value in opened.values()):
            if len(_opened) >= MOST_OPENED:
                _opened.clear()
            _opened[key] = (clock.monotonic() + OPENED_S, dict(opened))
        return opened

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Nothing is sent again that the browser has already (SESSION_REFRESH_EACH_REQUEST is off)."""
        if session.modified:
            super().save_session(app, session, response)
        elif session.accessed:
            response.vary.add("Cookie")

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        made: URLSafeTimedSerializer | None = app.extensions.get("cookie_serializer")
        if made is None:
            made = app.extensions["cookie_serializer"] = super().get_signing_serializer(app)
        return made


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _load(token: str) -> Viewer | None:
    now = clock.now()
    mark = database.param
    sql = _VIEWER_SQL.format(now=mark, token=mark)
    row = database.execute_sql(sql, (now, _hash(token), now)).fetchone()
    if row is None:
        return None
    (sid, seen_at, member_id, username, display_name, avatar_key, locale, zone, theme, role, leaves_at, is_demo,
     has_email, suspended) = row
    if suspended:
        standing = Standing.SUSPENDED
    elif leaves_at is not None:
        standing = Standing.LEAVING
    else:
        standing = Standing.STAFF if role else Standing.MEMBER
    if now - seen_at > SEEN_EVERY_MS:
        _seen(sid, member_id, now)
    actor = Actor(member_id, standing, username, owns_site=role == "owner" and standing is Standing.STAFF)
    return Viewer(token, sid, member_id, username, display_name, avatar_key, locale, zone, theme, bool(is_demo),
                  bool(has_email), leaves_at, actor)


def _seen(session_id: int, member_id: int, now: int) -> None:
    expires = now + LIMITS["session_seconds"] * 1000
    with atomic():  # in turn with others: thousands are seen anew within the same seconds
        Session.update(seen_at=now, expires_at=expires).where(Session.id == session_id).execute()
        Member.update(seen_at=now).where(Member.id == member_id).execute()


def current_actor() -> Actor:
    actor: Actor = current_user.actor
    return actor


def current_session() -> int | None:
    """Number of the signed-in device's session; None for a guest."""
    return current_user.session_id if current_user.is_authenticated else None


def look_away() -> None:
    """Take whoever is looking for a guest from here on, without asking the database: for pages that say it is down."""
    g._login_user = _Guest()


def sign_in(member_id: int) -> None:
    """Begin a session on this device; whatever the browser held before is dropped, so no token can be planted."""
    now = clock.now()
    token = secrets.token_urlsafe(32)
    Session.create(
        token_hash=_hash(token),
        member=member_id,
        created_at=now,
        seen_at=now,
        expires_at=now + LIMITS["session_seconds"] * 1000,
        address=(request.remote_addr or "")[:64],
        agent=request.user_agent.string[:200],
    )
    Member.update(seen_at=now).where(Member.id == member_id).execute()
    session.clear()
    session.permanent = True
    viewer = _load(token)
    if viewer is not None:
        login_user(viewer)


def sign_out() -> None:
    """End this device's session, in the row as well as in the browser."""
    if current_user.is_authenticated:
        sessions.end(Session.id == current_user.session_id)
    logout_user()
    session.clear()
    g.pop("csrf_token", None)


def was_signed_in() -> bool:
    """The browser holds a session that the site no longer knows: it expired or was ended elsewhere."""
    return "_user_id" in session and not current_user.is_authenticated
