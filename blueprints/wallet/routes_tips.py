"""Tips: the tap, taking it back, thanking, and one's own."""

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _

from blueprints.people import queries as people
from blueprints.wallet import bp, tipping, tips
from blueprints.wallet.forms_tips import TipForm, TipsForm, typed
from blueprints.wallet.rows_tips import SUBJECTS, button_of, tip_rows
from blueprints.wallet.tipping import Given
from core import hx
from core.errors import Gone, Invalid
from core.guard import MOST_NUMBER, limit
from core.i18n import money
from core.money import currency, parse
from core.policy import Actor
from core.viewer import current_actor


@bp.post("/tips", permission="tip:give")
def tip() -> Response:
    """A tap sends `tap`, such as `post:12`, and with scripts a `key`; other programs `kind`, `id` and `key`, perhaps
    `amount` and `note`."""
    kind, number, key = _wanted()
    amount = request.form.get("amount", "").strip()
    minor = parse(amount, currency()) if amount else None
    actor = current_actor()
    note, tapped = request.form.get("note", ""), "tap" in request.form
    given = tipping.give_tip(actor, kind, number, key=key, amount=minor, note=note, tapped=tapped)
    if not hx.wants_fragment():
        return _done(hx.back("/"), given)
    shows = (hx.target() or "").startswith("tip-")
    button = button_of(tips.after(kind, number, given.tips)) if shows else ""
    return hx.fragment(button, **_thanks(given))


def _done(address: str, given: Given) -> Response:
    return hx.see_other(address, **_thanks(given))


def _wanted() -> tuple[str, int, str]:
    """The thing, and the key of the request. Raises Gone for what nothing can be."""
    form = request.form
    kind, number = form.get("kind", ""), form.get("id", "")
    if "tap" in form:
        kind, _colon, number = form["tap"].partition(":")
    if not (number.isascii() and number.isdecimal() and len(number) < 20 and int(number) <= MOST_NUMBER):
        raise Gone
    return kind, int(number), form.get("key", "")


def _thanks(given: Given) -> dict[str, Any]:
    """The toast that says how much it was, and takes it back for as long as that can be done."""
    said = _("Tip given: %(amount)s.", amount=money(given.amount, given.currency))
    undo = url_for(".undo_tip", tip=given.id), _("Undo")
    return {"toast": said, "undo": undo, "kind": "money", "until": given.until}


@bp.post("/tips/<int:tip>/undo", permission="tip:give")
def undo_tip(tip: int) -> Response:
    row = tipping.undo_tip(current_actor(), tip)
    shown = tips.after(row.subject_kind, row.subject_id, tipping.tips_of(row))
    said = _("Taken back: %(amount)s.", amount=money(row.amount, row.currency))
    return hx.changed(hx.back("/"), button_of(shown, oob=True), toast=said)


@bp.post("/tips/<int:tip>/thank", permission="tip:thank")
def thank_for_tip(tip: int) -> Response:
    actor = current_actor()
    limit("like.write", actor.member_id)
    tipping.thank(actor, tip)
    row = tips.received_one(actor, tip)
    return hx.changed(hx.back(url_for(".tips_received")), *tip_rows(actor, [row] if row else []), toast=_("Thanked."))


# ---- with a note --------------------------------------------------------------------------------------------


@bp.get("/tips/<kind>/<int:number>", permission="tip:give")
def tip_form(kind: str, number: int) -> Response:
    return _form(current_actor(), kind, number, TipForm(back=hx.back("/")))


@bp.post("/tips/<kind>/<int:number>", permission="tip:give")
def tip_with_note(kind: str, number: int) -> Response:
    actor, form = current_actor(), TipForm.posted()
    if form.validate():
        try:
            given = tipping.give_tip(
                actor, kind, number, key=form.key.data or "", amount=form.amount.minor(), note=form.note.data
            )
            return _done(hx.local_path(form.back.data or "/"), given)
        except Invalid as refusal:
            form.refuse(refusal)
    return _form(actor, kind, number, form, 422)


def _form(actor: Actor, kind: str, number: int, form: TipForm, status: int = 200) -> Response:
    author, left = tipping.look(actor, kind, number)
    form.back.data = hx.local_path(form.back.data or "/")
    name = tips.called(actor, author) or next((person.display_name for person in people.some(actor, [author])), "")
    return hx.page(
        "wallet/tip.html", {"tip-form": "wallet/_tip_form.html"}, status=status, form=form, name=name,
        url=url_for(".tip_with_note", kind=kind, number=number), subject=SUBJECTS[kind],
        left=money(left, currency().code),
    )  # fmt: skip


# ---- one's own ----------------------------------------------------------------------------------------------


@bp.get("/wallet/tips", permission="tip:own")
def tips_received() -> Response:
    actor = current_actor()
    chosen = tips.choice(actor)
    form = TipsForm(data={"takes": chosen.takes, "amount": typed(chosen.amount)})
    return _received(actor, form)


@bp.post("/wallet/tips", permission="tip:own")
def choose_tips() -> Response:
    actor, form = current_actor(), TipsForm.posted()
    limit("like.write", actor.member_id)
    try:
        tipping.choose(actor, takes=form.takes.data, amount=form.amount.minor())
    except Invalid as refusal:
        form.refuse(refusal)
        return _received(actor, form, 422)
    return hx.see_other(url_for(".tips_received"), toast=_("Saved."))


def _received(actor: Actor, form: TipsForm, status: int = 200) -> Response:
    text = request.args.get("before", "")
    before = int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
    page = tips.received(actor, before)
    rows, older = tip_rows(actor, page.rows), url_for(".tips_received", before=page.more) if page.more else None
    if before and hx.wants_fragment():
        return hx.page("wallet/_tips.html", rows=rows, older_url=older)
    return hx.page(
        "wallet/tips.html", {"tips-form": "wallet/_tips_form.html"}, status=status, rows=rows, older_url=older,
        form=form,
    )  # fmt: skip
