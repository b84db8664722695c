"""A site on which money moves: five hundred people with full wallets, somebody to thank, and no ceilings in the way.
Opens the app in this process; one site at a time."""

import json
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from bench.crowd import Visitor
from bench.harness import environ, flask
from bench.live_site import _members, _visitors, _write

PEOPLE = 500
POOR_PENCE, TAPS = 1, 50
"""Somebody who can pay for fifty tips of one minor unit."""

FULL = 100_000_000
FREE = {"money_most": 10**12, "money_day_out": 10**12, "money_pause": 0, "tips_day": 10**12, "tips_count": 10**9}


@dataclass(frozen=True)
class Books:
    """`people` is a file with cookie and token of everybody who gives; `poor` and `thrifty` are the same person on many
    devices: one with a small wallet, one with a ceiling for the day. `post` is what is tipped."""

    data: Path
    people: Path
    poor: list[Visitor]
    poor_id: int
    thrifty: list[Visitor]
    thrifty_id: int
    rich: Visitor
    rich_id: int
    post: int

    def tip(self, key: str, amount: str = "0.01") -> str:
        return f"kind=post&id={self.post}&key={key}&amount={amount}"

    def rows(self, sql: str, *values: int | str) -> list[tuple[int, ...]]:
        """Read beside the server."""
        database = sqlite3.connect(f"file:{self.data / 'quanzi.sqlite3'}?mode=ro", uri=True, timeout=30)
        try:
            return list(database.execute(sql, values).fetchall())
        finally:
            database.close()

    def number(self, sql: str, *values: int | str) -> int:
        return int(self.rows(sql, *values)[0][0])

    def change_setting(self, name: str, value: int) -> None:
        database = sqlite3.connect(self.data / "quanzi.sqlite3", timeout=30)
        with database:
            database.execute(
                "INSERT INTO site_setting (name, value, changed_at) VALUES (?, ?, 0) "
                "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                (name, json.dumps(str(value))),
            )
        database.close()


def books(where: Path) -> Books:
    data = where / "money"
    flask(data, "migrate")
    from app import create_app
    from models import database

    site = create_app(environ(data))
    with site.app_context():
        ids = _members(PEOPLE + 4)
        *people, poor, thrifty, rich, author = ids
        post = _post(author)
        _fill([*people, thrifty, rich], FULL)
        _fill([poor], TAPS * POOR_PENCE)
        givers = _visitors(site, people)
        many = [_visitors(site, [one] * 100) for one in (poor, thrifty)]
        one = _visitors(site, [rich])[0]
        database.close()
    file = data / "people"
    _write(file, givers)
    made = Books(data, file, many[0], poor, many[1], thrifty, one, rich, post)
    for name, value in FREE.items():
        made.change_setting(name, value)
    return made


def _post(author: int) -> int:
    from core import clock
    from models import Circle, Membership, Post

    now = clock.now()
    circle = Circle.create(
        slug="bench-money", name="测量", purpose="测量", category="other", visibility="public", join_policy="open",
        founder=author, founded_at=now, active_at=now, member_count=1, post_count=1,
    )  # fmt: skip
    Membership.create(circle=circle, member=author, role="owner", joined_at=now)
    post = Post.create(
        circle=circle, author=author, source="谢谢", html="<p>谢谢</p>", excerpt="谢谢", policy_version=1,
        created_at=now,
    )
    return int(post.id)


def _fill(members: list[int], amount: int) -> None:
    from core import ledger
    from core.db import atomic
    from core.ledger import Move
    from core.money import currency

    code = currency().code
    with atomic(durable=True):
        for member in members:
            moves = [Move(ledger.house("issuance", code), -amount), Move(ledger.member(member, code), amount)]
            ledger.post("issue", moves, key=f"bench-gift:{member}")
