"""The cash desk and what belongs to it: orders, the limits of the site, the books, and the wallet of a member."""

from flask import Response, render_template, request, url_for
from flask_babel import gettext as _

from blueprints.wallet import books, bp, desk, desk_book, freezing, rows, statement
from blueprints.wallet.forms import COUNTS, IN_THE_FORM, Halt, Order, Reason, Rules
from blueprints.wallet.routes import asked, before, whose
from core import hx, ledger
from core.errors import Conflict, Gone, Invalid, Refusal
from core.policy import can, require
from core.viewer import current_actor

# ---- orders -------------------------------------------------------------------------------------------------


@bp.get("/wallet/desk", permission="wallet:desk")
def cash_desk() -> Response:
    wanted = request.args.get("member", "")
    return _desk_page(Order(data={"member": wanted}) if wanted else Order())


@bp.post("/wallet/desk", permission="wallet:desk")
def make_order() -> Response:
    form = Order.posted()
    try:
        if form.validate():
            made = desk.order(current_actor(), form.draft(_member(form.member.data)), form.key.data or "")
            said = _("Done.") if made.state == "done" else _("It waits for a second person at the cash desk.")
            return hx.see_other(url_for(".cash_desk"), toast=said)
    except Refusal as refusal:
        form.refuse(refusal)
    return _desk_page(form, 422)


def _member(typed: str) -> int:
    """Raises Invalid with the field."""
    try:
        return desk_book.member(current_actor(), whose(typed)).id
    except Gone:
        raise Invalid("nobody_called", field="member") from None


@bp.post("/wallet/desk/<int:number>", permission="wallet:desk")
def decide(number: int) -> Response:
    """`done` 1 carries it out, 0 refuses it; `answer` goes to the member."""
    is_done = request.form.get("done") == "1"
    try:
        desk.decide(current_actor(), number, done=is_done, answer=request.form.get("answer", ""))
    except Refusal as refusal:
        if refusal.code not in IN_THE_FORM:
            raise
        return _desk_page(Order(), 422, wrong={number: hx.say(refusal)})
    return hx.see_other(url_for(".cash_desk"), toast=_("Done.") if is_done else _("Refused."))


def _desk_page(form: Order, status: int = 200, wrong: dict[int, str] | None = None) -> Response:
    actor = current_actor()
    page = desk_book.decided(actor, before())
    older_url = page.older and url_for(".cash_desk", before=page.older)
    if hx.wants_fragment() and before() and status == 200:
        return hx.fragment(render_template("wallet/_orders.html", orders=page.rows, older_url=older_url))
    return hx.page(
        "wallet/desk.html", {"order-form": "wallet/_order_form.html"}, status=status, form=form,
        waiting=desk_book.waiting(actor), orders=page.rows, older_url=older_url, wrong=wrong or {},
        second=desk_book.second(), rules_url=_rules_url(),
    )  # fmt: skip


def _rules_url() -> str | None:
    return url_for(".rules") if can(current_actor(), "wallet:rule") else None


# ---- limits of the site -------------------------------------------------------------------------------------


@bp.get("/wallet/desk/limits", permission="wallet:rule")
def rules() -> Response:
    require(current_actor(), "wallet:rule")
    return _rules_page(Rules.as_set())


@bp.post("/wallet/desk/limits", permission="wallet:rule")
def change_rules() -> Response:
    form = Rules.posted()
    try:
        books.change_rules(current_actor(), form.values())
        return hx.see_other(url_for(".rules"), toast=_("The limits are saved."))
    except Invalid as refusal:
        form.refuse(refusal)
    return _rules_page(form, 422)


def _rules_page(form: Rules, status: int = 200) -> Response:
    return hx.page("wallet/rules.html", {"rules": "wallet/_rules_form.html"}, status=status, form=form, counts=COUNTS)


# ---- the books ----------------------------------------------------------------------------------------------


@bp.get("/wallet/desk/books", permission="wallet:desk")
def show_books() -> Response:
    return _books_page(Halt())


@bp.post("/wallet/desk/books/prove", permission="wallet:stop")
def prove() -> Response:
    books.ask_for_proof(current_actor())
    return hx.see_other(url_for(".show_books"), toast=_("The books are being proven. Reload the page in a moment."))


@bp.post("/wallet/desk/books/halt", permission="wallet:stop")
def halt() -> Response:
    form = Halt.posted()
    try:
        books.halt(current_actor(), form.why.data)
        return hx.see_other(url_for(".show_books"), toast=_("No money moves any more."))
    except Invalid as refusal:
        form.refuse(refusal)
    return _books_page(form, 422)


@bp.post("/wallet/desk/books/resume", permission="wallet:resume")
def resume() -> Response:
    try:
        books.resume(current_actor(), request.form.get("stop", type=int))
    except Conflict as refusal:
        return _books_page(Halt(), 422, problem=hx.say(refusal))
    return hx.see_other(url_for(".show_books"), toast=_("Money moves again."))


def _books_page(form: Halt, status: int = 200, problem: str = "") -> Response:
    actor = current_actor()
    return hx.page(
        "wallet/books.html", {"halt-form": "wallet/_halt_form.html"}, status=status, form=form,
        piles=books.piles(actor), postings=books.postings(), proof=books.last_proof(), stopped=books.standstill(),
        may_resume=can(actor, "wallet:resume"), problem=problem, rules_url=_rules_url(),
    )  # fmt: skip


# ---- the wallet of a member ---------------------------------------------------------------------------------


@bp.get("/wallet/of/<username>", permission="wallet:look")
def of_member(username: str) -> Response:
    return _member_page(username, Reason())


@bp.post("/wallet/of/<username>/freeze", permission="wallet:seize")
def freeze_member(username: str) -> Response:
    actor, form = current_actor(), Reason.posted()
    try:
        freezing.freeze(actor, desk_book.member(actor, whose(username)).id, form.reason.data)
        return hx.see_other(url_for(".of_member", username=username), toast=_("The wallet is frozen."))
    except Invalid as refusal:
        form.refuse(refusal)
    return _member_page(username, form, 422)


@bp.post("/wallet/of/<username>/thaw", permission="wallet:seize")
def thaw_member(username: str) -> Response:
    actor = current_actor()
    freezing.thaw(actor, desk_book.member(actor, whose(username)).id, request.form.get("since", type=int))
    return hx.see_other(url_for(".of_member", username=username), toast=_("What staff froze is open again."))


def _member_page(username: str, form: Reason, status: int = 200) -> Response:
    actor, code = current_actor(), asked()[0].code
    person = desk_book.look(actor, whose(username))
    page = statement.of_member(actor, person.id, code, before())
    older_url = page.older and url_for(".of_member", username=username, before=page.older)
    if hx.wants_fragment() and before():
        return hx.fragment(render_template("wallet/_lines.html", movements=rows.bare(page.rows), older_url=older_url))
    return hx.page(
        "wallet/of.html", status=status, person=person, form=form, movements=rows.bare(page.rows),
        older_url=older_url, code=code,
        balance=ledger.balance(ledger.member(person.id, code)), frost=freezing.frost(person.id),
        may_seize=can(actor, "wallet:seize", person.id),
    )  # fmt: skip
