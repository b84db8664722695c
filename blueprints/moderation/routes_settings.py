"""What a circle watches for, set by its owners."""

from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _

from blueprints.circles.rooms import Room, room
from blueprints.moderation import bp, watching
from blueprints.moderation.forms import ReasonsForm, ScreeningForm, WordsForm, reason_name
from blueprints.moderation.reasons import DEFAULTS
from core import hx
from core.blueprint import slot
from core.errors import Invalid
from core.markup import trusted
from core.policy import require
from core.viewer import current_actor

PATH = "/circles/<slug>/settings/moderation"
REGIONS = {
    "screening-form": "moderation/_screening_form.html", "words-form": "moderation/_words_form.html",
    "reasons-form": "moderation/_reasons_form.html",
}  # fmt: skip


@bp.get(PATH, permission="circle:screen")
def screening(slug: str) -> Response:
    return _page(_own(slug))


def _own(slug: str) -> Room:
    here = room(current_actor(), slug)
    require(current_actor(), "circle:screen", here)
    return here


def _page(here: Room, status: int = 200, **forms: Any) -> Response:
    actor = current_actor()
    reasons = watching.own_reasons(actor, here.id)
    shown: dict[str, Any] = {
        "form": ScreeningForm(data=watching.screen_for(actor, here.id)._asdict()),
        "words_form": WordsForm(), "reasons_form": ReasonsForm(data={"reasons": "\n".join(reasons)}),
        "settings_nav": trusted("".join(slot("moderation.settings", actor, [here])[here])),
    }  # fmt: skip
    return hx.page(
        "moderation/settings.html", REGIONS, status=status, here=here, watched=watching.words_of(actor, here.id),
        ours=[reason_name(code) for code in DEFAULTS], **shown | forms,
    )  # fmt: skip


def _saved(here: Room, toast: str) -> Response:
    return hx.see_other(url_for(".screening", slug=here.slug), toast=toast)


@bp.post(PATH, permission="circle:screen")
def set_screening(slug: str) -> Response:
    here, form = _own(slug), ScreeningForm.posted()
    if form.validate():
        try:
            watching.set_screening(current_actor(), here.id, form.screen())
            return _saved(here, _("Saved."))
        except Invalid as refusal:
            form.refuse(refusal)
    return _page(here, 422, form=form)


@bp.post(f"{PATH}/words", permission="circle:screen")
def watch(slug: str) -> Response:
    here, form = _own(slug), WordsForm.posted()
    if form.validate():
        try:
            watching.watch(current_actor(), here.id, form.words.data or "", form.action.data)
            return _saved(here, _("Saved."))
        except Invalid as refusal:
            form.refuse(refusal)
    return _page(here, 422, words_form=form)


@bp.post(f"{PATH}/words/<int:number>/remove", permission="circle:screen")
def unwatch(slug: str, number: int) -> Response:
    here = _own(slug)
    watching.unwatch(current_actor(), here.id, number)
    return hx.changed(url_for(".screening", slug=slug), "", toast=_("Removed."))


@bp.post(f"{PATH}/reasons", permission="circle:screen")
def set_reasons(slug: str) -> Response:
    here, form = _own(slug), ReasonsForm.posted()
    try:
        watching.set_reasons(current_actor(), here.id, form.reasons.data or "")
        return _saved(here, _("Saved."))
    except Invalid as refusal:
        form.refuse(refusal)
    return _page(here, 422, reasons_form=form)
