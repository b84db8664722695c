"""Pages about circles: directory, founding, the circle itself, what it is about, its settings."""

from dataclasses import replace
from typing import Any

from flask import Response, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext as _
from markupsafe import Markup

from blueprints.circles import actions, bp, queries, reading
from blueprints.circles.forms import (
    CATEGORY_NAMES,
    JOIN_POLICY_HINTS,
    JOIN_POLICY_NAMES,
    ROLE_NAMES,
    VISIBILITY_HINTS,
    VISIBILITY_NAMES,
    CircleForm,
    JoinForm,
    number,
    store_uploads,
    uploads,
)
from blueprints.circles.rooms import Room, room
from blueprints.circles.rows import post_rows, shelf
from core import hx
from core.config import LIMITS
from core.errors import Conflict, Invalid, SignInNeeded, TooMany
from core.fragments import KEY_HOLE, kept, still
from core.guard import limit
from core.policy import Actor, can, require
from core.streams import position
from core.viewer import current_actor


@bp.record_once
def _words_in_templates(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals["circle_words"] = {
        "categories": CATEGORY_NAMES, "visibilities": VISIBILITY_NAMES, "visibility_hints": VISIBILITY_HINTS,
        "join_policies": JOIN_POLICY_NAMES, "join_policy_hints": JOIN_POLICY_HINTS, "roles": ROLE_NAMES,
    }  # fmt: skip


@bp.get("/circles/", permission="circle:list")
def index() -> Response:
    actor = current_actor()
    if not can(actor, "circle:list"):
        raise SignInNeeded
    category = request.args.get("category") if request.args.get("category") in CATEGORY_NAMES else None
    page = queries.directory(actor, category, request.args.get("before", ""))
    first = not request.args.get("before")
    return hx.page(
        "circles/index.html",
        {"older": "circles/_cards.html"},
        cards=[still("circles/_card.html", circle=row._replace(active_at=0)) for row in page.rows],
        category=category,
        mine=_own_shelf(actor) if actor.signed_in and first and not category else "",
        invitations=queries.invitations(actor) if actor.signed_in and first else [],
        may_found=can(actor, "circle:found"),
        older_url=page.older and url_for(".index", category=category, before=page.older),
    )


def _own_shelf(actor: Actor) -> Markup | str:
    rows = tuple(row._replace(active_at=0) for row in queries.of_member(actor, actor.member_id or 0, 12))
    return still("circles/_shelf.html", circles=rows) if rows else ""


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
    )  # fmt: skip


def around(here: Room, current: str) -> dict[str, Any]:
    """What every page of a circle shows around its content. What a circle says about itself at length is for those who
    may read it: it tells where they meet."""
    if not can(current_actor(), "circle:read", here):
        here = replace(here, about="", about_html="")
    team = queries.team(here)
    shown = replace(here, seq=0, active_at=0, post_count=0)  # what its head does not show must not be in its key
    signed_in = current_actor().signed_in
    return {
        "here": here,
        "tabs": tabs(here, current),
        "team": team,
        "head": kept("circles/_head.html", (shown, signed_in), here=shown, signed_in=signed_in),
        "beside": kept("circles/_context.html", (shown, tuple(team)), here=shown, team=team),
    }


@bp.get("/circles/<slug>", permission="circle:see")
def show(slug: str) -> Response:
    actor = current_actor()
    here = room(actor, slug)
    if not can(actor, "circle:read", here):
        return hx.page("circles/closed.html", join_form=JoinForm(), **around(here, "about"))
    before = number(request.args.get("before"))
    page = reading.posts(actor, here, before)
    context = {
        "rows": post_rows(actor, here, page.rows),
        "older_url": page.older and url_for(".show", slug=slug, before=page.older),
        "here": here,
    }
    if before and hx.wants_fragment():
        return hx.fragment(render_template("circles/_posts.html", **context))
    people = tuple(queries.faces(here))
    return hx.page(
        "circles/show.html",
        **context | around(here, "posts"),
        newest_members=still("circles/_newest.html", people=people, more=max(0, here.member_count - len(people))),
        first_page=before is None,
        newest=page.rows[0].id if page.rows else 0,
        composer=blank_composer(here) if here.is_member else "",
    )


def composer(here: Room, **values: Any) -> dict[str, Any]:
    """What the composer of a circle shows: empty, or what was typed with what is wrong with it."""
    return {"key": hx.new_key(), "title": "", "body": "", "errors": {}} | values


def blank_composer(here: Room) -> Markup:
    empty = composer(here, key=KEY_HOLE)
    return kept("circles/_composer.html", (here.id, here.slug, here.name), here=here, composer=empty)


@bp.get("/circles/<slug>/changes", permission="circle:see")
def changes(slug: str) -> Response:
    """What happened in the list of posts since the page was made (see core/streams.py)."""
    actor = current_actor()
    here = room(actor, slug)
    require(actor, "circle:read", here)  # before the position is compared, which would tell how much is going on
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
            shelves=[shelf(actor, here, row) for row in rows if row.id <= newest or row.author_id == actor.member_id],
            deleted=reading.deleted_posts(here, since),
        )
    )


@bp.get("/circles/<slug>/about", permission="circle:see")
def about(slug: str) -> Response:
    here = room(current_actor(), slug)
    return hx.page("circles/about.html", join_form=JoinForm(), **around(here, "about"))


@bp.get("/circles/<slug>/edit", permission="circle:edit")
def edit(slug: str) -> Response:
    here = room(current_actor(), slug)
    require(current_actor(), "circle:edit", here)
    return hx.page("circles/edit.html", form=CircleForm(data=here.__dict__), here=here)


@bp.post("/circles/<slug>/edit", permission="circle:edit")
def save(slug: str) -> Response:
    actor = current_actor()
    here = room(actor, slug)
    require(actor, "circle:edit", here)
    form = CircleForm.posted()
    form.slug.data = ""
    if form.validate():
        try:
            here = actions.edit_circle(actor, here.id, form.draft())
            return hx.see_other(url_for(".about", slug=here.slug), toast=_("Saved."))
        except Invalid as refusal:
            form.refuse(refusal)
    return hx.page("circles/edit.html", {"circle-form": "circles/_form.html"}, status=422, form=form, here=here)


@bp.post("/circles/<slug>/pictures", permission="circle:edit")
def pictures(slug: str) -> Response:
    """A new picture or cover; `which` is picture or cover, `remove` takes it away."""
    actor = current_actor()
    here = room(actor, slug)
    require(actor, "circle:edit", here)
    which = request.form.get("which")
    if which not in ("picture", "cover"):
        raise Invalid("choice")
    stored = None
    if not request.form.get("remove"):
        files = uploads()
        if not files:
            raise Invalid("no_file")
        limit("picture.store", actor.member_id)
        stored = store_uploads(files, most=1)[0].stored
    actions.set_picture(actor, here.id, which, stored)
    return hx.see_other(url_for(".edit", slug=slug), toast=_("Saved."))


@bp.post("/circles/<slug>/join", permission="circle:join")
def join(slug: str) -> Response:
    actor = current_actor()
    here = room(actor, slug)
    form = JoinForm.posted()
    limit("circle.join", actor.member_id)
    try:
        if not form.validate():
            raise Invalid("too_long", field="answer", most=LIMITS["join_answer"])
        done = actions.join(actor, here.id, form.answer.data or "")
    except Invalid as refusal:
        form.refuse(refusal)
        return hx.page("circles/closed.html" if not can(actor, "circle:read", here) else "circles/about.html",
                       status=422, join_form=form, **around(here, "about"))
    said = _("Welcome to %(circle)s.", circle=here.name) if done == "joined" else _("Your request is on its way.")
    return hx.see_other(url_for(".show", slug=slug), toast=said)


@bp.post("/circles/<slug>/withdraw", permission="circle:join")
def withdraw(slug: str) -> Response:
    actions.withdraw(current_actor(), room(current_actor(), slug).id)
    return hx.see_other(url_for(".show", slug=slug), toast=_("Your request was taken back."))


@bp.post("/circles/<slug>/leave", permission="circle:leave")
def leave(slug: str) -> Response:
    here = room(current_actor(), slug)
    actions.leave(current_actor(), here.id)
    return hx.see_other(url_for(".index"), toast=_("You have left %(circle)s.", circle=here.name))


@bp.post("/circles/<slug>/decline", permission="circle:join")
def decline(slug: str) -> Response:
    actions.decline_invitation(current_actor(), room(current_actor(), slug).id)
    return hx.see_other(url_for(".index"), toast=_("Declined. Nobody is told."))
