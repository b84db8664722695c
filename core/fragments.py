"""Rendered regions, kept for as long as what they show stays the same.

The key of a kept region is everything it shows, so nothing is ever invalidated: what changes has another key.
"""

import secrets
from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Any

from flask import current_app
from jinja2 import Template
from jinja2.environment import TemplateModule
from jinja2.runtime import Context
from markupsafe import Markup

from core import guard, markup
from core.hx import new_key
from core.i18n import locale_code, time_zone

MOST = 4096
MOST_CHARS = 16_000_000
"""All kept regions together; whoever writes the longest posts there can be must not fill the memory with them."""

KEY_HOLE = f"\ue011{secrets.token_hex(16)}\ue011"
"""Hand this to a kept composer as its idempotency key; each reader gets a fresh one in its place."""

ANY_NUMBER = 10**17 + secrets.randbelow(9 * 10**17)
"""Stands for the number of a thing in a region that is the same for all things but for that number."""

_kept: OrderedDict[Hashable, tuple[str, bool]] = OrderedDict()
_chars = 0
_lock = Lock()


def region(template: str, **context: Any) -> Markup:
    """Render one region from what is handed over alone; the context of a page is made once a page, not once a row."""
    return markup.trusted(current_app.jinja_env.get_template(template).render(context))


def kept(template: str, key: Hashable, **context: Any) -> Markup:
    """Render one region, or take it from the shelf. `key` must hold everything the region shows but its language and
    time zone; it may not show anything of the viewer that is not in the key. A form's token is left open on the shelf
    and filled in for each reader."""
    full = (template, locale_code(), time_zone(), key)
    with _lock:
        found = _kept.get(full)
        if found is not None:
            _kept.move_to_end(full)
    if found is None:
        found = _render(template, context)
        _keep(full, found)
    html, has_holes = found
    return markup.trusted(_filled(html) if has_holes else html)


def _keep(full: Hashable, found: tuple[str, bool]) -> None:
    global _chars
    with _lock:
        if full in _kept:  # somebody rendered it at the same time
            return
        _kept[full] = found
        _chars += len(found[0])
        while len(_kept) > MOST or _chars > MOST_CHARS:
            _, (html, _) = _kept.popitem(last=False)
            _chars -= len(html)


def _render(template: str, context: dict[str, Any]) -> tuple[str, bool]:
    """Without the context of a page, so nothing of the viewer can get in."""
    with guard.tokens_left_open():
        html = current_app.jinja_env.get_template(template).render(context)
    return html, guard.TOKEN_HOLE in html or KEY_HOLE in html


def _filled(html: str) -> str:
    return html.replace(guard.TOKEN_HOLE, guard.csrf_token()).replace(KEY_HOLE, new_key())


def still(template: str, **context: Hashable) -> Markup:
    """A region that shows nothing but what is handed over, for everybody who reads the same language."""
    return kept(template, tuple(context.values()), **context)


def numbered(html: str, number: int) -> Markup:
    """A region that was rendered for ANY_NUMBER, for this one: rendering it costs a hundred times as much."""
    return markup.trusted(html.replace(str(ANY_NUMBER), str(number)))


class HouseTemplate(Template):
    """Macros are imported without a context throughout, so their module is made once; Jinja would compare the names
    of all globals at each import, which is a tenth of a page's time."""

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        return super()._get_default_module()


def forget() -> None:
    """Empty the shelf."""
    global _chars
    with _lock:
        _kept.clear()
        _chars = 0
