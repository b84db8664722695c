"""What money was about, as far as it was about moments and what was said beneath them."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from blueprints.circles.reading import plain
from core.blueprint import fills
from core.fragments import region
from core.policy import Actor, visible
from models import Moment, MomentComment

MOST_CHARS = 30
KINDS = ("moment", "moment_comment")


@fills("wallet.cause")
def causes(actor: Actor, things: list[Any]) -> dict[int, str]:
    wanted = {posting: (kind, number) for posting, _kind, kind, number in things if kind in KINDS}
    homes = _moments_of(actor, [number for kind, number in wanted.values() if kind == "moment_comment"])
    moments = [number for kind, number in wanted.values() if kind == "moment"]
    texts = _texts(actor, sorted({*moments, *homes.values()}))
    shown: dict[int, str] = {}
    for posting, (kind, number) in wanted.items():
        moment = number if kind == "moment" else homes.get(number, 0)
        if moment in texts:
            anchor = f"remark-{number}" if kind == "moment_comment" else None
            url = url_for("feed.moment", number=moment, _anchor=anchor)
            shown[posting] = region("feed/_cause.html", url=url, words=_words(kind, texts[moment]))
    return shown


def _moments_of(actor: Actor, comments: list[int]) -> dict[int, int]:
    query = MomentComment.select(MomentComment.id, MomentComment.moment).where(MomentComment.id.in_(comments))
    return dict(visible(query, actor).tuples()) if comments else {}


def _texts(actor: Actor, moments: list[int]) -> dict[int, str]:
    query = Moment.select(Moment.id, Moment.html).where(Moment.id.in_(moments))
    return {id_: plain(html) for id_, html in visible(query, actor).tuples()} if moments else {}


def _words(kind: str, text: str) -> str:
    short = text if len(text) <= MOST_CHARS else f"{text[: MOST_CHARS - 1]}…"
    if kind == "moment_comment":
        return _("For a comment beneath “%(title)s”", title=short) if short else _("For a comment in the feed")
    return _("For the feed post “%(title)s”", title=short) if short else _("For a post in the feed")
