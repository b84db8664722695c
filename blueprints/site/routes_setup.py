"""The first visit: one page, reached by the one-time link from the console, and never again."""

from flask import Response, current_app, url_for
from flask_babel import gettext as _

from blueprints.site import bp
from blueprints.site.actions import set_up as begin
from blueprints.site.forms_setup import Setup
from core import guard, hx, i18n, links, policy, site, viewer
from core.errors import Gone, Invalid
from core.viewer import current_actor


@bp.get("/setup/<token>", permission="site:setup")
def setup(token: str) -> Response:
    _look(token)
    defaults = {**site.settings(), "locale": i18n.locale_code(), "name": ""}
    return _page(Setup(data=defaults), token)


@bp.post("/setup/<token>", permission="site:setup")
def set_up(token: str) -> Response:
    _look(token)
    form = Setup.posted()
    if not form.validate():
        return _page(form, token, 422)
    try:
        owner = begin(current_actor(), token, form.beginning())
    except Invalid as refusal:
        form.refuse(refusal)
        return _page(form, token, 422)
    current_app.extensions["set_up"] = True
    viewer.sign_in(owner)
    said = _("Your site is ready. Found the first circle, and invite people.")
    return hx.see_other(url_for("admin.index"), toast=said)


def _look(token: str) -> None:
    """A link that was used and one that never was get the same answer. Raises Gone, TooMany."""
    guard.limit("setup.address")
    if not policy.can(current_actor(), "site:setup"):
        raise Gone
    links.find("setup", token)


def _page(form: Setup, token: str, status: int = 200) -> Response:
    regions = {"setup": "site/_setup.html"}
    nowhere_yet: tuple[()] = ()
    response = hx.page("site/setup.html", regions, status=status, form=form, token=token, nav_places=nowhere_yet)
    response.headers["Cache-Control"] = "no-store"
    return response
