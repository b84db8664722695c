"""Polls in posts, and who reacted or voted."""

from typing import Any

from flask import Response, render_template, request, url_for

from blueprints.circles import bp, reactions, reading, voting
from blueprints.circles.forms import number as whole
from blueprints.circles.forms_polls import chosen
from blueprints.circles.reading import PostRow
from blueprints.circles.rooms import Room, room
from blueprints.circles.routes_comments import COMMENT
from blueprints.circles.routes_posts import address
from blueprints.circles.rows import shelf
from core import hx, reacting
from core.errors import Conflict, Gone, Invalid
from core.guard import limit
from core.policy import require
from core.viewer import current_actor

bp.add_app_template_filter(reacting.counts_of, "reaction_counts")

POST = "/circles/<slug>/posts/<int:number>"


@bp.post(f"{POST}/vote", permission="post:like")
def vote(slug: str, number: int) -> Response:
    """The ticked options; `none` takes the vote back."""
    actor = current_actor()
    here = room(actor, slug)
    limit("like.write", actor.member_id)
    options = [] if request.form.get("none") else chosen(request.form)
    row = reading.post(actor, here, number)
    require(actor, "post:like", here)
    try:
        if not options and not request.form.get("none"):
            raise Invalid("poll_choose", field="option")
        voting.vote(actor, here.id, number, options)
    except (Invalid, Conflict) as refusal:
        return _poll_again(here, row, refusal)
    shown = shelf(actor, here, reading.post(actor, here, number))
    if shown.poll is None:
        raise Gone
    place = f"{hx.back(address(slug, number)).partition('#')[0]}#poll-{shown.poll.id}"
    return hx.changed(place, render_template("circles/_poll.html", shown=shown, wrong=""))


def _poll_again(here: Room, row: PostRow, refusal: Invalid | Conflict) -> Response:
    """The poll as it is now, and why the vote was not taken."""
    shown = shelf(current_actor(), here, row)
    if shown.poll is None:
        raise Gone
    if hx.wants_fragment():
        region = render_template("circles/_poll.html", shown=shown, wrong=hx.say(refusal))
        return hx.fragment(region, status=refusal.status, retarget=f"#poll-{shown.poll.id}", reswap="outerHTML")
    return hx.page("circles/vote.html", status=refusal.status, here=here, shown=shown, wrong=hx.say(refusal))


@bp.get(f"{POST}/votes", permission="poll:voters")
def votes(slug: str, number: int) -> Response:
    actor = current_actor()
    here = room(actor, slug)
    row = reading.post(actor, here, number)
    page = voting.voters(actor, here, row, request.args.get("after", ""))
    poll = shelf(actor, here, row).poll
    context: dict[str, Any] = {
        "here": here, "post": row, "rows": page.rows,
        "words": {option.id: option.text for option in poll.options} if poll else {},
        "older_url": page.older and url_for(".votes", slug=slug, number=number, after=page.older),
    }  # fmt: skip
    if request.args.get("after") and hx.wants_fragment():
        return hx.fragment(render_template("circles/_voters.html", **context))
    return hx.page("circles/votes.html", **context)


@bp.get(f"{POST}/reactions", permission="post:reactions")
def post_reactions(slug: str, number: int) -> Response:
    actor = current_actor()
    here = room(actor, slug)
    row = reading.post(actor, here, number)
    require(actor, "post:reactions", here)
    counts = reacting.counts_of(row.reactions, row.like_count)
    kind, before = _asked_kind(), whole(request.args.get("before"))
    page = reactions.of_post(actor, here, number, kind, before)
    base = url_for(".post_reactions", slug=slug, number=number)
    return _reacted(here, page.rows, page.older, counts, kind, base, address(slug, number))


@bp.get(f"{COMMENT}/reactions", permission="post:reactions")
def comment_reactions(slug: str, number: int, comment: int) -> Response:
    actor = current_actor()
    here = room(actor, slug)
    reading.post(actor, here, number)
    row = reading.comment(actor, here, number, comment)
    require(actor, "post:reactions", here)
    if not row.html:  # deleted, or hidden from these eyes
        raise Gone
    counts = reacting.counts_of(row.reactions, row.like_count)
    kind, before = _asked_kind(), whole(request.args.get("before"))
    page = reactions.of_comment(actor, here, comment, kind, before)
    base = url_for(".comment_reactions", slug=slug, number=number, comment=comment)
    return _reacted(here, page.rows, page.older, counts, kind, base, address(slug, number, _anchor="comments"))


def _asked_kind() -> int | None:
    kind = whole(request.args.get("kind"))
    return kind if kind is not None and kind < len(reacting.KINDS) else None


def _reacted(
    here: Room, rows: list[reactions.ReactedRow], older: int | str | None, counts: dict[int, int], kind: int | None,
    base: str, back_url: str,
) -> Response:  # fmt: skip
    chosen_kind = "" if kind is None else f"kind={kind}&"
    older_url = older and f"{base}?{chosen_kind}before={older}"
    if request.args.get("before") and hx.wants_fragment():
        return hx.fragment(render_template("circles/_reacted.html", rows=rows, older_url=older_url))
    return hx.page(
        "circles/reactions.html", here=here, rows=rows, older_url=older_url, counts=counts, kind=kind, base=base,
        back_url=back_url,
    )  # fmt: skip
