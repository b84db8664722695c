"""What lasts in a circle: pins in their order, the digest, topics. And each member's own folded pins."""

from blueprints.circles import events
from blueprints.circles.gate import live_post
from blueprints.circles.publishing import changed
from core import audit, clock
from core.db import atomic
from core.errors import Conflict, Gone, Invalid
from core.limits import LIMITS
from core.policy import Actor, can, require
from core.signals import announce
from models import DigestPost, Pin, PinFold, Post, Topic


def pin_post(actor: Actor, circle: int, post: int, *, tells: bool = False) -> None:
    """To the top of the circle, above the other pins; `tells` every member. Pinning what is pinned changes nothing.

    Raises Gone, Denied, Conflict when there are as many as fit or the post is hidden."""
    with atomic():
        here, row = live_post(actor, circle, post)
        require(actor, "post:arrange", here)
        if Pin.select().where(Pin.post == post).exists():
            return
        if row.hidden_at is not None:
            raise Conflict("pin_hidden")
        changed(circle, post)  # holds the circle until the commit: whoever counts after it counts all
        places = [place for (place,) in Pin.select(Pin.position).where(Pin.circle == circle).tuples()]
        if Pin.select().where(Pin.post == post).exists():
            return
        if len(places) >= LIMITS["pins"]:
            raise Conflict("pins_full", most=LIMITS["pins"])
        Pin.insert(
            post=post, circle=circle, position=min(places, default=1) - 1, pinned_by=actor.member_id,
            pinned_at=clock.now(),
        ).execute()  # fmt: skip
        audit.record(actor, "post.pin", "post", post, circle=circle)
        announce(events.PostPinned(post, circle, actor.member_id or 0, tells))


def unpin_post(actor: Actor, circle: int, post: int) -> None:
    """Unpinning what is not pinned changes nothing."""
    with atomic():
        here, _ = live_post(actor, circle, post)
        require(actor, "post:arrange", here)
        if let_go(post):
            changed(circle, post)
            audit.record(actor, "post.unpin", "post", post, circle=circle)


def let_go(post: int) -> bool:
    """A post that leaves the top of its circle, whoever sees to it; whether it stood there. Inside a transaction."""
    PinFold.delete().where(PinFold.post == post).execute()
    return bool(Pin.delete().where(Pin.post == post).execute())


def move_pin(actor: Actor, circle: int, post: int, *, up: bool) -> None:
    """One place up or down; at the end of the row nothing changes. Raises Gone, Denied."""
    with atomic():
        here, _ = live_post(actor, circle, post)
        require(actor, "post:arrange", here)
        changed(circle, post)
        pins = Pin.select(Pin.post).where(Pin.circle == circle).order_by(Pin.position, Pin.post).tuples()
        order = [id_ for (id_,) in pins]
        if post not in order:
            raise Gone
        place = order.index(post)
        order.insert(max(0, place - 1) if up else place + 1, order.pop(place))
        for position, id_ in enumerate(order):
            Pin.update(position=position).where(Pin.post == id_).execute()


def fold_pin(actor: Actor, circle: int, post: int, on: bool) -> None:
    """Out of one's own sight, or back. Raises Gone, Denied."""
    with atomic():
        here, _ = live_post(actor, circle, post)
        require(actor, "circle:belong", here)
        if not on:
            PinFold.delete().where(PinFold.post == post, PinFold.member == actor.member_id).execute()
        elif Pin.select().where(Pin.post == post).exists():
            fold = PinFold.insert(post=post, member=actor.member_id, folded_at=clock.now())
            fold.on_conflict_ignore().execute()


def choose_post(actor: Actor, circle: int, post: int, on: bool) -> None:
    """Into the digest, or out of it. Doing it twice changes nothing. Raises Gone, Denied."""
    with atomic():
        here, _ = live_post(actor, circle, post)
        require(actor, "post:arrange", here)
        if on:
            row = DigestPost.insert(post=post, circle=circle, chosen_by=actor.member_id, chosen_at=clock.now())
            done = row.on_conflict_ignore().as_rowcount().execute()
        else:
            done = DigestPost.delete().where(DigestPost.post == post).execute()
        if done:
            changed(circle, post)
            audit.record(actor, "post.choose" if on else "post.unchoose", "post", post, circle=circle)


def file_post(actor: Actor, circle: int, post: int, topic: int | None) -> None:
    """Under a topic of its circle, or under none; by who wrote it and by moderators. Raises Gone, Denied, Invalid."""
    with atomic():
        here, row = live_post(actor, circle, post)
        if not can(actor, "post:edit", (here, row.author_id)):
            require(actor, "post:arrange", here)
        if topic is not None and not Topic.select().where(Topic.id == topic, Topic.circle == circle).exists():
            raise Invalid("choice", field="topic")
        if row.topic_id == topic:
            return
        Post.update(topic=topic).where(Post.id == post).execute()
        changed(circle, post)
