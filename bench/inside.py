"""A look into a made-up site from inside: which pages to ask for, a session to ask with, and how often the database is
asked. Opens the app in this process; one site at a time."""

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bench.harness import environ

RARE = "江边"


@dataclass(frozen=True)
class Pages:
    """Addresses of one site and the cookie of its member `bench`."""

    cookie: str
    circle: str
    circle_of_few: str
    """The same page with five posts: the oldest ones."""
    post: str
    post_of_few: str
    search: str
    search_inside: str
    directory: str


@contextmanager
def opened(data: Path) -> Iterator[tuple[Any, Pages]]:
    """The app on this data folder, and its pages."""
    from app import create_app
    from models import database

    site = create_app(environ(data))
    try:
        with site.app_context():
            pages = _pages(site)
        yield site, pages
    finally:
        if not database.is_closed():
            database.close()


def pages_of(data: Path) -> Pages:
    with opened(data) as (_, pages):
        return pages


def _pages(site: Any) -> Pages:
    from models import Circle, Member, Post

    bench = Circle.get(Circle.slug == "bench")
    browser = signed_in(site, Member.get(Member.username == "bench").id)
    browser.get("/circles/")
    here = Post.select(Post.id).where(Post.circle == bench)
    sixth = here.order_by(Post.id).offset(5).limit(1).scalar()
    long_talk = here.where(Post.comment_count >= 20).order_by(Post.id.desc()).limit(1).scalar()
    short_talk = here.where(Post.comment_count.between(1, 5)).order_by(Post.comment_count.desc()).limit(1).scalar()
    return Pages(
        cookie=cookie_of(site, browser),
        circle="/circles/bench",
        circle_of_few=f"/circles/bench?before={sixth}",
        post=f"/circles/bench/posts/{long_talk}",
        post_of_few=f"/circles/bench/posts/{short_talk}",
        search=f"/search?q={quote(RARE)}",
        search_inside=f"/search?q={quote(RARE)}&circle=bench",
        directory="/circles/",
    )


def signed_in(site: Any, member: int) -> Any:
    """A browser with a session as sign-in makes it."""
    from core import clock, limits
    from models import Session

    token, now = secrets.token_urlsafe(32), clock.now()
    Session.create(
        token_hash=hashlib.sha256(token.encode()).hexdigest(), member=member, created_at=now, seen_at=now,
        expires_at=now + limits.LIMITS["session_seconds"] * 1000, address="127.0.0.1", agent="bench",
    )  # fmt: skip
    browser = site.test_client()
    with browser.session_transaction() as session:
        session.update(_user_id=token, _fresh=True, _permanent=True)
    return browser


def cookie_of(site: Any, browser: Any) -> str:
    """What a browser sends, once a first page has written into its session."""
    cookie = browser.get_cookie(site.config["SESSION_COOKIE_NAME"])
    return f"{cookie.key}={cookie.value}"


def queries(site: Any, path: str, cookie: str) -> tuple[int, int]:
    """How often a page asks the database: with nothing remembered, and the second time. What a process asks once in
    its life is left out."""
    from core import fragments
    from core import site as settings
    from models import database

    seen: list[object] = []
    _asked(site, path, cookie, seen)
    note = seen.append
    database.obj.query_hooks.append(note)
    try:
        fragments.forget()
        settings.forget()
        return _asked(site, path, cookie, seen), _asked(site, path, cookie, seen)
    finally:
        database.obj.query_hooks.remove(note)


def _asked(site: Any, path: str, cookie: str, seen: list[object]) -> int:
    seen.clear()
    answer = site.test_client(use_cookies=False).get(path, headers={"Cookie": cookie})
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}")
    return len(seen)
