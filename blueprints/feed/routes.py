"""Reading: one's feed, what is new in it, the sellers' lane, what one would have missed, somebody's moments."""

from flask import Response, render_template, request, url_for
from flask_babel import lazy_gettext as _l

from blueprints.feed import bp, catching_up, reading, rows_feed, tasting
from blueprints.feed.forms_posting import whole
from blueprints.feed.rows_composer import composer
from blueprints.feed.tasting import Reading
from blueprints.people.queries import person
from core import clock, hx, periods
from core.errors import Gone
from core.fragments import region
from core.policy import Actor
from core.streams import position
from core.viewer import current_actor

MOST_AGAIN = 72
LEAST_MISSED = 20
LONG_AWAY_MS = clock.DAY
"""Who was away for longer, and has more to read than fits on a page, is shown the way to what they would miss."""


@bp.get("/feed", permission="feed:read")
def index() -> Response:
    """Newest first; `before` is where a page begins."""
    actor, before = current_actor(), whole(request.args.get("before", ""))
    shown = rows_feed.page(actor, before)
    if before and hx.wants_fragment():
        return hx.fragment(render_template("feed/_rows.html", **shown))
    if before:
        return hx.page(
            "feed/index.html", **shown, first_page=False, newest=0, top="", missed=0, since=0, composer="",
            beside="",
        )  # fmt: skip
    known = tasting.reading(actor)
    missed = _missed(actor, known)
    return hx.page(
        "feed/index.html", **shown, first_page=True, newest=tasting.look(actor, known), top=rows_feed.above(actor),
        missed=missed, since=known.read_at, composer=composer(actor, inline=True), beside=rows_feed.beside(actor),
    )  # fmt: skip


def _missed(actor: Actor, known: Reading) -> int:
    """How much came while its reader was away for long; 0 when that can be read on one page."""
    if not known.read_at or clock.now() - known.read_at < LONG_AWAY_MS:
        return 0
    count = reading.newer(actor, known.read_moment)
    return count if count >= LEAST_MISSED else 0


@bp.get("/feed/changes", permission="feed:read")
def changes() -> Response:
    """Asked by an open feed when its channel rings. `since` is the newest moment of the page, `told` how many it says
    are new."""
    actor, since = current_actor(), position()
    count = reading.newer(actor, since)
    if count == whole(request.args.get("told", "")):
        return hx.unchanged()
    return hx.fragment(render_template("feed/_changes.html", since=since, fresh=count, member=actor.member_id))


@bp.get("/feed/again", permission="moment:see")
def again() -> Response:
    """Asked by a page that the browser had put aside and shows once more. `rows` are moments with the state that is
    shown of each, without one where somebody is writing: such a row is not touched unless it is gone."""
    pairs = [pair.partition(":") for pair in request.args.get("rows", "").split(",")[:MOST_AGAIN]]
    states = {whole(number): whole(state) if state else None for number, _colon, state in pairs if whole(number)}
    rows, gone = rows_feed.again(current_actor(), states)
    return hx.fragment(region("feed/_again.html", rows=rows, gone=gone)) if rows or gone else hx.unchanged()


@bp.get("/feed/sellers", permission="feed:read")
def sellers() -> Response:
    """The lane of those who sell, in the order of time as well."""
    before = whole(request.args.get("before", ""))
    shown = rows_feed.page(current_actor(), before, "feed.sellers", lane=True)
    if before and hx.wants_fragment():
        return hx.fragment(render_template("feed/_rows.html", **shown))
    return hx.page("feed/sellers.html", **shown)


# ---- what one would have missed ------------------------------------------------------------------------------

PERIODS = {"day": _l("Today"), "three": _l("3 days"), "week": _l("A week"), "month": _l("A month")}
DAYS = {"day": 0, "three": 3, "week": 7, "month": 30}


@bp.get("/feed/catch-up", permission="feed:read")
def catch_up() -> Response:
    """A few moments, each with the reason why it is among them. `period` or `from` say since when."""
    chosen = periods.chosen(request.args.get("from", ""), request.args.get("period", ""), DAYS, "three")
    missed = catching_up.missed(current_actor(), chosen.since or 0)
    return hx.page(
        "feed/catch_up.html", missed=missed, periods=PERIODS, period=chosen.name, day=chosen.day,
        today=periods.today().isoformat(),
    )  # fmt: skip


# ---- of one person -------------------------------------------------------------------------------------------


@bp.get("/people/<username>/posts", permission="moment:see")
def of_person(username: str) -> Response:
    """What the reader sees of somebody's moments, older ones by `before`."""
    actor, before = current_actor(), whole(request.args.get("before", ""))
    seen = person(actor, username)
    if seen.is_suspended:
        raise Gone
    shown = rows_feed.of_author(actor, seen.id, seen.username, before)
    if before and hx.wants_fragment():
        return hx.fragment(render_template("feed/_of_person_rows.html", **shown))
    newest_url = url_for(".of_person", username=seen.username) if before else None
    return hx.page("feed/of_person.html", person=seen, newest_url=newest_url, **shown)
