"""Sites on which feeds are measured: one member, `bench`, with so many friends who have posted so much. Rows are
written past the actions; what the actions keep in step (counters, the index of the feed) is right, and the same sizes
give the same site."""

import random
import shutil
import sqlite3
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from bench.harness import flask, tell

TEXTS = (
    "傍晚沿着江边跑了八公里，风很舒服。", "新烤的面包，外壳脆得会唱歌。", "周末去了山里，手机没有信号，真好。",
    "孩子第一次自己骑车，摔了三次，笑了四次。", "读完了那本拖了半年的书。", "Rain all day. Soup, and an old film.",
    "阳台上的番茄终于红了一个。", "今天修好了奶奶的收音机。",
)  # fmt: skip
SPAN_MS = 180 * 24 * 3600 * 1000
DAY_MS = 24 * 3600 * 1000
PER_FRIEND = 200
LIKED_SHARE, TALKED_SHARE, PICTURED_SHARE = 4, 6, 5
LATELY_SHARE = 10
BASE_MEMBERS = 60


class Size(NamedTuple):
    friends: int
    posts: int


class _Row(NamedTuple):
    id: int
    author: int
    at: int


def made(where: Path, size: Size) -> Path:
    """The data folder of such a site; made when it is not there yet."""
    data = where / f"feed-{size.friends}-{size.posts}"
    done = data / "made"
    if not done.exists():
        shutil.rmtree(data, ignore_errors=True)
        begun = time.monotonic()
        flask(data, "migrate")
        flask(data, "seed", "--posts", "200", "--members", str(BASE_MEMBERS), "--seed", "1")
        _fill(data, size)
        tell(f"made a site of {size.friends} friends and {size.posts} posts in {time.monotonic() - begun:.0f} s")
        done.touch()
    return data


def _fill(data: Path, size: Size) -> None:
    database = sqlite3.connect(data / "quanzi.sqlite3", isolation_level=None)
    for pragma in ("journal_mode=wal", "synchronous=off", "foreign_keys=off", "cache_size=-262144"):
        database.execute(f"PRAGMA {pragma}")
    database.execute("BEGIN IMMEDIATE")
    me = int(database.execute("SELECT id FROM member WHERE username = 'bench'").fetchone()[0])
    first = int(database.execute("SELECT MAX(id) FROM member").fetchone()[0]) + 1
    friends = list(range(first, first + size.friends))
    now = int(time.time() * 1000)
    _people(database, friends, me, now)
    rows = list(_moments(friends, size.posts, now))
    _write(database, rows, me)
    _around(database, rows, friends, now)
    database.execute("COMMIT")
    database.execute("PRAGMA wal_checkpoint(truncate)")
    database.close()


def _people(database: sqlite3.Connection, friends: list[int], me: int, now: int) -> None:
    """Friends of `bench`, a tenth of whom were here lately."""
    columns = "id, username, username_key, display_name, password_hash, password_changed_at, bio, bio_html, locale"
    more = "time_zone, theme, shows_presence, is_demo, created_at, seen_at"
    database.executemany(
        f"INSERT INTO member ({columns}, {more}) VALUES (?, ?, ?, ?, '!', 0, '', '', '', '', '', 1, 0, ?, ?)",
        ((id_, f"friend-{id_}", f"friend-{id_}", f"朋友{id_}", now, now) for id_ in friends),
    )
    pairs = [(one, other) for id_ in friends for one, other in ((me, id_), (id_, me))]
    database.executemany(
        "INSERT INTO friendship (member_id, friend_id, alias, met, since_at) VALUES (?, ?, '', '', ?)",
        ((*pair, now - SPAN_MS) for pair in pairs),
    )
    database.executemany(
        "INSERT INTO session (token_hash, member_id, created_at, seen_at, expires_at, address, agent) "
        "VALUES (?, ?, ?, ?, ?, '', '')",
        ((f"lately-{id_}", id_, now, now, now + DAY_MS) for id_ in friends[::LATELY_SHARE]),
    )


def _moments(friends: list[int], posts: int, now: int) -> Iterator[_Row]:
    dice = random.Random(1)
    for number in range(posts):
        yield _Row(number + 1, dice.choice(friends), now - SPAN_MS + number * SPAN_MS // posts)


def _write(database: sqlite3.Connection, rows: list[_Row], me: int) -> None:
    columns = "id, author_id, source, html, policy_version, audience, shared_kind, picture_count, comments_by"
    more = "takes_tips, created_at, comment_count, like_count, reactions, seq"
    database.executemany(
        f"INSERT INTO moment ({columns}, {more}) VALUES (?, ?, ?, ?, 1, 'friends', '', ?, 'all', 1, ?, ?, ?, ?, 0)",
        (
            (
                row.id, row.author, TEXTS[row.id % len(TEXTS)], f"<p>{TEXTS[row.id % len(TEXTS)]}</p>\n",
                int(row.id % PICTURED_SHARE == 0), row.at, 2 * (row.id % TALKED_SHARE == 0),
                3 * (row.id % LIKED_SHARE == 0), "0:3" if row.id % LIKED_SHARE == 0 else "",
            )
            for row in rows
        ),
    )  # fmt: skip
    database.executemany(
        "INSERT INTO feed_entry (member_id, moment_id, author_id, day) VALUES (?, ?, ?, ?)",
        ((me, row.id, row.author, row.at // DAY_MS) for row in rows),
    )


def _around(database: sqlite3.Connection, rows: list[_Row], friends: list[int], now: int) -> None:
    """Reactions, comments and pictures, for as many of the newest as a run reads: the rest stands far from any page."""
    newest = rows[-20_000:]
    database.executemany(
        "INSERT INTO moment_like (moment_id, member_id, kind, liked_at) VALUES (?, ?, 0, ?)",
        ((row.id, friend, row.at) for row in _each(newest, LIKED_SHARE) for friend in friends[:3]),
    )
    database.executemany(
        "INSERT INTO moment_comment (moment_id, author_id, source, html, policy_version, created_at) "
        "VALUES (?, ?, '好看', '<p>好看</p>', 1, ?)",
        ((row.id, friend, row.at) for row in _each(newest, TALKED_SHARE) for friend in friends[:2]),
    )
    database.executemany(
        "INSERT INTO picture (key, uploader, subject_kind, subject_id, position, width, height, size, animated, "
        "colour, alt, created_at) VALUES (?, ?, 'moment', ?, 0, 1200, 800, 90000, 0, '#88aa77', '', ?)",
        ((f"{row.id:032x}", row.author, row.id, now) for row in _each(newest, PICTURED_SHARE)),
    )


def _each(rows: list[_Row], share: int) -> Iterable[_Row]:
    return (row for row in rows if row.id % share == 0)
