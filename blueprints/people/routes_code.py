"""One's code as a picture, and what it leads to."""

from flask import Response, request, url_for
from flask_babel import gettext as _

from blueprints.people import bp, codes, friending, queries
from blueprints.people.forms_friends import AskForm
from blueprints.people.queries import Person
from blueprints.people.rows_ties import tie_region
from blueprints.people.ties import tie
from core import guard, hx, site
from core.config import current
from core.errors import Gone, Invalid
from core.markup import trusted
from core.qr_codes import qr_svg
from core.viewer import current_actor


@bp.get("/me/code", permission="friend:own")
def code() -> Response:
    actor = current_actor()
    own = codes.own_code(actor)
    address = (current().base_url or request.host_url.rstrip("/")) + url_for(".by_code", code=own)
    picture = trusted(qr_svg(address, _("QR code of your address for friends")))
    return hx.page("people/code.html", person=queries.oneself(actor), address=address, code=picture)


@bp.post("/me/code/renew", permission="friend:own")
def renew_code() -> Response:
    codes.renew_code(current_actor())
    return hx.see_other(url_for(".code"), toast=_("This is your new code. The old one leads nowhere any more."))


def _whose(code: str) -> Person:
    """Only what leads nowhere counts. Raises Gone, SignInNeeded, TooMany."""
    guard.look("link.guess")
    try:
        return codes.whose(current_actor(), code)
    except Gone:
        guard.limit("link.guess")
        raise


@bp.get("/people/code/<code>", permission="people:read")
def by_code(code: str) -> Response:
    return _code_page(_whose(code), code, AskForm())


def _code_page(seen: Person, code: str, form: AskForm, status: int = 200) -> Response:
    actor = current_actor()
    response = hx.page(
        "people/by_code.html", {f"tie-{seen.id}": "people/_ask_form.html"}, status=status, person=seen, form=form,
        url=url_for(".ask_by_code", code=code), code=code, tie=tie_region(actor, seen),
        may=tie(actor, seen.id, by_code=True).state == "open", registration=site.get("registration"),
    )  # fmt: skip
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@bp.post("/people/code/<code>", permission="friend:own")
def ask_by_code(code: str) -> Response:
    actor, seen, form = current_actor(), _whose(code), AskForm.posted()
    if form.validate():
        guard.limit("friend.ask", actor.member_id)
        try:
            friends = friending.ask(actor, seen.id, form.words.data, by_code=True)
            said = _("You are friends now.") if friends else _("Your request was sent.")
            return hx.see_other(url_for(".profile", username=seen.username), toast=said)
        except Invalid as refusal:
            form.refuse(refusal)
    return _code_page(seen, code, form, 422)
