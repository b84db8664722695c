"""Posts: writing, reading, editing, liking, deleting and taking that back."""

from dataclasses import replace
from typing import Any

from flask import Response, render_template, request, session, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from blueprints.circles import bp, picturing, posting, presence, reactions, reading, unread
from blueprints.circles.forms import PostForm
from blueprints.circles.forms import number as whole
from blueprints.circles.forms_files import store_enclosed
from blueprints.circles.posting import PostDraft
from blueprints.circles.queries import Page
from blueprints.circles.quoting import quoted
from blueprints.circles.reading import CommentRow, PostRow
from blueprints.circles.rooms import Room, room
from blueprints.circles.routes import around, composer, own_waiting, show
from blueprints.circles.rows import comment_rows, comments_said, post_row, shelf
from blueprints.circles.rows_unread import comments_page, risen
from blueprints.circles.rows_web import show_post
from blueprints.circles.versions import versions
from blueprints.circles.wording import word
from blueprints.drafts import actions as drafts
from blueprints.drafts import queries as drafts_of
from core import hx
from core.errors import Conflict, Gone, Invalid
from core.forms import reaction
from core.fragments import KEY_HOLE, kept, region
from core.guard import limit
from core.media import PictureChanges
from core.policy import Actor, can, require
from core.streams import position
from core.uploads import picture_changes, store_uploads, uploads
from core.viewer import current_actor
from models import Pending


def address(slug: str, post: int, **more: Any) -> str:
    return url_for("circles.post", slug=slug, number=post, **more)


# ---- posts --------------------------------------------------------------------------------------------------


@bp.post("/circles/<slug>/posts/", permission="post:write")
def write(slug: str) -> Response:
    actor = current_actor()
    here = room(actor, slug)
    require(actor, "post:write", here)
    form = PostForm.posted()
    if request.form.get("preview"):
        return preview(slug)
    try:
        draft = posting.tidy(form.draft())
        limit("post.write", actor.member_id)
        pictures, papers = store_enclosed()
        made = posting.write_post(actor, here.id, draft, pictures, key=form.key.data or "", papers=papers)
    except (Invalid, Conflict) as refusal:
        return _composer_again(here, form, refusal)
    drafts.discard(actor, f"post:circle-{here.id}", form.draft_seen, sent=form.body.data or "")
    if isinstance(made, Pending):
        return kept_back(here, made)
    if not hx.wants_fragment():
        return hx.see_other(address(slug, made.id))
    shown = post_row(shelf(actor, here, reading.post(actor, here, made.id)))
    return hx.fragment(shown, toast=_("Posted."), events={"sent": {"key": hx.new_key()}})


def kept_back(here: Room, waiting: Pending) -> Response:
    """It is written, and comes out later."""
    scheduled = waiting.due_at and not waiting.held_for
    said = _("It comes out at its time.") if scheduled else _("A moderator looks at it first.")
    page, sent = url_for("circles.show", slug=here.slug), {"sent": {"key": hx.new_key()}}
    return hx.changed(page, own_waiting(room(current_actor(), here.id), oob=True), toast=said, events=sent)


def _composer_again(here: Room, form: PostForm, refusal: Invalid | Conflict) -> Response:
    """The same composer with what was typed and what is wrong with it."""
    field = getattr(refusal, "field", "")
    field = field if field in ("title", "media", "files", "topic", "due", "poll") else "body"
    again = composer(here, **form.typed(), errors={field: [_why(refusal)]}, warned=refusal.code == "word_warned")
    template = "circles/_composer.html" if hx.wants_fragment() else "circles/write.html"
    return hx.page(template, status=refusal.status if refusal.status == 409 else 422, here=here, composer=again)


def _why(refusal: Invalid | Conflict) -> str:
    """With several pictures it matters which one it was."""
    why = hx.say(refusal)
    file = refusal.facts.get("file")
    return _("“%(file)s” could not be taken. %(why)s", file=file, why=why) if file else why


@bp.get("/circles/<slug>/posts/", permission="circle:see")
def posts(slug: str) -> Response:
    """The collection's address read instead of written to: the circle's own page."""
    return show(slug)


@bp.post("/circles/<slug>/preview", permission="post:write")
def preview(slug: str) -> Response:
    """How it will look. Without JavaScript the whole composer comes back with the preview beneath."""
    actor = current_actor()
    here = room(actor, slug)
    require(actor, "post:write", here)
    limit("text.render", actor.member_id)
    form = PostForm.posted()
    try:
        html = word(actor, posting.tidy(PostDraft(form.title.data or "", form.body.data or "")).body).html
    except Invalid as refusal:
        return _composer_again(here, form, refusal)
    if hx.wants_fragment():
        return hx.fragment(render_template("circles/_preview.html", html=html))
    again = composer(here, **form.typed(), key=form.key.data or hx.new_key())
    return hx.page("circles/write.html", here=here, composer=again, preview=html)


@bp.get("/circles/<slug>/posts/<int:number>", permission="circle:see")
def post(slug: str, number: int) -> Response:
    """Which comments come first is remembered until the browser forgets it."""
    if request.args.get("order") in ("old", "new"):
        session["comments"] = request.args["order"]
    return post_page(slug, number)


def post_page(slug: str, post_id: int, *, status: int = 200, answering: dict[str, Any] | None = None) -> Response:
    """A post with its latest comments, or those before `before`; `answering` is what was typed beneath it."""
    actor, newest_first = current_actor(), order() == "new"
    here = room(actor, slug)
    row = reading.post(actor, here, post_id)
    before = whole(request.args.get("before")) or risen(actor, here, post_id)
    reply_to = top_of(here, post_id, _asked_reply())
    page = reading.comments(actor, here, post_id, before)
    if reply_to and page.rows and reply_to < page.rows[0].id:  # what is answered stands on the page
        page = reading.comments(actor, here, post_id, reply_to + 1)
    new = unread.comments(actor, here, post_id)
    first = _first_comment(actor, here, row)
    rows = [each for each in page.rows if first is None or each.id != first.id]
    answers = reading.replies(actor, here, post_id, rows) | _unfolded(actor, here, post_id)
    comments = comment_rows(actor, here, row, rows, answers, new)
    context = {
        "here": here,
        "post": row,
        "comments": comments[::-1] if newest_first else comments,
        "earlier_url": _earlier(slug, row, page),
        "newest_first": newest_first,
    }
    if before and hx.wants_fragment():
        return hx.fragment(render_template("circles/_comments.html", **context))
    may_answer = can(actor, "comment:write", here)
    shown = shelf(actor, here, row)
    show_post(here, shown)
    return hx.page(
        "circles/post.html",
        status=status,
        **context | around(here, "posts"),
        shown=post_row(shown, whole=True),
        takes_part=may_answer and (row.locked_at is None or here.is_moderator),
        pinned=_pinned(actor, here, row, first) if first else "",
        **comments_page(actor, here, row, new, page.rows, newest=not before),
        composer=answer_composer(here, row, answering, reply_to) if may_answer else "",
    )


def order() -> str:
    """`old` or `new`: which comments come first, as the reader chose last."""
    chosen = request.args.get("order") or session.get("comments")
    return "new" if chosen == "new" else "old"


def _first_comment(actor: Actor, here: Room, post: PostRow) -> CommentRow | None:
    """The comment that stands first beneath the post, unless it is gone."""
    try:
        row = reading.comment(actor, here, post.id, post.pinned_comment) if post.pinned_comment else None
    except Gone:
        return None
    return row if row and row.deleted_at is None and row.hidden_at is None else None


def _pinned(actor: Actor, here: Room, post: PostRow, first: CommentRow) -> Markup:
    return comment_rows(actor, here, post, [first], reading.replies(actor, here, post.id, [first]))[0]


def _unfolded(actor: Actor, here: Room, post_id: int) -> dict[int, list[CommentRow]]:
    """All the replies among which the one stands that the address names."""
    parent = top_of(here, post_id, request.args.get("reply") or request.args.get("from"))
    return {parent: reading.earlier_replies(actor, here, post_id, parent)} if parent else {}


def top_of(here: Room, post_id: int, text: Any) -> int | None:
    """The comment under which an answer to this one stands; None when there is no such comment."""
    comment = whole(text)
    try:
        row = reading.comment(current_actor(), here, post_id, comment) if comment else None
    except Gone:
        return None
    return (row.parent_id or row.id) if row else None


def answer(**values: Any) -> dict[str, Any]:
    """What a composer of comments shows: empty, or what was typed with what is wrong with it."""
    return {"body": "", "errors": {}, "key": hx.new_key(), "parent_id": None, "warned": False, "seen_at": ""} | {
        "newest_first": order() == "new"
    } | values


def _asked_reply() -> str | None:
    """The comment to be answered, as the address says it: by itself, or in the name of a draft."""
    return request.args.get("reply_to") or request.args.get("draft", "").rpartition(":")[2] or None


def _drafted(row: PostRow, reply_to: int | None) -> dict[str, Any] | None:
    """The draft that the address names, for whoever comes from their drafts without scripts."""
    name = f"comment:{row.id}:{reply_to or 0}"
    draft = drafts_of.one(current_actor(), name) if request.args.get("draft") == name else None
    return answer(body=draft.body, parent_id=reply_to, seen_at=draft.changed_at) if draft else None


def _quoting(here: Room, row: PostRow, reply_to: int | None) -> dict[str, Any] | None:
    """The quote that the address asks for: of a comment by its number, or of the post."""
    said = request.args.get("quote")
    comment = whole(said)
    if said != "post" and comment is None:
        return None
    try:
        return answer(body=quoted(current_actor(), here, row.id, comment), parent_id=reply_to)
    except Gone:
        return None


def answer_composer(here: Room, row: PostRow, answering: dict[str, Any] | None, reply_to: int | None) -> Markup:
    """The composer beneath a post: as it was typed, or empty."""
    if answering:
        return region("circles/_comment_composer.html", here=here, post=row, answering=answering)
    draft = _drafted(row, reply_to) or _quoting(here, row, reply_to)
    if draft:
        return region("circles/_comment_composer.html", here=here, post=row, answering=draft)
    blank = answer(key=KEY_HOLE, parent_id=reply_to)
    key = (here.slug, row.id, reply_to, blank["newest_first"])
    return kept("circles/_comment_composer.html", key, here=here, post=row, answering=blank)


def _earlier(slug: str, row: PostRow, page: Page) -> str | None:
    return address(slug, row.id, before=page.older) if page.older else None


@bp.get("/circles/<slug>/posts/<int:number>/changes", permission="circle:see")
def post_changes(slug: str, number: int) -> Response:
    """What happened to a post and its comments since the page was made (see core/streams.py)."""
    actor = current_actor()
    here = room(actor, slug)
    row = reading.post(actor, here, number)
    presence.note(actor, here)
    since = position()
    if row.seq <= since:
        return hx.unchanged()
    return hx.fragment(_changes(here, row, since))


def _changes(here: Room, row: PostRow, since: int) -> str:
    actor = current_actor()
    changed = reading.changed_comments(actor, here, row.id, since)
    fresh = sorted((each for each in changed if each.born_seq > since and not each.deleted_at), key=lambda row: row.id)
    return render_template(
        "circles/_post_changes.html",
        here=here,
        post=row,
        shown=shelf(actor, here, row),
        position=changed[-1].post_seq if len(changed) == reading.MOST_CHANGES else row.seq,
        newest_first=order() == "new",
        fresh=list(zip(fresh, comment_rows(actor, here, row, fresh, {}), strict=True)),
        altered=comments_said(actor, here, row, [each for each in changed if each.born_seq <= since], oob=True),
    )


@bp.get("/circles/<slug>/posts/<int:number>/edit", permission="post:edit")
def edit_post(slug: str, number: int) -> Response:
    actor = current_actor()
    here = room(actor, slug)
    title, body = reading.source(actor, here, number)
    return _editor(here, number, title, body, PictureChanges())


@bp.post("/circles/<slug>/posts/<int:number>/edit", permission="post:edit")
def save_post(slug: str, number: int) -> Response:
    """`media` are pictures that come; of those that are there it says what core/uploads.py reads."""
    actor = current_actor()
    here = room(actor, slug)
    reading.source(actor, here, number)
    form, asked, files = PostForm.posted(), picture_changes(), uploads()
    limit("post.write" if files else "text.render", actor.member_id)
    try:
        draft = posting.tidy(form.draft())
        pictures = replace(asked, pictures=store_uploads(files))
        posting.edit_post(actor, here.id, number, draft, pictures, key=form.key.data or "")
    except (Invalid, Conflict) as refusal:
        return _editor(here, number, form.title.data or "", form.body.data or "", asked, refusal)
    return hx.see_other(address(slug, number), toast=_("Saved."))


def _editor(
    here: Room, number: int, title: str, body: str, asked: PictureChanges, refusal: Invalid | Conflict | None = None
) -> Response:
    field = getattr(refusal, "field", "")
    errors = {field if field in ("title", "media") else "body": [_why(refusal)]} if refusal else {}
    return hx.page(
        "circles/edit_post.html", {"post-editor": "circles/_post_editor.html"}, here=here, number=number, title=title,
        body=body, pictures=picturing.typed("post", number, asked), removed=asked.removed, errors=errors,
        status=refusal.status if refusal else 200,
    )  # fmt: skip


@bp.get("/circles/<slug>/posts/<int:number>/history", permission="circle:see")
def history(slug: str, number: int) -> Response:
    actor = current_actor()
    here = room(actor, slug)
    row = reading.post(actor, here, number)
    page = versions(actor, here, number, whole(request.args.get("before")))
    older_url = page.older and url_for(".history", slug=slug, number=number, before=page.older)
    if hx.wants_fragment():
        return hx.fragment(render_template("circles/_versions.html", versions=page.rows, older_url=older_url))
    return hx.page("circles/history.html", here=here, post=row, versions=page.rows, older_url=older_url)


@bp.post("/circles/<slug>/posts/<int:number>/like", permission="post:like")
def like_post(slug: str, number: int) -> Response:
    actor = current_actor()
    here = room(actor, slug)
    limit("like.write", actor.member_id)
    reactions.like_post(actor, here.id, number, *reaction())
    row = reading.post(actor, here, number)
    region = render_template("circles/_post_tools.html", shown=shelf(actor, here, row), oob=False)
    return hx.changed(hx.back(address(slug, number)), region)


@bp.post("/circles/<slug>/posts/<int:number>/delete", permission="post:delete")
def delete_post(slug: str, number: int) -> Response:
    here = room(current_actor(), slug)
    posting.delete_post(current_actor(), here.id, number)
    undo = (url_for(".undo_post", slug=slug, number=number), _("Undo"))
    if hx.wants_fragment() and hx.target() == f"post-{number}":
        return hx.fragment("", toast=_("Deleted."), undo=undo)
    return hx.see_other(url_for(".show", slug=slug), toast=_("Deleted."), undo=undo)


@bp.post("/circles/<slug>/posts/<int:number>/undo", permission="post:delete")
def undo_post(slug: str, number: int) -> Response:
    here = room(current_actor(), slug)
    posting.undo_delete_post(current_actor(), here.id, number)
    return hx.see_other(address(slug, number), toast=_("It is back."))
