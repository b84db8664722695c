"""What open pages of a circle are told: that its list, or a post with its comments, has changed. What they show depends
on who looks (their own reactions, menus, unread marks), so they ask for it themselves."""

from blueprints.circles import presence
from blueprints.circles.rooms import room
from core import streams
from core.errors import Gone
from core.policy import Actor, can, require_visible
from models import Circle, Post


def watch_circle(actor: Actor, circle: int) -> streams.Watch:
    here = room(actor, circle)
    if not can(actor, "circle:read", here):
        raise Gone
    presence.note(actor, here)  # whoever opens a page is seen at once; from then on it asks who else is here
    return streams.Watch(tags=(f"c{circle}",))


def circle_changed(actor: Actor, circle: int, since: int) -> bool:
    return bool(Circle.select().where(Circle.id == circle, Circle.seq > since).exists())


def watch_post(actor: Actor, post: int) -> streams.Watch:
    require_visible("post", post, actor)
    circle = Post.select(Post.circle).where(Post.id == post).tuples().first()
    if circle is None:
        raise Gone
    return watch_circle(actor, circle[0])


def post_changed(actor: Actor, post: int, since: int) -> bool:
    return bool(Post.select().where(Post.id == post, Post.seq > since).exists())


streams.declare("circle", watch=watch_circle, changed=circle_changed)
streams.declare("post", watch=watch_post, changed=post_changed)
