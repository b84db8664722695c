"""The front page, pages about the site, and its health."""

from collections.abc import Callable

from flask import Response, abort, current_app, jsonify, redirect, request, session, url_for
from flask_babel import gettext as _
from peewee import PeeweeException
from werkzeug.wrappers import Response as AnyResponse

from blueprints.site import bp
from blueprints.site.forms import samples
from blueprints.site.queries import has_demo_members
from core import config, hx, i18n, jobs, open_web, policy, site
from core.config import VERSION
from core.errors import Denied
from core.viewer import current_actor
from models import SiteSetting

THEMES = ("", "light", "dark")


@bp.get("/", permission="site:read")
def home() -> AnyResponse:
    """Members go on to the first place they have, visitors are told where they are."""
    actor = current_actor()
    if actor.standing is policy.Standing.SUSPENDED:
        raise Denied("suspended")
    if actor.signed_in:
        places = sorted((bp.place for bp in current_app.extensions["blueprints"] if bp.place), key=lambda p: p.order)
        for place in places:
            if policy.admits(actor, place.permission):
                return redirect(url_for(place.endpoint), 303)
    open_web.show(open_web.Card("/", site.get("name"), site.get("tagline")))
    return hx.page("site/front.html")


@bp.get("/about", permission="site:read")
def about() -> Response:
    about_it = _("About %(site)s", site=site.get("name"))
    open_web.show(open_web.Card(url_for(".about"), about_it, site.get("tagline")))
    return hx.page("site/about.html", demo=has_demo_members())


@bp.get("/offline", permission="site:read")
def offline() -> Response:
    """What a browser keeps to show when there is no connection."""
    return hx.page(
        "errors/error.html", code="offline", bare=True, title=_("You are offline"), action_url="/",
        text=_("There is no way to the site right now. What you wrote is kept on this device."),
        action_label=_("Try again"), typed=(),
    )  # fmt: skip


@bp.get("/design", permission="site:read")
def design() -> Response:
    """Every component in every state, for whoever builds pages."""
    if not config.current().dev:
        abort(404)
    return hx.page("site/design.html", **samples())


@bp.post("/preferences", permission="site:prefer")
def prefer() -> Response:
    """Language and colours of this browser; what a member has chosen in the settings goes before."""
    locale, theme = request.form.get("locale"), request.form.get("theme")
    if locale in i18n.LANGUAGES:
        session["locale"] = locale
    if theme in THEMES:
        session["theme"] = theme
    wanted = request.form.get("next")
    return hx.see_other(hx.local_path(wanted) if wanted else hx.back("/"))


@bp.get("/robots.txt", permission="site:read")
def robots() -> Response:
    closed = site.get("reading") != "everyone"
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in (("/",) if closed else NOT_FOR_ROBOTS))]
    lines += [] if closed else ["", f"Sitemap: {open_web.absolute(url_for('.sitemap'))}"]
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


NOT_FOR_ROBOTS = ("/admin/", "/search", "/settings/", "/login", "/register", "/people/")


@bp.get("/favicon.ico", permission="site:assets")
def favicon() -> AnyResponse:
    asset: Callable[[str], str] = current_app.jinja_env.globals["asset"]  # type: ignore[assignment]
    return redirect(asset("favicon.svg"), 302)


@bp.get("/up", permission="site:health")
def up() -> tuple[Response, int]:
    state = {"version": VERSION, "database": "ok", "jobs": "ok"}
    try:
        SiteSetting.select().limit(1).execute()
        if not jobs.alive():
            state["jobs"] = "no worker"
    except PeeweeException:
        state |= {"database": "unreachable", "jobs": "unknown"}
    well = state["database"] == state["jobs"] == "ok"
    return jsonify(status="ok" if well else "failing", **state), 200 if well else 503
