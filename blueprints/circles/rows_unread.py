"""What a reader has not seen yet, as pages show it: the bar above a list, the line between new and known, and what the
script (static/js/member/55-unread.js) needs to tell how far somebody has read."""

from typing import Any

from flask import request, url_for
from markupsafe import Markup

from blueprints.circles import reading, unread
from blueprints.circles.reading import CommentRow, PostRow
from blueprints.circles.rooms import Room
from blueprints.circles.unread import Unread
from core.errors import Gone
from core.fragments import region, still
from core.policy import Actor, can


def line(anchor: str) -> Markup:
    return still("circles/_unread_line.html", anchor=anchor)


def marks(actor: Actor, here: Room, url: str, new: Unread) -> dict[str, Any]:
    """For the list's element; nothing for who leaves no marks. A list of some topic only shows gaps, so it tells
    nothing either."""
    if not can(actor, "circle:belong", here) or request.args.get("topic"):
        return {}
    return {
        "url": url, "ids": " ".join(map(str, new.ids)), "mark": new.mark or 0, "first": new.mark is None,
        "more": len(new.ids) >= unread.MOST,
    }  # fmt: skip


# ---- posts --------------------------------------------------------------------------------------------------


def posts_page(actor: Actor, here: Room, rows: list[PostRow], *, newest: bool) -> dict[str, Any]:
    """What the page of a circle shows of what is new; `newest` says that the page begins with the newest post."""
    new = unread.posts(actor, here)
    return {
        "marks": marks(actor, here, url_for("circles.read_posts", slug=here.slug), new),
        "unread_bar": _posts_bar(actor, here, new, rows) if new.first and newest else "",
    }


def _posts_bar(actor: Actor, here: Room, new: Unread, rows: list[PostRow]) -> Markup:
    on_page = any(row.id == new.first for row in rows)
    anchor = f"post-{new.first}"
    where: dict[str, Any] = {} if on_page else {"from": new.first}
    jump = url_for("circles.show", slug=here.slug, _anchor=anchor, **where)
    newest = rows[0].id if rows and can(actor, "circle:belong", here) else 0
    return region(
        "circles/_unread_posts.html", here=here, unread=new, newest=newest, jump_url=jump, most=unread.MOST
    )


def with_line(
    actor: Actor, here: Room, rows: list[PostRow], shown: list[Markup], before: int | None = None
) -> list[Markup]:
    """The rows with the line where the known ones begin. `before` is the post that stands above the first row, on the
    page before this one."""
    mark = here.tie.read_post
    if not mark or not rows:
        return shown
    for place, row in enumerate(rows):
        if row.id <= mark:
            new_above = any(unread.is_new_post(actor, here, each) for each in rows[:place])
            if new_above or (not place and before and before > mark):
                return [*shown[:place], line("known"), *shown[place:]]
            return shown
    return shown


def rising(actor: Actor, here: Room) -> int | None:
    """Where the page begins that `?from=` asks for; None at the newest, or when nothing is asked for."""
    text = request.args.get("from", "")
    first = int(text) if text.isdecimal() and len(text) < 18 else 0
    return unread.before_for_post(actor, here, first) if first else None


# ---- comments -----------------------------------------------------------------------------------------------


def risen(actor: Actor, here: Room, post: int) -> int | None:
    """Where the page of comments ends that `?from=` asks for; None at the newest, or when nothing is asked for."""
    text = request.args.get("from", "")
    wanted = int(text) if text.isdecimal() and len(text) < 18 else 0
    try:
        return unread.before_for_comment(actor, reading.comment(actor, here, post, wanted)) if wanted else None
    except Gone:
        return None


def comments_page(
    actor: Actor, here: Room, post: PostRow, new: Unread, rows: list[CommentRow], *, newest: bool
) -> dict[str, Any]:
    """What the page of a post shows of what is new; `newest` says that it ends with the newest comment."""
    url = url_for("circles.read_comments", slug=here.slug, number=post.id)
    return {
        "marks": marks(actor, here, url, new) if here.is_member else {},
        "unread_bar": _comments_bar(actor, here, post, new, rows) if new.first and newest else "",
    }


def _comments_bar(actor: Actor, here: Room, post: PostRow, new: Unread, rows: list[CommentRow]) -> Markup:
    on_page = any(row.id == new.first for row in rows)
    where: dict[str, Any] = {} if on_page else {"from": new.first}
    address = url_for("circles.post", slug=here.slug, number=post.id, _anchor="first-unread", **where)
    newest = max((row.id for row in rows), default=0) if can(actor, "circle:belong", here) else 0
    return region(
        "circles/_unread_comments.html", here=here, post=post, unread=new, newest=newest, jump_url=address,
        most=unread.MOST,
    )  # fmt: skip
