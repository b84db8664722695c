"""What others may find and show of the site: cards of the pages that visitors may read, and the list of these pages.

A page says that it is public by giving its card; every other page is kept out of search engines.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from flask import Flask, Response, g, request

from core import config, site
from core.i18n import LANGUAGES, locale_code


@dataclass(frozen=True)
class Card:
    """A public page as others show it. `path` is its one address, without what only turns its leaves; `picture` and
    `feed` are paths. `kind` is website, article or profile."""

    path: str
    title: str
    text: str
    kind: str = "website"
    picture: str | None = None
    feed: str | None = None
    written_at: int | None = None


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(web_card=card, web_locale=lambda: LANGUAGES[locale_code()][:2] + _country())
    app.jinja_env.filters["absolute"] = absolute
    app.after_request(_keep_out)


def _country() -> str:
    return {"zh-Hans": "_CN", "zh-Hant": "_TW"}.get(locale_code(), "_US")


def absolute(path: str) -> str:
    """The whole address of a path on this site, for those who read it elsewhere."""
    return (config.current().base_url or request.host_url.rstrip("/")) + path


def is_open() -> bool:
    """Whether visitors may read what is public here."""
    return site.get("reading") == "everyone"


def show(shown: Card) -> None:
    """This answer is public: search engines may keep it, and others may show its card."""
    if is_open():
        g.web_card = shown


def card() -> Card | None:
    found: Card | None = g.get("web_card")
    return found


def _keep_out(response: Response) -> Response:
    """Also where a page carries no head: fragments, and answers that are not pages."""
    if response.mimetype == "text/html" and (response.status_code != 200 or card() is None):
        response.headers["X-Robots-Tag"] = "noindex"
    return response


# ---- the list of all public pages ---------------------------------------------------------------------------

MOST_ADDRESSES = 50_000
"""As many as one file may hold, see sitemaps.org."""

Address = tuple[str, int]
"""Path, and when it last changed (ms since 1970)."""


@dataclass(frozen=True)
class Listing:
    """`leaves()` says how many files there are, `addresses(leaf)` yields what stands in one, from 0."""

    leaves: Callable[[], int]
    addresses: Callable[[int], Iterator[Address]]


_listings: dict[str, Listing] = {}


def lists(name: str, leaves: Callable[[], int], addresses: Callable[[int], Iterator[Address]]) -> None:
    """Put a feature's public pages on the site's map, under a name of letters only."""
    _listings[name] = Listing(leaves, addresses)


def listings() -> dict[str, Listing]:
    return dict(sorted(_listings.items()))
