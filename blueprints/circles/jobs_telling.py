"""Telling many: a batch a transaction, with a rest after each, so that others write in between. Killed in the middle,
the work begins anew, and who was told before is told nothing twice."""

from collections.abc import Callable

from blueprints.circles import telling
from core import notices
from core.jobs import Running, in_batches, job
from models import Membership, Post


class _Round:
    """One way through the memberships of a circle."""

    def __init__(self, running: Running, post: int, tell: Callable[[int], int | None]) -> None:
        self.running, self.tell = running, tell
        self.after = 0
        mine = Membership.circle == Post.select(Post.circle).where(Post.id == post)
        self.last = Membership.select(Membership.id).where(mine).order_by(Membership.id.desc()).limit(1).scalar() or 1

    def step(self) -> bool:
        reached = self.tell(self.after)
        if reached is None:
            return False
        self.after = reached
        self.running.progress(100 * reached // self.last)
        return True


@job("circles.announce")
def announce(running: Running, post: int, pinned_at: int) -> None:
    way = _Round(running, post, lambda after: telling.everybody_of_announcement(post, pinned_at, after))
    in_batches(way.step)


@job("circles.tell_of_post")
def tell_of_post(running: Running, post: int, but: list[int]) -> None:
    way = _Round(running, post, lambda after: telling.everybody_of_post(post, after, but))
    in_batches(way.step)


@job("circles.hush")
def hush(running: Running, post: int) -> None:
    """Unless the post is back already."""
    if not Post.select().where(Post.id == post, Post.deleted_at.is_null(), Post.hidden_at.is_null()).exists():
        in_batches(lambda: notices.hush("post", [post], telling.BATCH) == telling.BATCH)


@job("circles.hush_strangers")
def hush_strangers(running: Running, circle: int) -> None:
    in_batches(lambda: telling.hush_strangers(circle))
