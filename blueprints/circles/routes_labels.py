"""Settings of a circle that are lists of short names: its topics and its flairs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response, render_template, request, url_for
from flask_babel import gettext as _

from blueprints.circles import bp, flairs, topics
from blueprints.circles.forms import number as whole
from blueprints.circles.forms_people import FlairForm, GiverForm, TopicForm
from blueprints.circles.rooms import Room, room
from blueprints.circles.routes_settings import around_settings
from core import hx
from core.errors import Invalid
from core.limits import LIMITS
from core.plain import clean_line
from core.policy import Actor, require
from core.viewer import current_actor


@dataclass(frozen=True)
class LabelRow:
    """One name of the list as its form shows it; what was typed when it could not be taken."""

    id: int
    name: str
    hue: int | None
    errors: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kind:
    """What differs between the two lists. `name` is the one in limits and addresses."""

    name: str
    listed: Callable[[Room], tuple[Any, ...]]
    change: Callable[[Actor, int, int, str, int], None]
    move: Callable[..., None]
    remove: Callable[[Actor, int, int], None]

    def rows(self, here: Room) -> list[LabelRow]:
        return [LabelRow(each.id, each.name, getattr(each, "hue", None)) for each in self.listed(here)]

    def page_url(self, here: Room) -> str:
        return url_for(f"circles.{self.name}_settings", slug=here.slug)


def _rename_topic(actor: Actor, circle: int, number: int, name: str, hue: int) -> None:
    topics.rename_topic(actor, circle, number, name)


TOPICS = Kind("topics", topics.of_circle, _rename_topic, topics.move_topic, topics.remove_topic)
FLAIRS = Kind("flairs", flairs.of_circle, flairs.change_flair, flairs.move_flair, flairs.remove_flair)


def _own(slug: str) -> Room:
    here = room(current_actor(), slug)
    require(current_actor(), "circle:edit", here)
    return here


# ---- topics -------------------------------------------------------------------------------------------------


@bp.get("/circles/<slug>/settings/topics", permission="circle:edit")
def topics_settings(slug: str) -> Response:
    return _page(_own(slug), TOPICS, TopicForm())


@bp.post("/circles/<slug>/settings/topics", permission="circle:edit")
def add_topic(slug: str) -> Response:
    here, form = _own(slug), TopicForm.posted()
    return _add(here, TOPICS, form, lambda: topics.add_topic(current_actor(), here.id, form.name.data))


@bp.post("/circles/<slug>/settings/topics/<int:number>", permission="circle:edit")
def change_topic(slug: str, number: int) -> Response:
    return _change(_own(slug), TOPICS, number)


# ---- flairs -------------------------------------------------------------------------------------------------


@bp.get("/circles/<slug>/settings/flairs", permission="circle:edit")
def flairs_settings(slug: str) -> Response:
    return _page(_own(slug), FLAIRS, FlairForm())


@bp.post("/circles/<slug>/settings/flairs", permission="circle:edit")
def add_flair(slug: str) -> Response:
    here, form = _own(slug), FlairForm.posted()
    hue = form.hue.data if form.hue.data is not None else -1
    return _add(here, FLAIRS, form, lambda: flairs.add_flair(current_actor(), here.id, form.name.data, hue))


@bp.post("/circles/<slug>/settings/flairs/<int:number>", permission="circle:edit")
def change_flair(slug: str, number: int) -> Response:
    return _change(_own(slug), FLAIRS, number)


@bp.post("/circles/<slug>/settings/flairs/by", permission="circle:edit")
def set_flair_giver(slug: str) -> Response:
    here = _own(slug)
    flairs.set_giver(current_actor(), here.id, request.form.get("flair_by", ""))
    return hx.see_other(FLAIRS.page_url(here), toast=_("Saved."))


# ---- what both do -------------------------------------------------------------------------------------------


def _add(here: Room, kind: Kind, form: TopicForm | FlairForm, add: Callable[[], int]) -> Response:
    if form.validate():
        try:
            add()
            return hx.see_other(kind.page_url(here), toast=_("Added."))
        except Invalid as refusal:
            form.refuse(refusal)
    return _page(here, kind, form, status=422)


def _change(here: Room, kind: Kind, number: int) -> Response:
    """`do` is up, down or remove; without it, the name and colour of the form are taken."""
    actor, done = current_actor(), request.form.get("do", "")
    if done in ("up", "down"):
        kind.move(actor, here.id, number, up=done == "up")
    elif done == "remove":
        kind.remove(actor, here.id, number)
    else:
        return _save(here, kind, number)
    said = _("Deleted.") if done == "remove" else None
    listed = render_template("circles/_labels.html", kind=kind.name, slug=here.slug, rows=kind.rows(here))
    return hx.changed(kind.page_url(here), listed, toast=said)


def _save(here: Room, kind: Kind, number: int) -> Response:
    name, hue = clean_line(request.form.get("name", "")), whole(request.form.get("hue"))
    typed = LabelRow(number, name, hue)
    try:
        kind.change(current_actor(), here.id, number, name, -1 if hue is None else hue)
    except Invalid as refusal:
        typed = LabelRow(number, name, hue, (hx.say(refusal),))
        if not hx.wants_fragment():
            return _page(here, kind, FlairForm() if kind is FLAIRS else TopicForm(), typed=typed, status=422)
        form = render_template("circles/_label_form.html", kind=kind.name, slug=here.slug, row=typed)
        return hx.fragment(form, status=422)
    row = render_template("circles/_label.html", kind=kind.name, slug=here.slug, row=typed)
    return hx.changed(kind.page_url(here), row, toast=_("Saved."))


def _page(
    here: Room, kind: Kind, form: TopicForm | FlairForm, *, typed: LabelRow | None = None, status: int = 200
) -> Response:
    rows = [typed if typed and typed.id == row.id else row for row in kind.rows(here)]
    giver = GiverForm(data={"flair_by": here.flair_by}) if kind is FLAIRS else None
    return hx.page(
        "circles/labels.html", {"add-label": "circles/_add_label.html"}, status=status, form=form, kind=kind.name,
        rows=rows, slug=here.slug, giver=giver, most=LIMITS[kind.name],
        **around_settings(here, f"circles.{kind.name}_settings"),
    )  # fmt: skip
