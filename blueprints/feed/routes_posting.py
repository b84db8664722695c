"""One's own moments: writing, changing, narrowing, retiring, deleting and taking that back; and the page of each."""

from contextlib import closing
from dataclasses import replace
from os import SEEK_END
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from blueprints.circles import picturing
from blueprints.drafts import actions as drafts
from blueprints.feed import audience, bp, filming, narrowing, posting, rows_talk, seeing
from blueprints.feed.audience import NARROWER, Audience
from blueprints.feed.forms_posting import Typed, change, chosen_audience, new_moment, typed, whole
from blueprints.feed.posting import Change
from blueprints.feed.queries import Seen
from blueprints.feed.rows import dressed, moment_row, whole_moment, worded
from blueprints.feed.rows_composer import (
    DRAFT,
    begin,
    chooser,
    composer,
    failed_films,
    open_for_films,
    posted_words,
)
from core import clock, hx, video
from core.errors import BadVideo, Conflict, Gone, Invalid
from core.fragments import region
from core.guard import limit
from core.i18n import until
from core.limits import LIMITS
from core.policy import Actor
from core.uploads import store_uploads, uploads
from core.viewer import current_actor
from models import Moment

MOMENT = "/feed/posts/<int:number>"


def address(number: int) -> str:
    return url_for("feed.moment", number=number)


def seen(actor: Actor, number: int) -> Seen:
    """Raises Gone."""
    row = seeing.one(actor, number)
    if row is None:
        raise Gone
    return row


# ---- writing ------------------------------------------------------------------------------------------------


@bp.get("/feed/write", permission="moment:write")
def write_page() -> Response:
    """`shared`, such as post:12, is what is to be shown in it."""
    actor = current_actor()
    begun = begin(actor)
    shared = request.args.get("shared", "")
    return _writing(actor, Typed(**{**vars(begun), "shared": shared}) if shared else begun)


def _writing(actor: Actor, values: Typed | None = None, *, status: int = 200, **shown: Any) -> Response:
    open_for_films()
    film_error = shown.pop("film_error", "")
    films = [row for row in filming.waiting(actor) if row.state != "failed"]
    return hx.page(
        "feed/write.html", status=status, composer=composer(actor, values, **shown), failed=failed_films(actor),
        film_error=film_error, member=actor.member_id,
        may_send_film=not any(row.state in ("waiting", "ready") for row in films),
    )  # fmt: skip


@bp.post("/feed/posts", permission="moment:write")
def write() -> Response:
    """`body`, `audience`, and what else the composer holds. `media` are pictures, `video` the key of a film."""
    actor = current_actor()
    values = typed(actor)
    try:
        limit("moment.write", actor.member_id)
        new = new_moment(values, store_uploads(uploads()))
        number = posting.write(actor, new, key=values.key)
    except (Invalid, Conflict) as refusal:
        return _again(actor, values, refusal)
    drafts.discard(actor, DRAFT, whole(values.seen_at), sent=values.body)
    said = posted_words(values.audience)
    if not hx.wants_fragment():
        return hx.see_other(url_for(".index"), toast=said)
    shown = moment_row(dressed(actor, [seen(actor, number)])[0])
    next_one = chooser(actor, audience.usual(actor), audience.offered(), [], oob=True)
    ways = region("feed/_ways.html", comments_by=values.comments_by, takes_tips=True, oob=True)
    return hx.fragment(shown, next_one, ways, toast=said, events={"sent": {"key": hx.new_key()}})


def _again(actor: Actor, values: Typed, refusal: Invalid | Conflict) -> Response:
    """The same composer with what was typed and what is wrong with it."""
    field = getattr(refusal, "field", "")
    field = field if field in ("media", "video", "audience", "lasts", "comments_by", "shared") else "body"
    status = refusal.status if refusal.status == 409 else 422
    shown: dict[str, Any] = {"errors": {field: [_why(refusal)], "warned": refusal.code == "word_warned"}}
    if hx.wants_fragment():
        return hx.fragment(composer(actor, values, inline=True, **shown), status=status)
    return _writing(actor, values, status=status, **shown)


def _why(refusal: Invalid | Conflict) -> str:
    """With several pictures it matters which one it was."""
    file, why = refusal.facts.get("file"), hx.say(refusal)
    return _("“%(file)s” could not be taken. %(why)s", file=file, why=why) if file else why


# ---- films --------------------------------------------------------------------------------------------------


@bp.post("/feed/films", permission="moment:write")
def send_film() -> Response:
    """The whole film in one form, for browsers without scripts; the others send pieces (static/js/film)."""
    actor = current_actor()
    limit("video.begin", actor.member_id)
    try:
        _take_whole(actor)
    except Invalid as refusal:
        return _writing(actor, status=422, film_error=hx.say(refusal))
    return hx.see_other(url_for(".write_page"), toast=_("Sent. It is being prepared while you write."))


def _take_whole(actor: Actor) -> None:
    """Raises BadVideo."""
    sent = request.files.get("video")
    if sent is None or not sent.filename:
        raise BadVideo("no_film")
    with closing(sent):
        size = sent.stream.seek(0, SEEK_END)
        sent.stream.seek(0)
        row = video.begin(actor, filming.WAITING, actor.member_id or 0, sent.filename, size)
        for offset in range(0, size, LIMITS["video_piece_bytes"]):
            video.put(actor, row.key, offset, sent.stream.read(LIMITS["video_piece_bytes"]))


@bp.post("/feed/films/<key>/remove", permission="moment:write")
def drop_film(key: str) -> Response:
    filming.drop(current_actor(), key)
    return hx.see_other(url_for(".write_page"), toast=_("The video is gone."))


# ---- one moment ---------------------------------------------------------------------------------------------


@bp.get(MOMENT, permission="moment:see")
def moment(number: int) -> Response:
    """With its latest comments, or those before `before`."""
    return moment_page(number, whole(request.args.get("reply_to", "")))


def moment_page(number: int, reply_to: int | None = None, body: str = "") -> Response:
    """`body` is what was typed into the box beneath it."""
    actor = current_actor()
    row = seen(actor, number)
    before = whole(request.args.get("before", "")) or None
    beneath = rows_talk.beneath(actor, number, reply_to, body)
    return hx.page("feed/moment.html", seen=row, shown=whole_moment(actor, row, before), beneath=beneath)


@bp.get(f"{MOMENT}/film", permission="moment:see")
def film(number: int) -> Response:
    """Asked by an open page while the film is being prepared."""
    actor = current_actor()
    row = worded(seen(actor, number))
    if row.video and row.video.state in ("sending", "waiting"):
        return hx.unchanged()
    return hx.fragment(region("feed/_film.html", seen=row, oob=True) if row.video else "")


@bp.get(f"{MOMENT}/edit", permission="moment:change")
def edit_form(number: int) -> Response:
    row = posting.own(current_actor(), number)
    return _editor(row, Change(row.source, row.comments_by, row.takes_tips))


@bp.post(f"{MOMENT}/edit", permission="moment:change")
def edit(number: int) -> Response:
    """`body`; `media` are pictures that come; of those that are there it says what core/uploads.py reads."""
    actor, asked = current_actor(), change()
    row, files = posting.own(actor, number), uploads()
    limit("moment.write" if files else "text.render", actor.member_id)
    try:
        posting.edit(actor, number, replace(asked, pictures=store_uploads(files)), request.form.get("key", ""))
    except (Invalid, Conflict) as refusal:
        return _editor(row, asked, refusal)
    return hx.see_other(address(number), toast=_("Saved."))


def _editor(row: Moment, typed: Change, refusal: Invalid | Conflict | None = None) -> Response:
    field = getattr(refusal, "field", "")
    errors = {field if field in ("media", "comments_by") else "body": [_why(refusal)]} if refusal else {}
    return hx.page(
        "feed/edit_moment.html", {"moment-editor": "feed/_editor.html"}, status=refusal.status if refusal else 200,
        number=row.id, typed=typed, comments_by=typed.comments_by, takes_tips=typed.takes_tips, errors=errors,
        pictures=picturing.typed("moment", row.id, typed), has_film=row.video_id is not None,
    )  # fmt: skip


@bp.get(f"{MOMENT}/audience", permission="moment:change")
def narrow_form(number: int) -> Response:
    return _narrowing(number)


@bp.post(f"{MOMENT}/audience", permission="moment:change")
def narrow(number: int) -> Response:
    actor = current_actor()
    chosen = chosen_audience(actor, asked=True)
    try:
        narrowing.narrow(actor, number, chosen)
    except Invalid as refusal:
        return _narrowing(number, chosen=chosen, refusal=refusal)
    return hx.see_other(address(number), toast=_("Fewer people see it now."))


@bp.post(f"{MOMENT}/end", permission="moment:change")
def end_later(number: int) -> Response:
    """`lasts`: now, day or week."""
    actor, lasts = current_actor(), request.form.get("lasts", "")
    try:
        if lasts == "now":
            narrowing.retire(actor, number)
        else:
            narrowing.end_later(actor, number, lasts)
    except Invalid as refusal:
        return _narrowing(number, refusal=refusal)
    return hx.see_other(address(number), toast=_("Saved."))


def _narrowing(number: int, *, chosen: Audience | None = None, refusal: Invalid | None = None) -> Response:
    actor = current_actor()
    row = posting.own(actor, number)
    now_for = audience.of_moment(row)
    errors = {refusal.field: [hx.say(refusal)]} if refusal else {}
    kinds = NARROWER[now_for.kind]
    may_end = now_for.kind != "me" and (row.expires_at is None or row.expires_at > clock.now())
    return hx.page(
        "feed/narrow.html", {"narrow-form": "feed/_narrow_form.html", "end-form": "feed/_end_form.html"},
        status=422 if refusal else 200, number=number, words=dressed(actor, [seen(actor, number)])[0].audience_words,
        audience=_narrower(actor, chosen or _first(now_for), kinds, errors), may_narrow=bool(kinds) and may_end,
        may_end=may_end, ends=until(row.expires_at) if row.expires_at else "", errors=errors,
    )  # fmt: skip


def _first(now_for: Audience) -> Audience:
    """Its own kind with the lists as they are, to be changed; nothing chosen where it has none to change."""
    return now_for if now_for.kind in ("only", "except") else Audience("")


def _narrower(actor: Actor, chosen: Audience, kinds: tuple[str, ...], errors: dict[str, list[str]]) -> Markup:
    return chooser(actor, chosen, kinds, errors.get("audience", []), bare=True)


@bp.post(f"{MOMENT}/retire", permission="moment:change")
def retire(number: int) -> Response:
    narrowing.retire(current_actor(), number)
    return hx.see_other(hx.back(address(number)), toast=_("It is there for you alone now."))


@bp.post(f"{MOMENT}/delete", permission="moment:change")
def delete(number: int) -> Response:
    posting.delete(current_actor(), number)
    in_list = hx.target() == f"moment-{number}"
    undo = (url_for(".undo_delete", number=number, in_list=int(in_list) or None), _("Undo"))
    if in_list:
        return hx.fragment(region("feed/_gone.html", number=number), toast=_("Deleted."), undo=undo)
    here, own = hx.back(url_for(".index")), address(number)
    leads = url_for(".index") if f"{here}/".startswith((f"{own}/", f"{own}?")) else here
    return hx.see_other(leads, toast=_("Deleted."), undo=undo)


@bp.post(f"{MOMENT}/undo", permission="moment:change")
def undo_delete(number: int) -> Response:
    """In a list that it was taken out of (`in_list`) it comes back to its place."""
    actor = current_actor()
    posting.undo_delete(actor, number)
    if hx.wants_fragment() and "in_list" in request.args:
        shown = moment_row(dressed(actor, [seen(actor, number)])[0], back=True)
        return hx.fragment(region("feed/_back.html", number=number, shown=shown), toast=_("It is back."))
    return hx.see_other(hx.back(address(number)), toast=_("It is back."))


# ---- older ones ---------------------------------------------------------------------------------------------


def _choices() -> list[tuple[int, str]]:
    after = [(days, ngettext("After a day", "After %(num)s days", days)) for days in narrowing.RETIRE_DAYS if days]
    return [(0, _("Never, unless I say so")), *after]


@bp.get("/feed/old", permission="feed:own")
def habit() -> Response:
    return _habit(narrowing.habit(current_actor()))


def _habit(days: int, error: str = "") -> Response:
    return hx.page(
        "feed/habit.html", {"habit-form": "feed/_habit_form.html"}, status=422 if error else 200, days=days,
        choices=_choices(), error=error,
    )  # fmt: skip


@bp.post("/feed/old", permission="feed:own")
def save_habit() -> Response:
    actor, days = current_actor(), {str(days): days for days in narrowing.RETIRE_DAYS}
    try:
        narrowing.set_habit(actor, days.get(request.form.get("retire_days", ""), -1))
    except Invalid as refusal:
        return _habit(narrowing.habit(actor), hx.say(refusal))
    return hx.see_other(url_for(".habit"), toast=_("Saved."))
