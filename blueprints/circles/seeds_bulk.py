"""A large database in minutes, to measure how pages grow: rows written past the actions, in bulk, from a pool of
texts that were cleaned once. What the actions keep in step (counters, positions, search documents) is right, and the
same seed gives the same site. Half of the posts lie in the circle `bench`, which a member `bench` belongs to.
"""

import random
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from peewee import AutoField, ForeignKeyField, Model, fn

from blueprints.circles import naming
from blueprints.circles.categories import CATEGORIES
from blueprints.circles.phrases import Phrases, Sample
from blueprints.circles.seeds_measured import Furnished, furnish
from core import clock, markup, search, tokens
from core.db import atomic, is_postgres
from core.names import name_skeleton
from models import Circle, Comment, CommentLike, Member, Membership, Post, PostLike, SearchDoc, database

BENCH = "bench"
SMALL = "bench-small"
SMALLER = 100
SHAPES = ("plain", "big_and_small")
BATCH = 20_000
POSTS_A_CIRCLE = 5000
LEAST_CIRCLES = 30
SPAN_MS = 180 * clock.DAY
TALKED_SHARE = 0.1
LIKED_SHARE = 0.15
LONG_TALK = 20
LONG_TALK_REPLIES = 4
FAMILY_NAMES = "林周陈许言江叶宋沈顾何唐"
GIVEN_NAMES = "舟禾澈然青知夏安宁朗月白川野"

Say = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """`shape` is plain, or big_and_small: nearly all in `bench`, a hundredth of posts and members in `bench-small`."""

    posts: int
    members: int
    seed: int
    shape: str = "plain"


@dataclass
class Room:
    """A circle while it is being filled."""

    id: int
    slug: str
    people: list[int]
    document: str
    """What the search document of each of its posts begins with."""
    posts: int = 0
    seq: int = 0
    talked_long: bool = False
    last_at: int = 0


@dataclass
class Batch:
    """Rows of one transaction."""

    posts: list[tuple[Any, ...]] = field(default_factory=list)
    docs: list[tuple[Any, ...]] = field(default_factory=list)
    comments: list[tuple[Any, ...]] = field(default_factory=list)
    post_likes: list[tuple[Any, ...]] = field(default_factory=list)
    comment_likes: list[tuple[Any, ...]] = field(default_factory=list)


def fill(plan: Plan, say: Say) -> None:
    """Raises ValueError when the database was filled before, or when the numbers are too small to make sense."""
    if plan.shape not in SHAPES:
        raise ValueError(f"There is no shape {plan.shape}.")
    if plan.posts < 20 or plan.members < 20:
        raise ValueError("At least 20 posts and 20 members are needed.")
    if Member.select().where(Member.username == BENCH).exists():
        raise ValueError("This database was filled before. Take an empty data folder.")
    with _fast():
        Filling(plan, say).run()


@contextmanager
def _fast() -> Iterator[None]:
    """A database that is being filled for the first time is thrown away when the machine fails."""
    if is_postgres():
        database.execute_sql("SET synchronous_commit = off")
        yield
        return
    kept = {name: database.execute_sql(f"PRAGMA {name}").fetchone()[0] for name in ("synchronous", "cache_size")}
    for name, value in (("synchronous", "off"), ("cache_size", -400_000)):
        database.execute_sql(f"PRAGMA {name}={value}")
    try:
        yield
    finally:
        for name, value in kept.items():
            database.execute_sql(f"PRAGMA {name}={value}")
        database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")


class Filling:
    def __init__(self, plan: Plan, say: Say) -> None:
        self.plan = plan
        self.say = say
        self.dice = random.Random(plan.seed)  # noqa: S311 - filler
        self.phrases = Phrases(plan.seed)
        self.words = [" ".join(tokens.tokens(f"{each.title} {each.source}")) for each in self.phrases.posts]
        self.started = clock.now() - SPAN_MS
        self.next_post = _next_id(Post)
        self.next_comment = _next_id(Comment)
        self.rooms: list[Room] = []
        self.reader = 0

    def run(self) -> None:
        with atomic():
            people = self._members()
            self.reader = people[0]
            self._circles(people)
        for first in range(0, self.plan.posts, BATCH):
            batch = Batch()
            for index in range(first, min(first + BATCH, self.plan.posts)):
                self._post(batch, index)
            with atomic():
                _write(batch)
            self.say(f"{min(first + BATCH, self.plan.posts)} of {self.plan.posts} posts")
        with atomic():
            self._close()

    # -- people and circles ---------------------------------------------------------------------------------

    def _members(self) -> list[int]:
        first = _next_id(Member)
        rows, docs = [], []
        for index in range(self.plan.members):
            username = f"m{index:07d}" if index else BENCH
            display_name = self.dice.choice(FAMILY_NAMES) + self.dice.choice(GIVEN_NAMES)
            rows.append((first + index, username, name_skeleton(username), display_name, "!", 0, self.started))
            docs.append(("member", first + index, None, search.document("member", f"{display_name}\n{username}\n")))
        names = ("id", "username", "username_key", "display_name", "password_hash", "password_changed_at", "created_at")
        _insert(Member, names, rows)
        _insert(SearchDoc, ("kind", "subject_id", "circle", "tokens"), docs)
        return [row[0] for row in rows]

    def _circles(self, people: list[int]) -> None:
        first, count = _next_id(Circle), self._how_many()
        circles, memberships, docs = [], [], []
        for index in range(count):
            slug = self._slug(index)
            name, purpose = f"圈子 {slug}", "用来测量的一个圈子。"
            size = len(people) if index == 0 else self.dice.randint(10, 120)
            size = size if self.is_plain or not index else max(20, len(people) // SMALLER)
            here = people[1:] if index == 0 else self.dice.sample(people[1:], min(size, len(people) - 1))
            room = Room(first + index, slug, here, search.document("post", "", circle=first + index))
            self.rooms.append(room)
            category = CATEGORIES[index % len(CATEGORIES)]
            inside = [*here, people[0]] if index < 20 else here
            circles.append((room.id, slug, name, purpose, category, "public", "open", here[0], self.started,
                            len(inside), self.started))  # fmt: skip
            roles = ["owner"] + ["member"] * (len(inside) - 1)
            memberships += [(room.id, who, role, self.started) for who, role in zip(inside, roles, strict=True)]
            docs.append(("circle", room.id, None, search.document("circle", f"{name} {purpose}")))
        names = ("id", "slug", "name", "purpose", "category", "visibility", "join_policy", "founder", "founded_at",
                 "member_count", "active_at")  # fmt: skip
        _insert(Circle, names, circles)
        _insert(Membership, ("circle", "member", "role", "joined_at"), memberships)
        _insert(SearchDoc, ("kind", "subject_id", "circle", "tokens"), docs)

    @property
    def is_plain(self) -> bool:
        return self.plan.shape == "plain"

    def _how_many(self) -> int:
        return max(LEAST_CIRCLES, self.plan.posts // POSTS_A_CIRCLE) if self.is_plain else 2

    def _slug(self, index: int) -> str:
        small = SMALL if not self.is_plain else f"seed-{index}"
        return small if index else BENCH

    def _room_of(self, index: int) -> Room:
        if not self.is_plain:
            return self.rooms[1 if index % (SMALLER + 1) == SMALLER else 0]
        return self.rooms[0] if index % 2 == 0 else self.rooms[1 + self.dice.randrange(len(self.rooms) - 1)]

    # -- posts ----------------------------------------------------------------------------------------------

    def _post(self, batch: Batch, index: int) -> None:
        dice = self.dice
        room = self._room_of(index)
        at = self.started + SPAN_MS * index // self.plan.posts
        post, chosen = self.next_post, dice.randrange(len(self.phrases.posts))
        self.next_post += 1
        sample = self.phrases.posts[chosen]
        talk = self._length_of_talk(room, index)
        comments = self._comments(batch, room, post, at, talk)
        likers = dice.sample(room.people, dice.randint(1, 3)) if dice.random() < LIKED_SHARE else []
        batch.post_likes += [(post, liker, at) for liker in likers]
        changes = 1 + comments + len(likers)
        room.seq += changes
        room.posts += 1
        room.last_at = at
        batch.posts.append((
            post, room.id, dice.choice(room.people), sample.title, sample.source, sample.rendered.html,
            sample.rendered.excerpt, markup.POLICY_VERSION, at, comments, len(likers), changes, room.seq,
        ))  # fmt: skip
        batch.docs.append(("post", post, room.id, room.document + self.words[chosen]))

    def _length_of_talk(self, room: Room, index: int) -> int:
        """One long talk in each circle, not far from its end; otherwise a few words here and there."""
        if not room.talked_long and index >= self.plan.posts * 9 // 10:
            room.talked_long = True
            return LONG_TALK
        return self.dice.randint(1, 3) if self.dice.random() < TALKED_SHARE else 0

    def _comments(self, batch: Batch, room: Room, post: int, at: int, count: int) -> int:
        """Returns how many, replies included; position 1 of the post was its writing."""
        first, dice = self.next_comment, self.dice
        replies = LONG_TALK_REPLIES if count == LONG_TALK else count // 3
        for place in range(count + replies):
            sample: Sample = dice.choice(self.phrases.comments)
            parent = first if place >= count else None
            likers = dice.sample(room.people, 2) if count == LONG_TALK and place % 5 == 0 else []
            batch.comment_likes += [(first + place, liker, at) for liker in likers]
            batch.comments.append((
                first + place, post, parent, dice.choice(room.people), sample.source, sample.rendered.html,
                markup.POLICY_VERSION, at + place, len(likers), replies if place == 0 else 0, place + 2, place + 2,
            ))  # fmt: skip
        self.next_comment += count + replies
        return count + replies

    def _close(self) -> None:
        for room in self.rooms:
            Circle.update(post_count=room.posts, seq=room.seq, active_at=room.last_at or self.started).where(
                Circle.id == room.id
            ).execute()
        for room in [] if self.is_plain else self.rooms:
            furnish(Furnished(room.id, room.people, self.reader, room.posts), self.dice)
        while naming.note_missing():
            pass
        if is_postgres():
            for model in (Member, Circle, Post, Comment):
                table = model._meta.table_name
                database.execute_sql(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")  # noqa: S608


def _next_id(model: type[Model]) -> int:
    key = model._meta.primary_key
    return int(model.select(fn.MAX(key)).scalar() or 0) + 1


def _write(batch: Batch) -> None:
    _insert(Post, ("id", "circle", "author", "title", "source", "html", "excerpt", "policy_version", "created_at",
                   "comment_count", "like_count", "seq", "circle_seq"), batch.posts)  # fmt: skip
    _insert(Comment, ("id", "post", "parent", "author", "source", "html", "policy_version", "created_at", "like_count",
                      "reply_count", "born_seq", "post_seq"), batch.comments)  # fmt: skip
    _insert(PostLike, ("post", "member", "liked_at"), batch.post_likes)
    _insert(CommentLike, ("comment", "member", "liked_at"), batch.comment_likes)
    _insert(SearchDoc, ("kind", "subject_id", "circle", "tokens"), batch.docs)


def _insert(model: type[Model], names: Iterable[str], rows: list[tuple[Any, ...]]) -> None:
    """Columns that are not named get the default that the model gives them in Python."""
    named = list(names)
    others = [
        each for each in model._meta.sorted_fields
        if each.name not in named and each.default is not None and not isinstance(each, AutoField | ForeignKeyField)
    ]  # fmt: skip
    columns = [model._meta.fields[name].column_name for name in named] + [each.column_name for each in others]
    constants = tuple(each.default for each in others)
    marks = ", ".join([database.param] * len(columns))
    quoted = ", ".join(f'"{column}"' for column in columns)
    sql = f'INSERT INTO "{model._meta.table_name}" ({quoted}) VALUES ({marks})'  # noqa: S608 - names from the models
    database.connection().cursor().executemany(sql, (row + constants for row in rows))
