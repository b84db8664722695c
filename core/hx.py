"""htmx: page or region, 303 or fragment, 422 with the same form. The only importer of htmx-flask.

Also the one place where refusals become HTTP: their words come from each blueprint's `words.py`.
"""

import secrets
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from flask import (
    Flask,
    Response,
    current_app,
    flash,
    g,
    get_flashed_messages,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import LazyString, gettext
from htmx_flask import Htmx
from htmx_flask import make_response as htmx_response
from htmx_flask.requests import HtmxAwareRequest, HtmxHeaders
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.urls import iri_to_uri

from core import clock, guard, i18n, viewer
from core.errors import Refusal
from core.plain import is_secret, reads_as_text

EARLIER_MS = 500
"""A toast goes so much earlier than what it offers: the answer that brings it is on its way for a while."""


class HxHeaders(HtmxHeaders):
    @cached_property
    def wants_fragment(self) -> bool:
        """A part of a page was asked for, not a page that htmx happens to fetch."""
        return bool(self) and not self.boosted and not self.history_restore_request


class HxRequest(HtmxAwareRequest):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.htmx = HxHeaders(self.headers)


def init_app(app: Flask) -> None:
    Htmx(app)
    app.request_class = HxRequest
    app.after_request(_vary)


def _vary(response: Response) -> Response:
    if response.mimetype == "text/html":
        response.headers["Vary"] = "HX-Request, HX-Target, Cookie, Accept-Language, Accept-Encoding"
        if wants_fragment() or "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "private, no-store" if wants_fragment() else "private, no-cache"
    return response


def wants_fragment() -> bool:
    headers: HxHeaders = request.htmx  # type: ignore[attr-defined]
    return headers.wants_fragment


def target() -> str | None:
    """Id of the element that htmx will put the answer into; None without htmx."""
    return request.htmx.target if wants_fragment() else None  # type: ignore[attr-defined]


# ---- answers ------------------------------------------------------------------------------------------------


def page(template: str, regions: Mapping[str, str] | None = None, /, *, status: int = 200, **context: Any) -> Response:
    """A whole page, or only the region that htmx asked for: `regions` maps element ids to their templates."""
    wanted = target()
    if wanted and regions and wanted in regions:
        template = regions[wanted]
    return htmx_response(render_template(template, **context), status)


def fragment(
    *parts: str,
    status: int = 200,
    toast: str | LazyString | None = None,
    undo: tuple[str, str] | None = None,
    kind: str = "info",
    until: int | None = None,
    reswap: str | None = None,
    retarget: str | None = None,
    push_url: str | None = None,
    events: Mapping[str, Any] | None = None,
) -> Response:
    """Rendered regions, one after the other. `toast` is said in the live region; `undo` is (address, label), and
    holds until `until` (ms since 1970)."""
    trigger = dict(events or {})
    if toast:
        trigger["toast"] = _timed(_toast(toast, undo, kind, until))
    response = htmx_response("".join(parts), status, trigger=trigger or None, retarget=retarget, push_url=push_url)
    if reswap:  # set by hand: htmx-flask 0.1.0 refuses beforebegin, afterbegin and every modifier
        response.headers["HX-Reswap"] = reswap
    return response


def _toast(
    text: str | LazyString, undo: tuple[str, str] | None = None, kind: str = "info", until: int | None = None
) -> dict[str, Any]:
    said: dict[str, Any] = {"text": str(text), "kind": kind}
    if undo:
        said["undo"] = {"url": undo[0], "label": str(undo[1])}
        if until:
            said["until"] = until
    return said


def _timed(said: dict[str, Any]) -> dict[str, Any]:
    """For a toast that is about to be shown: how long it stays (ms), when it offers what ends by itself. It goes a
    little earlier than that, and offers nothing that is over."""
    if "until" not in said:
        return said
    left = said["until"] - clock.now() - EARLIER_MS
    return {name: value for name, value in said.items() if name not in ("until", "undo")} | (
        {"undo": said["undo"], "stay": left} if left > 0 else {}
    )


def see_other(
    address: str,
    *,
    toast: str | LazyString | None = None,
    undo: tuple[str, str] | None = None,
    kind: str = "info",
    until: int | None = None,
) -> Response:
    """On to another page: 303 for a plain form, HX-Redirect for htmx. The toast is said there."""
    if toast:
        flash(_toast(toast, undo, kind, until))  # type: ignore[arg-type]
    if wants_fragment():
        return htmx_response("", 200, redirect=iri_to_uri(address))  # a header takes no letters beyond Latin ones
    return redirect(address, 303)  # type: ignore[return-value]


def changed(address: str, *parts: str, **options: Any) -> Response:
    """After a change: the fragments for htmx, 303 to the page for a plain form."""
    if wants_fragment():
        return fragment(*parts, **options)
    return see_other(address, toast=options.get("toast"), undo=options.get("undo"))


def unchanged() -> Response:
    """Nothing new: htmx leaves the page as it is."""
    return Response(status=204)


def new_key() -> str:
    """A fresh idempotency key for a form that creates something."""
    return secrets.token_urlsafe(12)


# ---- refusals -----------------------------------------------------------------------------------------------

Answer = Callable[[Refusal], Response | None]

_words: dict[str, LazyString] = {}
_answers: dict[str, Answer] = {}


def answers(code: str) -> Callable[[Answer], Answer]:
    """Give refusals of this code a page of their own; None from the function leaves the designed error page."""

    def register(function: Answer) -> Answer:
        _answers[code] = function
        return function

    return register


def words(sentences: Mapping[str, LazyString]) -> None:
    """Word refusal codes; a sentence may use the facts of the refusal as named placeholders. `title_<code>` heads its
    page where the title of the status would not fit."""
    for code, sentence in sentences.items():
        if code in _words and _words[code] is not sentence:
            raise ValueError(f"refusal {code} is worded twice")
        _words[code] = sentence


def say(refusal: Refusal) -> str:
    """The refusal in the reader's language."""
    sentence = _words.get(refusal.code) or _words.get(f"http_{refusal.status}") or _words["http_400"]
    facts = {name: value for name, value in refusal.facts.items() if isinstance(value, str | int)}
    try:
        return str(sentence) % facts
    except (KeyError, ValueError):
        return str(_words.get(f"http_{refusal.status}", _words["http_400"]))


def refusal_answer(refusal: Refusal) -> Response:
    """The page made for this code, or the designed one; for htmx the status with the sentence as a toast."""
    status, text = refusal.status, say(refusal)
    if wants_fragment():
        if status == 401:
            back = request.headers.get("HX-Current-URL", "")
            return htmx_response("", 401, redirect=url_for("accounts.login", next=local_path(back)))
        return htmx_response("", status, trigger={"toast": _toast(text, kind="error")})
    own = _answers.get(refusal.code)
    title = str(_words.get(f"title_{refusal.code}") or "")
    response = (own(refusal) if own else None) or error_page(status, text, title=title)
    if status == 429:
        response.headers["Retry-After"] = str(refusal.facts.get("retry_after", 60))
    return response


def error_page(
    status: int, text: str = "", *, title: str = "", bare: bool = False, way: tuple[str, str] | None = None
) -> Response:
    """One designed page for every error. `bare` asks nothing of the database; `way` is where the page leads on, as
    address and label, when the status does not say it."""
    if bare:
        g.bare = True
        viewer.look_away()
        i18n.guess()
    heading = title or _words.get(f"title_{status}") or _words["title_400" if status < 500 else "title_500"]
    sentence = text or str(_words.get(f"http_{status}") or _words["http_400" if status < 500 else "http_500"])
    address, label = way or _way_on(status)
    body = render_template(
        "errors/error.html", code=status, title=heading, text=sentence, bare=bare,
        action_url=address, action_label=label, typed=typed(),
    )  # fmt: skip
    response = Response(body, status, mimetype="text/html")
    response.headers["Cache-Control"] = "no-store"
    return response


_NOT_TYPED = frozenset(("csrf_token", "key", "next"))


def typed() -> list[str]:
    """What somebody wrote into a form that could not be taken, to be shown once more: whoever may not send it can copy
    it. Nothing that another site made the browser send, no password and no PIN."""
    if request.method != "POST":
        return []
    try:
        fields = list(request.form.items(multi=True)) if guard.carries_token() else []
    except HTTPException:  # larger than we take, or cut off on the way
        return []
    return [
        value
        for name, value in fields
        if name not in _NOT_TYPED and not is_secret(name) and reads_as_text(value)
    ]


def _way_on(status: int) -> tuple[str, str]:
    """Where a reader of an error page can go: sign in, try once more, back to the page that sent them, or home."""
    if status == 401:
        wanted = request.full_path.rstrip("?") if request.method == "GET" else back("/")
        return url_for("accounts.login", next=local_path(wanted)), gettext("Sign in")
    if status in (429, 500, 503) and request.method == "GET":
        return local_path(request.full_path.rstrip("?")), gettext("Try again")
    sent_from = back("/") if request.method == "POST" else "/"
    if sent_from != "/":
        return sent_from, gettext("Back to the page")
    return "/", gettext("To the front page")


def local_path(address: str, otherwise: str = "/") -> str:
    """The path of an address on this site, safe to go back to; `otherwise` when it leads elsewhere."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return otherwise
    if (parts.netloc and parts.netloc != request.host) or parts.scheme not in ("", "http", "https"):
        return otherwise
    path = parts.path or "/"
    if not path.startswith("/") or path.startswith(("//", "/\\")):
        return otherwise
    return path + (f"?{parts.query}" if parts.query else "")


def back(otherwise: str) -> str:
    """The page that a plain form was sent from, so that acting in a list leads back to the list. The answer to a form
    that was not taken has an address too, but often one that can only be written to."""
    path = local_path(request.referrer, "") if request.referrer else ""
    return path if path and _can_be_read(path) else otherwise


def _can_be_read(path: str) -> bool:
    routes = current_app.create_url_adapter(request)
    try:
        return routes is not None and bool(routes.match(urlsplit(path).path, method="GET"))
    except RequestRedirect:
        return True
    except HTTPException:
        return False


def toasts() -> list[dict[str, Any]]:
    """What was said by the request before, for base.html."""
    if "said" not in g:
        g.said = [{"undo": None, "stay": None} | _timed(each) for each in get_flashed_messages()]  # type: ignore[arg-type]
    said: list[dict[str, Any]] = g.said
    return said
