"""What a measured circle has beside its posts: pins, topics, what waits for its moderators, marks of its readers."""

import random
from dataclasses import dataclass

from core import clock
from models import Membership, ModerationCase, Pin, Post, Report, Topic

TOPICS = ("约跑", "装备", "路线", "晒图", "闲聊")
PINS = 3
TOPIC_SHARE = 5
LEAST_CASES = 60
CASES_A_POST = 0.01
UNREAD = 300


@dataclass(frozen=True)
class Furnished:
    circle: int
    people: list[int]
    reader: int
    posts: int


def furnish(here: Furnished, dice: random.Random) -> None:
    """Inside a transaction. `reader` moderates the circle and has the last `UNREAD` posts still to read."""
    _topics(here.circle)
    _pins(here.circle, here.people[0])
    _cases(here, dice)
    _marks(here)


def _topics(circle: int) -> None:
    ids = [Topic.create(circle=circle, name=name, position=place).id for place, name in enumerate(TOPICS)]
    for place, topic in enumerate(ids):
        share = Post.id % (TOPIC_SHARE * len(ids)) == place
        Post.update(topic=topic).where(Post.circle == circle, share).execute()


def _pins(circle: int, by: int) -> None:
    newest = Post.select(Post.id).where(Post.circle == circle).order_by(Post.id.desc()).offset(40).limit(PINS)
    for place, (post,) in enumerate(newest.tuples()):
        Pin.create(post=post, circle=circle, position=place, pinned_by=by, pinned_at=clock.now())


def _cases(here: Furnished, dice: random.Random) -> None:
    """Open cases about the circle's latest posts, each with a report or two."""
    count = max(LEAST_CASES, int(here.posts * CASES_A_POST))
    posts = Post.select(Post.id, Post.author).where(Post.circle == here.circle).order_by(Post.id.desc()).limit(count)
    now = clock.now()
    for place, (post, author) in enumerate(reversed(list(posts.tuples()))):
        case = ModerationCase.create(
            circle=here.circle, subject_kind="post", subject_id=post, member=author,
            open_key=f"circle:post:{post}", report_count=1 + place % 2, opened_at=now - (count - place) * clock.SECOND,
        )  # fmt: skip
        for reporter in dice.sample(here.people, 1 + place % 2):
            Report.create(case=case, reporter=reporter, reason="广告", reported_at=now)


def _marks(here: Furnished) -> None:
    """Everybody has read to the end but one."""
    newest = Post.select(Post.id).where(Post.circle == here.circle).order_by(Post.id.desc())
    last, behind = newest.limit(1).scalar() or 0, newest.offset(min(UNREAD, here.posts // 2)).limit(1).scalar() or 0
    inside = Membership.circle == here.circle
    Membership.update(read_post=last).where(inside).execute()
    Membership.update(read_post=behind, role="moderator").where(inside, Membership.member == here.reader).execute()
