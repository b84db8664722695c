"""Verbs on comments beneath moments. They stand in one row; an answer says whom it answers."""

from blueprints.circles.rooms import room
from blueprints.circles.screening import screen_said
from blueprints.circles.wording import word
from blueprints.feed.audience import place
from blueprints.feed.events import MomentChanged, MomentCommentDeleted, MomentCommentWritten
from blueprints.feed.posting import COMMENTS_BY, changed, own
from core import clock, markup
from core.db import atomic
from core.errors import Conflict, Gone, Invalid
from core.limits import LIMITS
from core.once import once
from core.plain import clean_body
from core.policy import Actor, can, require, require_visible, visible
from core.signals import announce
from models import Moment, MomentComment


def write_comment(
    actor: Actor, moment: int, body: str, parent: int | None = None, key: str = "", *, insists: bool = False
) -> int:
    """The comment's id; sent twice with one key, it is one. `insists` sends it in spite of a circle's warning. Raises
    Denied, Gone, Invalid, Conflict."""
    clean = clean_body(body).strip()
    if not clean:
        raise Invalid("comment_empty", field="body")
    if len(clean) > LIMITS["moment_comment"]:
        raise Invalid("too_long", field="body", most=LIMITS["moment_comment"])
    wording = word(actor, clean)

    def make() -> int:
        row = open_moment(actor, moment)
        if row.circle_id:
            screen_said(actor, place(actor, row.circle_id), "comment", wording, insists=insists)
        answered = answerable(actor, moment, parent) if parent is not None else None
        made = MomentComment.create(
            moment=moment, parent=parent, author=actor.member_id, source=clean, html=wording.html,
            policy_version=markup.POLICY_VERSION, created_at=clock.now(),
        )  # fmt: skip
        count(row.id, 1)
        announce(MomentCommentWritten(made.id, moment, actor.member_id or 0, answered and answered.author_id))
        return int(made.id)

    number, _ = once(f"member:{actor.member_id}", key, "moment.comment", [moment, parent, clean], make)
    return number


def open_moment(actor: Actor, moment: int) -> Moment:
    """A moment that the actor may comment on. Raises Gone, Denied, Conflict("moment_closed")."""
    require_visible("moment", moment, actor)
    require(actor, "moment:write")
    row: Moment = Moment.get_by_id(moment)
    if row.comments_by == "closed":
        raise Conflict("moment_closed")
    if row.circle_id and row.author_id != actor.member_id:
        require(actor, "comment:write", room(actor, row.circle_id))  # whoever is muted there is muted here as well
    return row


def answerable(actor: Actor, moment: int, parent: int) -> MomentComment:
    """The comment that is to be answered. Raises Invalid when it is not there for the actor."""
    query = MomentComment.select().where(MomentComment.id == parent, MomentComment.moment == moment)
    row: MomentComment | None = visible(query, actor).first()
    if row is None:
        raise Invalid("parent_gone", field="body")
    return row


def count(moment: int, step: int) -> None:
    """One comment more or less is shown beneath a moment, inside the transaction."""
    Moment.update(comment_count=Moment.comment_count + step).where(Moment.id == moment).execute()
    changed(moment)


def delete_comment(actor: Actor, moment: int, comment: int) -> None:
    """For good: whoever wrote the moment, or the comment, who may do so also where they see the moment no more. Doing
    it twice changes nothing. Raises Gone."""
    with atomic():
        if not _said_by(actor, moment, comment):
            require_visible("moment", moment, actor)
        changed(moment)  # holds the row of the moment, so that nobody hides the comment between reading and deleting
        row = MomentComment.get_or_none(MomentComment.id == comment, MomentComment.moment == moment)
        author: int = Moment.select(Moment.author).where(Moment.id == moment).scalar()
        if row is None or not can(actor, "moment:clear", (author, row.author_id)):
            raise Gone
        gone = MomentComment.update(deleted_at=clock.now()).where(
            MomentComment.id == comment, MomentComment.deleted_at.is_null()
        )
        if not gone.execute():
            return
        if row.hidden_at is None:
            count(moment, -1)
        announce(MomentCommentDeleted(comment, moment))


def _said_by(actor: Actor, moment: int, comment: int) -> bool:
    one = (MomentComment.id == comment) & (MomentComment.moment == moment)
    return MomentComment.select(MomentComment.id).where(one, MomentComment.author == (actor.member_id or 0)).exists()


def set_comments_by(actor: Actor, moment: int, how: str) -> None:
    """Who reads and writes comments beneath one's own moment from now on, one of COMMENTS_BY; what is there stays.
    Raises Gone, Invalid."""
    if how not in COMMENTS_BY:
        raise Invalid("choice", field="comments_by")
    with atomic():
        if own(actor, moment).comments_by == how:
            return
        Moment.update(comments_by=how).where(Moment.id == moment).execute()
        changed(moment)
        announce(MomentChanged(moment))
