"""Verbs on posts. Text becomes HTML and pictures become files before the transaction, never inside it."""

from dataclasses import dataclass, replace
from typing import Any

from blueprints.circles import cards, events, picturing, polls, sharing, topics
from blueprints.circles.files import NewFile
from blueprints.circles.gate import live_post
from blueprints.circles.picturing import Enclosed
from blueprints.circles.polls import PollDraft
from blueprints.circles.publishing import Content, changed, count_attached, keep, publish_post
from blueprints.circles.rooms import Room, room
from blueprints.circles.screening import screen, screen_edit, tell_hidden
from blueprints.circles.wording import Wording, word
from core import audit, clock, markup
from core.db import atomic
from core.errors import Conflict, Gone, Invalid
from core.limits import LIMITS
from core.media import NewPicture, PictureChanges
from core.once import once
from core.plain import clean_body, clean_line
from core.policy import Actor, can, require
from core.signals import announce
from models import Circle, Pending, Post, PostRevision


@dataclass(frozen=True)
class PostDraft:
    """`topic` and `shared` are ids, `due_at` is when it is to be published (ms since 1970; None: now). `insists` sends
    it in spite of a warning."""

    title: str
    body: str
    topic: int | None = None
    poll: PollDraft | None = None
    shared: int | None = None
    due_at: int | None = None
    insists: bool = False


def tidy(draft: PostDraft) -> PostDraft:
    """What can be kept of a draft. Raises Invalid with the field that needs another look."""
    poll = polls.check(draft.poll, starts_at=draft.due_at)
    clean = replace(draft, title=clean_line(draft.title), body=clean_body(draft.body), poll=poll)
    if len(clean.title) > LIMITS["post_title"]:
        raise Invalid("too_long", field="title", most=LIMITS["post_title"])
    if len(clean.body.encode()) > LIMITS["post_bytes"]:
        raise Invalid("too_long_bytes", field="body", most=LIMITS["post_bytes"] // 1024)
    return clean


def write_post(
    actor: Actor, circle: int, draft: PostDraft, pictures: list[NewPicture] | None = None, key: str = "",
    papers: list[NewFile] | None = None,
) -> Post | Pending:
    """The post, or what waits: it is for later, or a moderator looks first. Raises Denied, Gone, Invalid, Conflict,
    TooMany. What lies on disk of pictures and papers (files.py) is removed again when nothing was made."""
    new = Enclosed(pictures or [], papers or [])
    made = False
    try:
        number, made = _write(actor, circle, draft, new, key)
    finally:
        if not made:
            new.discard()
    return made_of(number)


def made_of(number: int) -> Post | Pending:
    """What `once` remembers of a post: its id, or less than zero when it was kept back. Raises Conflict when that has
    been decided about since."""
    row: Post | Pending | None = Post.get_or_none(Post.id == number) if number > 0 else None
    row = row or (Pending.get_or_none(Pending.id == -number) if number < 0 else None)
    if row is None:
        raise Conflict("already_sent")
    return row


def _write(actor: Actor, circle: int, draft: PostDraft, new: Enclosed, key: str) -> tuple[int, bool]:
    clean = tidy(draft)
    if not clean.body.strip() and not new and not clean.poll and not clean.shared:
        raise Invalid("post_empty", field="body")
    if len(new.pictures) > LIMITS["pictures_per_post"]:
        raise Invalid("too_many_pictures", field="media", most=LIMITS["pictures_per_post"])
    if len(new.papers) > LIMITS["files_per_post"]:
        raise Invalid("too_many_files", field="files", most=LIMITS["files_per_post"])
    wording = word(actor, clean.body)

    def make() -> int:
        here = room(actor, circle)
        require(actor, "post:write", here)
        _check_place(here, clean)
        return _publish_or_keep(actor, here, clean, wording, new)

    content = [circle, vars(clean), new.content()]
    return once(f"member:{actor.member_id}", key, "post.write", content, make)


def _check_place(here: Room, draft: PostDraft) -> None:
    """Raises Invalid for a topic of somewhere else and for a moment that is too near or too far."""
    if draft.topic is not None and draft.topic not in {row.id for row in topics.of_circle(here)}:
        raise Invalid("topic_gone", field="topic")
    if draft.due_at is not None:
        check_moment(draft.due_at)


def check_moment(due_at: int) -> None:
    """Raises Invalid unless a post may be published then (ms since 1970)."""
    ahead = due_at - clock.now()
    if not LIMITS["schedule_min_seconds"] * 1000 <= ahead <= LIMITS["schedule_max_seconds"] * 1000:
        raise Invalid("due_range", field="due", fewest=LIMITS["schedule_min_seconds"] // 60)


def _publish_or_keep(actor: Actor, here: Room, draft: PostDraft, wording: Wording, new: Enclosed) -> int:
    """The id of the post, or less than zero for what is kept back."""
    shared = sharing.checked(actor, here, draft.shared)
    seen = (*(draft.poll.options if draft.poll else ()), *new.words())
    verdict = screen(actor, here, "post", draft.title, wording, beside="\n".join(seen), insists=draft.insists)
    content = Content(
        here.id, actor.member_id or 0, draft.title, wording, topic=draft.topic, poll=draft.poll, shared=shared,
        hidden=verdict.hides,
    )  # fmt: skip
    if verdict.held_for or draft.due_at:
        pending = keep(content, held_for=verdict.held_for, note=verdict.note, due_at=draft.due_at)
        new.attach(actor, "pending", pending)
        return -pending
    post = publish_post(content)
    tell_hidden(verdict, here, "post", post, content.author)
    if new:
        new.attach(actor, "post", post)
        count_attached(post)
    return post


def edit_post(
    actor: Actor, circle: int, post: int, draft: PostDraft, asked: PictureChanges | None = None, key: str = ""
) -> None:
    """Its words, and its pictures as `asked`. What it said before is kept as a revision, and so is that its pictures
    were changed. Saying the same again changes nothing. A form with new pictures that is sent twice with one key adds
    them once. Raises Denied, Gone, Invalid, Conflict; what lies on disk of new pictures is removed again when they were
    not taken."""
    asked = asked or PictureChanges()
    new, made = Enclosed(asked.pictures, []), False
    try:
        clean = tidy(draft)
        wording = word(actor, clean.body)
        content = [circle, post, vars(clean), asked.removed, asked.shows, asked.order, new.content()]
        _post, made = once(
            f"member:{actor.member_id}", key if new else "", "post.edit", content,
            lambda: _edit(actor, circle, post, clean, wording, asked),
        )  # fmt: skip
    finally:
        if not made:
            new.discard()


def _edit(actor: Actor, circle: int, post: int, clean: PostDraft, wording: Wording, asked: PictureChanges) -> int:
    picturing.take_turn("post", post)
    here, row = live_post(actor, circle, post)
    require(actor, "post:edit", (here, row.author_id))
    pictures = picturing.plan("post", row, asked)
    if not clean.body.strip() and not (pictures.count or row.file_count or row.has_poll or row.shared_id):
        raise Invalid("post_empty", field="body")
    rewords, seen = (row.title, row.source) != (clean.title, clean.body), pictures.words()
    if not (rewords or pictures):
        return post
    if rewords or seen or asked.pictures:
        screen_edit(here, f"{clean.title}\n{seen}", wording, row.html, adds=bool(asked.pictures))
    now, since = clock.now(), row.edited_at or row.created_at
    if rewords:
        _keep_version(actor, row, since, now)
        Post.update(
            title=clean.title, source=clean.body, html=wording.html, excerpt=wording.excerpt,
            policy_version=markup.POLICY_VERSION, card=cards.after_edit(row, wording.link),
        ).where(Post.id == post).execute()  # fmt: skip
        row.title, row.source, row.html, since = clean.title, clean.body, wording.html, now
    if pictures:
        _keep_version(actor, row, since, now)  # with the words of the next one: so it was the pictures that changed
        picturing.carry_out(actor, "post", post, pictures)
    Post.update(edited_at=now).where(Post.id == post).execute()
    changed(circle, post)
    announce(events.PostChanged(post, circle))
    return post


def _keep_version(actor: Actor, row: Post, since: int, now: int) -> None:
    PostRevision.create(
        post=row.id, editor=actor.member_id, title=row.title, source=row.source, html=row.html, written_at=since,
        replaced_at=now,
    )  # fmt: skip


def take_card_away(actor: Actor, circle: int, post: int) -> None:
    """The link stays in the text, without its card. Doing it twice changes nothing."""
    with atomic():
        here, row = live_post(actor, circle, post)
        require(actor, "post:edit", (here, row.author_id))
        if row.card_id is None:
            return
        Post.update(card=None).where(Post.id == post).execute()
        changed(circle, post)


def delete_post(actor: Actor, circle: int, post: int) -> None:
    """Out of sight at once; undone by whoever did it for a minute, then the words go for good. Doing it twice changes
    nothing."""
    with atomic():
        if deleted_by(actor, Post.get_or_none(Post.id == post, Post.circle == circle)):
            return
        here, row = live_post(actor, circle, post)
        require(actor, "post:delete", (here, row.author_id))
        Post.update(deleted_at=clock.now(), deleted_by=actor.member_id).where(Post.id == post).execute()
        Circle.update(post_count=Circle.post_count - 1).where(Circle.id == circle).execute()
        changed(circle, post)
        if row.author_id != actor.member_id:
            audit.record(actor, "post.delete", "post", post, circle=circle)
        announce(events.PostDeleted(post, circle))


def undo_delete_post(actor: Actor, circle: int, post: int) -> None:
    """Raises Conflict("undo_over") when the time is up."""
    with atomic():
        here = room(actor, circle)
        row = Post.get_or_none(Post.id == post, Post.circle == circle)
        if row is None or (row.deleted_at is not None and row.deleted_by_id != actor.member_id):
            raise Gone
        if not can(actor, "circle:read", here):
            raise Gone
        require(actor, "post:delete", (here, row.author_id))
        if row.deleted_at is None:
            return
        check_undo(row)
        Post.update(deleted_at=None, deleted_by=None).where(Post.id == post).execute()
        Circle.update(post_count=Circle.post_count + 1).where(Circle.id == circle).execute()
        changed(circle, post)
        announce(events.PostChanged(post, circle))


def deleted_by(actor: Actor, row: Any) -> bool:
    """Whether this actor deleted that post or comment already."""
    return row is not None and row.deleted_at is not None and row.deleted_by_id == actor.member_id


def check_undo(row: Any) -> None:
    if clock.now() - row.deleted_at > LIMITS["undo_seconds"] * 1000:
        raise Conflict("undo_over")
