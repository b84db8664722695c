"""The list of notices, the bell, and the way from a notice to what it speaks of."""

import re
from urllib.parse import urlsplit

from flask import Response, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from blueprints.notices import actions, bp, queries, rows
from core import hx
from core.viewer import current_actor

ANCHOR = re.compile(r"[a-z0-9-]+\Z")


@bp.get("/notices/", permission="notice:read")
def index() -> Response:
    actor, before = current_actor(), request.args.get("before", "")
    page = rows.page(actor, before)
    older_url = url_for("notices.index", before=page.older) if page.older else None
    if hx.wants_fragment() and before:
        return hx.fragment(render_template("notices/_rows.html", rows=page.rows, older_url=older_url))
    actions.look(actor)
    return hx.page(
        "notices/index.html", {"notice-list": "notices/_list.html"}, rows=page.rows, older_url=older_url,
        some_unread=any(not row.is_read for row in page.rows),
    )  # fmt: skip


@bp.get("/notices/bell", permission="notice:read")
def bell() -> Response:
    """Asked by every page that is looked at when its channel rings; `shown` is what it shows."""
    actor = current_actor()
    count = queries.unseen(actor)
    if request.args.get("shown") == str(count):
        return hx.unchanged()
    return hx.fragment(render_template("notices/_bell_again.html", bell_count=count, member=actor.member_id))


@bp.get("/notices/<int:number>", permission="notice:read")
def follow(number: int) -> Response:
    """To what a notice speaks of. Following it is reading it; nothing else changes, so a link does."""
    actions.read(current_actor(), number)
    return hx.see_other(_within(request.args.get("to", "")))


def _within(wanted: str) -> str:
    """An address of this site, with its anchor."""
    path = hx.local_path(wanted) if wanted else url_for("notices.index")
    try:
        anchor = urlsplit(wanted).fragment
    except ValueError:
        anchor = ""
    return f"{path}#{anchor}" if ANCHOR.match(anchor) else path


@bp.post("/notices/<int:number>/read", permission="notice:read")
def read(number: int) -> Response:
    actor = current_actor()
    actions.read(actor, number)
    shown = rows.worded(actor, queries.some(actor, [number])) if hx.wants_fragment() else []
    parts = [render_template("notices/_row.html", shown=row) for row in shown]
    return hx.changed(url_for("notices.index"), *parts)


@bp.post("/notices/read", permission="notice:read")
def read_all() -> Response:
    actor = current_actor()
    count = actions.read_all(actor)
    said = ngettext("%(num)s notice is marked as read.", "%(num)s notices are marked as read.", count)
    if not hx.wants_fragment():
        return hx.see_other(url_for("notices.index"), toast=said if count else _("All are read already."))
    page = rows.page(actor)
    older_url = url_for("notices.index", before=page.older) if page.older else None
    listed = render_template("notices/_list.html", rows=page.rows, older_url=older_url, some_unread=False)
    return hx.fragment(listed)
