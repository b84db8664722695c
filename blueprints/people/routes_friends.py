"""One's friends, and who wants to be one."""

from typing import Any

from flask import Response, render_template, request, url_for

from blueprints.people import bp, queries_friends
from blueprints.people.rows_ties import request_row
from core import hx
from core.limits import LIMITS
from core.viewer import current_actor


@bp.get("/friends", permission="friend:own")
def friends() -> Response:
    """`q` looks for names, `list` shows one list, `before` is where an older page starts."""
    actor = current_actor()
    query = request.args.get("q", "")[: LIMITS["search_query"]].strip()
    chosen, before = whole(request.args.get("list", "")), request.args.get("before", "")
    page = queries_friends.friends(actor, query, of_list=chosen, before=before)
    older_url = page.older and url_for(".friends", q=query or None, list=chosen, before=page.older)
    if before and hx.wants_fragment():
        return hx.fragment(render_template("people/_friend_rows.html", rows=page.rows, older_url=older_url))
    return hx.page(
        "people/friends.html", {"friends": "people/_friends.html"}, rows=page.rows, older_url=older_url, query=query,
        chosen=chosen, lists=queries_friends.own_lists(actor), count=queries_friends.friend_count(actor),
        waiting=queries_friends.waiting_count(actor),
    )  # fmt: skip


def whole(text: str) -> int | None:
    """The number that an address or a form carries."""
    return int(text) if text.isdecimal() and len(text) < 18 else None


@bp.get("/friends/requests", permission="friend:own")
def friend_requests() -> Response:
    """Who asks and who was asked, each with older pages of its own."""
    actor = current_actor()
    before, sent = request.args.get("before", ""), request.args.get("sent", "")
    if hx.wants_fragment() and (before or sent):
        return _older(before, sent)
    asking, asked = queries_friends.asking(actor, before), queries_friends.asked(actor, sent)
    shown: dict[str, Any] = {
        "asking": [request_row(row, "asks") for row in asking.rows],
        "older_url": asking.older and url_for(".friend_requests", before=asking.older),
        "asked": [request_row(row, "waiting") for row in asked.rows],
        "older_asked_url": asked.older and url_for(".friend_requests", sent=asked.older),
    }
    return hx.page("people/requests.html", **shown)


def _older(before: str, sent: str) -> Response:
    actor = current_actor()
    page = queries_friends.asking(actor, before) if before else queries_friends.asked(actor, sent)
    rows = [request_row(row, "asks" if before else "waiting") for row in page.rows]
    older_url = page.older and url_for(
        ".friend_requests", before=page.older if before else None, sent=None if before else page.older
    )
    pager_id = "older" if before else "older-asked"
    return hx.fragment(
        render_template("people/_request_rows.html", rows=rows, older_url=older_url, pager_id=pager_id)
    )
