"""Bullet comments as open pages get them, and as lists show them: one row for all who watch, with nothing of a viewer
in it."""

from functools import lru_cache

from flask import current_app, url_for
from markupsafe import Markup

from blueprints.live import bullets
from blueprints.live.bullets import Bullet
from blueprints.live.commenting import MODES
from blueprints.live.halls import Hall
from core.fragments import region
from core.i18n import locale_code
from core.policy import Actor, can


def comment_row(row: Bullet) -> Markup:
    """The same for everybody; only a former member is called so in the reader's language."""
    return _row(row, "" if row.name else locale_code())


@lru_cache(maxsize=2048)
def _row(row: Bullet, _language: str) -> Markup:
    """By its macro alone, and kept: of all rows of the site these are made most often, and each more than once."""
    html: Markup = current_app.jinja_env.get_template("live/_bullet.html").module.bullet(row)  # type: ignore[attr-defined]
    return html


def comment_list(actor: Actor, here: Hall) -> Markup:
    """The region of the latest comments. Raises SignInNeeded, Denied."""
    found = bullets.bullets(actor, here)
    older = url_for("live.comments", event=here.id, before=found.more[0]) if found.more else None
    return region("live/_comments.html", rows=[comment_row(row) for row in found.rows], older_url=older)


def composer(
    actor: Actor, here: Hall, *, body: str = "", mode: str = "scroll", error: str = "", wait: int = 0
) -> Markup:
    """The region in which this actor writes, or why they cannot; with what they typed and why it was not taken. `wait`
    in seconds."""
    return region(
        "live/_composer.html", here=here, signed_in=actor.signed_in, writes=can(actor, "live:comment", here),
        body=body, mode=mode if mode in MODES else "scroll", error=error, wait=wait,
    )  # fmt: skip
