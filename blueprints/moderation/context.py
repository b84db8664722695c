"""What a moderator needs to see around a case, and whom a decision concerns around it. Read without the gate: whoever
asks has been let in by looking.py or is the one whom it concerns."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from peewee import JOIN

from blueprints.circles.reading import plain
from blueprints.circles.rooms import Room
from blueprints.circles.sanctions import in_force
from blueprints.moderation.acts import OPENNESS
from blueprints.moderation.subjects import TEAM, Subject
from core.markup import linked
from models import (
    Circle,
    Comment,
    LiveComment,
    Member,
    Membership,
    ModerationAppeal,
    ModerationCase,
    ModerationDecision,
    Moment,
    MomentComment,
    Picture,
    Post,
    Report,
    Sanction,
)

AROUND = 2
MOST_REPORTS, MOST_HISTORY = 50, 20


@dataclass(frozen=True)
class Words:
    """What somebody wrote. `html` is empty when the words are gone for good."""

    id: int
    title: str
    html: str
    written_at: int
    edited_at: int | None
    deleted_at: int | None
    hidden_at: int | None
    locked_at: int | None
    name: str | None
    is_it: bool = False


@dataclass(frozen=True)
class Scene:
    """The thing in its place: itself, what stands around it, its pictures, the circle it is in."""

    subject: Subject
    words: Words | None
    beside: tuple[Words, ...]
    above: Words | None
    pictures: tuple[str, ...]
    person: Any
    circle_name: str
    slug: str

    @property
    def is_gone(self) -> bool:
        """Nothing can be done to it any more."""
        return self.subject.kind != "member" and (self.words is None or self.words.deleted_at is not None)


_POST = (
    Post.id, Post.title, Post.html, Post.created_at, Post.edited_at, Post.deleted_at, Post.hidden_at, Post.locked_at,
    Member.display_name,
)  # fmt: skip


def scene(subject: Subject) -> Scene:
    post = _post_words(subject.post) if subject.post else None
    words, beside = post, tuple[Words, ...]()
    if subject.kind == "comment":
        words, beside = _comment_words(subject)
    if subject.kind == "live_comment":
        words, beside = _live_words(subject)
    if subject.moment:
        words = _moment_words(subject)
    pictures = () if subject.moment and (words is None or words.deleted_at) else _pictures(subject)
    circle = Circle.select(Circle.name, Circle.slug).where(Circle.id == subject.circle).tuples().first() or ("", "")
    return Scene(
        subject, words, beside, post if subject.kind == "comment" else None, pictures,
        Member.get_or_none(Member.id == subject.member, Member.erased_at.is_null()), *circle,
    )  # fmt: skip


def _post_words(number: int) -> Words | None:
    query = Post.select(*_POST).join(Member, JOIN.LEFT_OUTER, on=Post.author == Member.id)
    row = query.where(Post.id == number).tuples().first()
    return Words(*row) if row else None


def _comment_words(subject: Subject) -> tuple[Words | None, tuple[Words, ...]]:
    """The comment and its neighbours in the row where it stands."""
    query = Comment.select(
        Comment.id, Comment.html, Comment.created_at, Comment.edited_at, Comment.deleted_at, Comment.hidden_at,
        Member.display_name,
    ).join(Member, JOIN.LEFT_OUTER, on=Comment.author == Member.id)  # fmt: skip
    me = Comment.get_by_id(subject.id)
    row = (Comment.post == subject.post) & (
        Comment.parent.is_null() if me.parent_id is None else Comment.parent == me.parent_id
    )
    shown = row & Comment.deleted_at.is_null()
    before = list(query.where(shown, Comment.id < me.id).order_by(Comment.id.desc()).limit(AROUND).tuples())
    after = list(query.where(shown, Comment.id > me.id).order_by(Comment.id).limit(AROUND).tuples())
    above = list(query.where(Comment.id == me.parent_id).tuples()) if me.parent_id else []
    itself = list(query.where(Comment.id == me.id).tuples())
    made = tuple(_said(each, me.id) for each in [*above, *before[::-1], *itself, *after])
    return next((each for each in made if each.is_it), None), made


def _live_words(subject: Subject) -> tuple[Words | None, tuple[Words, ...]]:
    """What was said on an event, and what shows right before and after it."""
    query = LiveComment.select(
        LiveComment.id, LiveComment.body, LiveComment.at, LiveComment.hidden_at, Member.display_name
    ).join(Member, JOIN.LEFT_OUTER, on=LiveComment.author == Member.id)
    here = (LiveComment.event == subject.event) & LiveComment.hidden_at.is_null() & LiveComment.shows_at.is_null()
    before = query.where(here, LiveComment.id < subject.id).order_by(LiveComment.id.desc()).limit(AROUND).tuples()
    after = query.where(here, LiveComment.id > subject.id).order_by(LiveComment.id).limit(AROUND).tuples()
    itself = query.where(LiveComment.id == subject.id).tuples()
    made = tuple(
        Words(number, "", linked(body), at, None, None, hidden, None, name, number == subject.id)
        for number, body, at, hidden, name in [*list(before)[::-1], *itself, *after]
    )
    return next((each for each in made if each.is_it), None), made


def _moment_words(subject: Subject) -> Words | None:
    """Of what somebody shows to a few people, only what was reported: nothing around it, and of a moment whose picture
    it is no words."""
    table: Any = MomentComment if subject.kind == "moment_comment" else Moment
    number = subject.id if subject.kind == "moment_comment" else subject.moment or 0
    query = table.select(
        table.html, table.created_at, table.deleted_at, table.hidden_at, Member.display_name
    ).join(Member, JOIN.LEFT_OUTER, on=table.author == Member.id)
    row = query.where(table.id == number).tuples().first()
    if row is None:
        return None
    html, created, deleted, hidden, name = row
    shown = "" if subject.kind == "picture" or deleted else html
    return Words(number, "", shown, created, None, deleted, hidden, None, name)


def _said(row: tuple[Any, ...], me: int) -> Words:
    number, html, created, edited, deleted, hidden, name = row
    shown = html if number == me or deleted is None else ""
    return Words(number, "", shown, created, edited, deleted, hidden, None, name, number == me)


def _pictures(subject: Subject) -> tuple[str, ...]:
    if subject.kind == "picture":
        key = Picture.select(Picture.key).where(Picture.id == subject.id).scalar()
        return (key,) if key else ()
    if subject.kind == "member":
        key = Member.select(Member.avatar_key).where(Member.id == subject.id).scalar()
        return (key,) if key else ()
    if subject.kind == "moment":
        return (*pictures_of("moment", subject.id), *_posters(subject.id))
    return tuple(pictures_of("post", subject.id)) if subject.kind == "post" else ()


def _posters(moment: int) -> list[str]:
    """The picture that stands for the film of a moment."""
    film = Moment.select(Moment.video).where(Moment.id == moment)
    mine = (Picture.subject_kind == "video") & Picture.subject_id.in_(film)
    return [key for (key,) in Picture.select(Picture.key).where(mine).tuples()]


def pictures_of(kind: str, number: int) -> list[str]:
    """The keys of the pictures of a post or moment, in their order."""
    mine = (Picture.subject_kind == kind) & (Picture.subject_id == number)
    return [key for (key,) in Picture.select(Picture.key).where(mine).order_by(Picture.position).tuples()]


# ---- what is known about it ---------------------------------------------------------------------------------


class ReportRow(NamedTuple):
    reason: str
    note: str
    reported_at: int
    name: str | None


def reports(case: int) -> list[ReportRow]:
    query = Report.select(Report.reason, Report.note, Report.reported_at, Member.display_name)
    query = query.join(Member, JOIN.LEFT_OUTER, on=Report.reporter == Member.id).where(Report.case == case)
    return [ReportRow(*row) for row in query.order_by(Report.id).limit(MOST_REPORTS).tuples()]


class DecisionRow(NamedTuple):
    id: int
    action: str
    kind: str
    reason: str
    note: str
    until_at: int | None
    decided_at: int
    reversed_at: int | None
    by: str | None
    appealed: bool


def _decisions() -> Any:
    by = Member.alias()
    return (
        ModerationDecision.select(
            ModerationDecision.id, ModerationDecision.action, ModerationDecision.subject_kind,
            ModerationDecision.reason, ModerationDecision.note, ModerationDecision.until_at,
            ModerationDecision.decided_at, ModerationDecision.reversed_at, by.display_name,
            ModerationAppeal.asked_at.is_null(False),
        )
        .join(by, JOIN.LEFT_OUTER, on=ModerationDecision.decided_by == by.id)
        .switch(ModerationDecision)
        .join(ModerationAppeal, JOIN.LEFT_OUTER, on=ModerationAppeal.decision == ModerationDecision.id)
        .order_by(ModerationDecision.id.desc())
        .limit(MOST_HISTORY)
    )  # fmt: skip


def about_thing(case: ModerationCase) -> list[DecisionRow]:
    """Decisions about this thing, latest first, those of this case among them; to a circle only its own, for a person
    is judged in other circles too, and a post may have come from one."""
    same = (ModerationDecision.subject_kind == case.subject_kind) & (ModerationDecision.subject_id == case.subject_id)
    if case.level == "circle":
        same &= ModerationDecision.circle == case.circle_id
    return [DecisionRow(*row) for row in _decisions().where(same | (ModerationDecision.case == case.id)).tuples()]


def about_member(case: ModerationCase) -> list[DecisionRow]:
    """Other decisions about whom the case concerns: in its circle, or everywhere where the site decides."""
    if case.member_id is None:
        return []
    query = _decisions().where(ModerationDecision.member == case.member_id, ModerationDecision.action != "dismiss")
    if case.level == "circle":
        query = query.where(ModerationDecision.circle == case.circle_id)
    same = (ModerationDecision.subject_kind == case.subject_kind) & (ModerationDecision.subject_id == case.subject_id)
    return [DecisionRow(*row) for row in query.where(~same).tuples()]


class SanctionRow(NamedTuple):
    kind: str
    reason: str
    decided_at: int
    until_at: int | None


def sanctions(case: ModerationCase) -> list[SanctionRow]:
    """What holds against whom the case concerns, in its circle."""
    query = Sanction.select(Sanction.kind, Sanction.reason, Sanction.decided_at, Sanction.until_at).where(
        Sanction.circle == case.circle_id, Sanction.member == case.member_id, in_force()
    )
    return [SanctionRow(*row) for row in query.tuples()]


def destinations(here: Room, member: int) -> list[tuple[str, str]]:
    """Circles that this member looks after and that a post of this one may move to: slug and name."""
    mine = (Membership.member == member) & Membership.role.in_(TEAM)
    narrower = [name for name, width in OPENNESS.items() if width <= OPENNESS[here.visibility]]
    query = Membership.select(Circle.slug, Circle.name).join(Circle).where(
        mine, Circle.id != here.id, Circle.closed_at.is_null(), Circle.visibility.in_(narrower)
    )
    return list(query.order_by(Circle.name).limit(MOST_HISTORY).tuples())


def excerpt(subject: Subject) -> str:
    """A line of the words, to know them by."""
    if subject.kind == "comment":
        html = Comment.select(Comment.html).where(Comment.id == subject.id).scalar() or ""
        return plain(html)[:140]
    if subject.kind == "live_comment":
        return str(LiveComment.select(LiveComment.body).where(LiveComment.id == subject.id).scalar() or "")
    if subject.kind in ("moment", "moment_comment"):
        table: Any = Moment if subject.kind == "moment" else MomentComment
        return plain(table.select(table.html).where(table.id == subject.id).scalar() or "")[:140]
    row = Post.select(Post.title, Post.excerpt).where(Post.id == subject.post).tuples().first()
    return str(row[0] or row[1]) if row else ""
