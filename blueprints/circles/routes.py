"""Pages about circles: directory, founding, the circle itself, what it is about, its settings."""

from dataclasses import replace
from typing import Any

from flask import Response, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext as _
from markupsafe import Markup

from blueprints.circles import actions, bp, forms_polls, presence, queries, reading, unread
from blueprints.circles.forms import (
    CATEGORY_NAMES,
    JOIN_POLICY_HINTS,
    JOIN_POLICY_NAMES,
    ROLE_NAMES,
    VISIBILITY_HINTS,
    VISIBILITY_NAMES,
    CircleForm,
    number,
)
from blueprints.circles.forms_people import NOTIFY_HINTS
from blueprints.circles.rooms import Room, room
from blueprints.circles.rows import post_rows, shelves
from blueprints.circles.rows_arranged import asked_topic, pin_strip, topic_chips, topics_of
from blueprints.circles.rows_unread import posts_page, rising, with_line
from blueprints.circles.rows_web import feed_of, show_circle, show_directory
from blueprints.circles.words_reasons import REASON_NAMES
from blueprints.drafts import queries as drafts
from core import hx
from core.blueprint import slot
from core.errors import Conflict, Invalid, SignInNeeded, TooMany
from core.fragments import KEY_HOLE, kept, region, still
from core.guard import limit
from core.i18n import time_zone, zone_name
from core.markup import trusted
from core.policy import Actor, admits, can, require
from core.streams import position
from core.viewer import current_actor


@bp.record_once
def _words_in_templates(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals["circle_words"] = {
        "categories": CATEGORY_NAMES, "visibilities": VISIBILITY_NAMES, "visibility_hints": VISIBILITY_HINTS,
        "join_policies": JOIN_POLICY_NAMES, "join_policy_hints": JOIN_POLICY_HINTS, "roles": ROLE_NAMES,
        "reasons": REASON_NAMES,
        "notify_hints": NOTIFY_HINTS,
    }  # fmt: skip


@bp.get("/circles/", permission="circle:list")
def index() -> Response:
    actor = current_actor()
    if not can(actor, "circle:list"):
        raise SignInNeeded
    category = request.args.get("category") if request.args.get("category") in CATEGORY_NAMES else None
    page = queries.directory(actor, category, request.args.get("before", ""))
    show_directory()
    first = not request.args.get("before")
    return hx.page(
        "circles/index.html",
        {"older": "circles/_cards.html"},
        cards=[still("circles/_card.html", circle=row._replace(active_at=0)) for row in page.rows],
        category=category,
        mine=_own_shelf(actor) if actor.signed_in and first and not category else "",
        invitations=queries.invitations(actor) if actor.signed_in and first else [],
        may_catch_up=admits(actor, "circle:belong"),
        may_found=can(actor, "circle:found"),
        older_url=page.older and url_for(".index", category=category, before=page.older),
    )


def _own_shelf(actor: Actor) -> Markup | str:
    rows = tuple(row._replace(active_at=0) for row in queries.of_member(actor, actor.member_id or 0, 12))
    new = unread.counts(actor, [row.id for row in rows])
    counted = tuple(new.get(row.id, 0) for row in rows)
    return still("circles/_shelf.html", circles=rows, unread=counted) if rows else ""


@bp.get("/circles/new", permission="circle:found")
def new() -> Response:
    require(current_actor(), "circle:found")
    return hx.page("circles/new.html", form=CircleForm())


@bp.post("/circles/", permission="circle:found")
def found() -> Response:
    actor = current_actor()
    form, status = CircleForm.posted(), 422
    if form.validate():
        try:
            limit("circle.found", actor.member_id)
            circle = actions.found_circle(actor, form.draft(), key=form.key.data or "")
            return hx.see_other(url_for(".show", slug=circle.slug), toast=_("Your circle is open."))
        except (Invalid, Conflict, TooMany) as refusal:
            form.refuse(refusal)
            form.key.data, status = hx.new_key(), refusal.status
    return hx.page("circles/new.html", {"circle-form": "circles/_form.html"}, status=status, form=form)


def tabs(here: Room, current: str) -> Markup:
    """The sections of a circle that the reader can open."""
    actor = current_actor()
    admits = can(actor, "circle:admit", here)
    return still(
        "circles/_tabs.html", slug=here.slug, members=here.member_count, reads=can(actor, "circle:read", here),
        admits=admits, waiting=queries.asked_count(here) if admits else 0, current=current,
        more=trusted("").join(slot("circles.tabs", actor, [here])[here]),
    )  # fmt: skip


def around(here: Room, current: str) -> dict[str, Any]:
    """What every page of a circle shows around its content. What a circle says about itself at length is for those who
    may read it: it tells where they meet."""
    if not can(current_actor(), "circle:read", here):
        here = replace(here, about="", about_html="", rules_html="")
    team = queries.team(current_actor(), here)
    # What its head does not show must not be in its key: members who stand alike share one.
    alike = dict.fromkeys(("joined_at", "notify", "flair_id", "rules_accepted_at", "welcomed_at", "read_post"))
    tie = here.tie._replace(waiting=0, **alike)
    shown = replace(here, seq=0, active_at=0, post_count=0, tie=tie)
    signed_in = current_actor().signed_in
    present = presence.seen_by(current_actor(), here)
    return {
        "here": here,
        "tabs": tabs(here, current),
        "team": team,
        "head": kept(
            "circles/_head.html", (shown, signed_in, present), here=shown, signed_in=signed_in, present=present
        ),
        "beside": kept(
            "circles/_context.html", (shown, tuple(team), present), here=shown, team=team, present=present
        ),
    }


@bp.get("/circles/<slug>", permission="circle:see")
def show(slug: str) -> Response:
    actor = current_actor()
    here = room(actor, slug)
    if not can(actor, "circle:read", here):
        return hx.page("circles/closed.html", **around(here, "about"))
    topic = asked_topic(here)
    if topic:
        return _of_topic(here, topic)
    before = number(request.args.get("before")) or rising(actor, here)
    page = reading.posts(actor, here, before)
    context = {
        "rows": with_line(actor, here, page.rows, post_rows(actor, here, page.rows), before),
        "older_url": page.older and url_for(".show", slug=slug, before=page.older),
        "here": here,
    }
    if before and hx.wants_fragment():
        return hx.fragment(render_template("circles/_posts.html", **context))
    show_circle(here)
    return hx.page(
        "circles/show.html",
        **context | around(here, "posts"),
        first_page=before is None,
        pins=pin_strip(actor, here) if before is None else "",
        chips=topic_chips(here, "circles.show"),
        newest=page.rows[0].id if page.rows else 0,
        newer_url=url_for(".show", slug=slug, **{"from": page.rows[0].id + 1}) if before and page.rows else None,
        **posts_page(actor, here, page.rows, newest=before is None),
        composer=drafted_composer(here) + own_waiting(here) if here.is_member else "",
    )


def _of_topic(here: Room, topic: int) -> Response:
    """What is filed under one topic, newest first."""
    actor, before = current_actor(), number(request.args.get("before"))
    page = reading.posts(actor, here, before, topic)
    context = {
        "rows": post_rows(actor, here, page.rows),
        "older_url": page.older and url_for(".show", slug=here.slug, topic=topic, before=page.older),
    }
    if before and hx.wants_fragment():
        return hx.fragment(render_template("circles/_posts.html", **context))
    chips = topic_chips(here, "circles.show", topic)
    return hx.page("circles/topic.html", **context | around(here, "posts"), chips=chips)


def composer(here: Room, **values: Any) -> dict[str, Any]:
    """What the composer of a circle shows: empty, or what was typed with what is wrong with it."""
    return {
        "key": hx.new_key(), "title": "", "body": "", "errors": {}, "topic": None, "topics": topics_of(here),
        "due": "", "poll": forms_polls.blank(), "zone": zone_name(time_zone()), "warned": False, "seen_at": "",
    } | values  # fmt: skip


def blank_composer(here: Room) -> Markup:
    empty = composer(here, key=KEY_HOLE)
    key = (here.id, here.slug, here.name, empty["topics"])
    return kept("circles/_composer.html", key, here=here, composer=empty)


def own_waiting(here: Room, *, oob: bool = False) -> Markup:
    """That something of the reader's own has not come out yet, and the way to it."""
    return still("circles/_own_waiting.html", slug=here.slug, count=here.tie.waiting, oob=oob)


def drafted_composer(here: Room) -> Markup:
    """The composer with the draft that the address names, for whoever comes from their drafts without scripts."""
    name = f"post:circle-{here.id}"
    draft = drafts.one(current_actor(), name) if request.args.get("draft") == name else None
    if draft is None:
        return blank_composer(here)
    shown = composer(here, title=draft.title, body=draft.body, seen_at=draft.changed_at)
    return region("circles/_composer.html", here=here, composer=shown)


@bp.get("/circles/<slug>/changes", permission="circle:see")
def changes(slug: str) -> Response:
    """What happened in the list of posts since the page was made (see core/streams.py)."""
    actor = current_actor()
    here = room(actor, slug)
    require(actor, "circle:read", here)  # before the position is compared, which would tell how much is going on
    presence.note(actor, here)
    since, newest = position(), number(request.args.get("newest")) or 0
    if here.seq <= since:
        return hx.unchanged()
    rows = reading.changed_posts(actor, here, since)
    return hx.fragment(
        render_template(
            "circles/_changes.html",
            here=here,
            newest=newest,
            fresh=reading.fresh_posts(actor, here, newest),
            told=number(request.args.get("told")) or 0,
            shelves=shelves(actor, here, [row for row in rows if row.id <= newest or row.author_id == actor.member_id]),
            deleted=reading.gone_posts(here, since, rows),
        )
    )


@bp.get("/circles/<slug>/about", permission="circle:see")
def about(slug: str) -> Response:
    here = room(current_actor(), slug)
    show_circle(here, ".about")
    ways = slot("circles.about", current_actor(), [here])[here]
    return hx.page("circles/about.html", feed_url=feed_of(here), ways=ways, **around(here, "about"))
