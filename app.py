"""create_app(): one way to start for the web server, the job worker, the commands and the tests."""

import logging
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from flask import Flask, g, request, session, url_for
from jinja2 import StrictUndefined

import blueprints
from core import (
    assets,
    cli,
    compress,
    config,
    db,
    fragments,
    guard,
    hx,
    i18n,
    jobs,
    markup,
    notices,
    open_web,
    policy,
    site,
    stream_answer,
    streams,
    viewer,
)
from core.blueprint import Place, has_unread, slot
from core.limits import LIMITS


class Site(Flask):
    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """No function here is a coroutine; Flask would ask that of fourteen for each request."""
        return func


def create_app(environ: Mapping[str, str] | None = None) -> Flask:
    """Raises config.BadSetting for a setting that cannot be read, LookupError for a route without a permission."""
    settings = config.load(environ)
    secrets = config.ensure_data_folder(settings.data)
    config.use(settings, secrets["secret_key"])
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")

    app = Site(__name__, static_folder=None)
    app.secret_key = config.secret("cookies")
    app.config.update(TEMPLATES_AUTO_RELOAD=settings.dev)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.template_class = fragments.HouseTemplate
    app.jinja_env.globals["still"] = fragments.still
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters["trusted"] = markup.trusted

    db.open_database(settings)
    jobs.open_queue(settings, around=_in_context(app))
    hx.init_app(app)
    viewer.init_app(app, settings)
    i18n.init_app(app)
    open_web.init_app(app)
    compress.init_app(app)
    streams.init_app(app)
    stream_answer.init_app(app)
    guard.init_app(app, settings)
    assets.Assets(app, dev=settings.dev)
    ordered = blueprints.load(app, settings.blueprints)
    app.extensions["blueprints"] = ordered
    guard.check_routes(app)
    cli.init_app(app)
    _page_context(app, settings)
    app.teardown_request(_release)
    return app


def _release(_error: BaseException | None) -> None:
    """A request that is played inside another one (core/streams.py) leaves the connection to that one."""
    if not g.get("inside_another"):
        db.release()


def _in_context(app: Flask) -> Callable[[Callable[[], None]], None]:
    def around(work: Callable[[], None]) -> None:
        with app.app_context():
            work()

    return around


def _page_context(app: Flask, settings: config.Config) -> None:
    places = sorted((bp.place for bp in app.extensions["blueprints"] if bp.place), key=lambda place: place.order)
    app.jinja_env.globals.update(
        limits=LIMITS,
        version=config.VERSION,
        dev=settings.dev,
        languages=i18n.LANGUAGE_NAMES,
        new_key=hx.new_key,
    )

    @app.context_processor
    def context() -> dict[str, object]:
        if g.get("bare"):
            return {"theme": session.get("theme", ""), "locale": i18n.locale_code()}
        actor = viewer.current_actor()
        return {
            "actor": actor,
            "viewer": viewer.current_user,
            "theme": viewer.current_user.theme or session.get("theme", ""),
            "nav_places": tuple(place_here(place) for place in places if policy.can(actor, place.permission)),
            "toasts": hx.toasts,
            "locale": i18n.locale_code(),
            "site": site.settings(),
            "slot": lambda name, things: slot(name, actor, things),
            "unseen": lambda: _unseen(actor),
        }


def _unseen(actor: policy.Actor) -> int | None:
    """What the bell says: asked by whole pages only; None for somebody who has none."""
    return notices.unseen(actor.member_id or 0) if policy.admits(actor, "notice:read") else None


class PlaceHere(NamedTuple):
    """A place of the navigation as base.html takes it."""

    url: str
    icon: str
    label: str
    current: bool
    unread: bool


def place_here(place: Place) -> PlaceHere:
    here = request.blueprint in (place.endpoint.partition(".")[0], *place.covers)
    if request.endpoint in place.about:
        here = (request.view_args or {}).get("username") == viewer.current_user.username
    unread = not hx.wants_fragment() and has_unread(viewer.current_actor(), place)
    return _place(place, i18n.locale_code(), here, unread, request.script_root)


@lru_cache(maxsize=256)
def _place(place: Place, _language: str, current: bool, unread: bool, _root: str) -> PlaceHere:
    return PlaceHere(url_for(place.endpoint), place.icon, str(place.label), current=current, unread=unread)
