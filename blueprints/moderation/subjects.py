"""What can be reported, raw: who wrote it, in which circle, under which post. Whoever shows it asks the gate first, or
has been allowed to look (looking.py)."""

from dataclasses import dataclass

from blueprints.circles.joining import role_of
from core.policy import Actor, visible_ids
from models import Comment, LiveComment, LiveEvent, Member, ModerationCase, Moment, MomentComment, Picture, Post

KINDS = ("post", "comment", "picture", "member", "live_comment", "moment", "moment_comment")
TEAM = ("owner", "moderator")


@dataclass(frozen=True)
class Subject:
    """`member` wrote, sent or is it; `post` is the post itself, or what it stands under; `event` is where a comment on
    one was made, `moment` the moment itself, or what it stands under; about those the site decides."""

    kind: str
    id: int
    member: int | None
    circle: int | None = None
    post: int | None = None
    event: int | None = None
    moment: int | None = None


def locate(kind: str, number: int) -> Subject | None:
    """None when there never was such a thing."""
    return _FINDERS[kind](number) if kind in _FINDERS else None


def within(subject: Subject | None, level: str, circle: int | None) -> Subject | None:
    """The thing as a circle's moderators meet it; None when it was moved to where others decide. Those who run the site
    meet it wherever it is."""
    if subject is None or level != "circle" or subject.kind == "member":
        return subject
    return subject if subject.circle == circle else None


def of_case(case: ModerationCase) -> Subject | None:
    """The thing of a case as those who decide meet it. Of a picture that was taken away since, who sent it is left:
    that is no way out of a report."""
    found = locate(case.subject_kind, case.subject_id)
    if found is None and case.subject_kind == "picture" and case.member_id:
        return Subject("picture", case.subject_id, case.member_id)
    return within(found, case.level, case.circle_id)


def picture_named(key: str) -> int | None:
    """The number of a picture."""
    number: int | None = Picture.select(Picture.id).where(Picture.key == key).scalar()
    return number


def _post(number: int) -> Subject | None:
    row = Post.select(Post.author, Post.circle).where(Post.id == number).tuples().first()
    return Subject("post", number, row[0], row[1], number) if row else None


def _comment(number: int) -> Subject | None:
    query = Comment.select(Comment.author, Post.circle, Post.id).join(Post, on=Comment.post == Post.id)
    row = query.where(Comment.id == number).tuples().first()
    return Subject("comment", number, *row) if row else None


def _picture(number: int) -> Subject | None:
    picture = Picture.get_or_none(Picture.id == number)
    if picture is None:
        return None
    if picture.subject_kind == "circle":
        return Subject("picture", number, picture.uploader, picture.subject_id)
    if picture.subject_kind == "moment":
        return Subject("picture", number, picture.uploader, moment=picture.subject_id)
    if picture.subject_kind != "post":
        return Subject("picture", number, picture.uploader)
    circle = Post.select(Post.circle).where(Post.id == picture.subject_id).scalar()
    return Subject("picture", number, picture.uploader, circle, picture.subject_id)


def _member(number: int) -> Subject | None:
    found = Member.select(Member.id).where(Member.id == number, Member.erased_at.is_null()).exists()
    return Subject("member", number, number) if found else None


def _live_comment(number: int) -> Subject | None:
    query = LiveComment.select(LiveComment.author, LiveEvent.circle, LiveEvent.id).join(LiveEvent)
    row = query.where(LiveComment.id == number).tuples().first()
    return Subject("live_comment", number, row[0], row[1], event=row[2]) if row else None


def _moment(number: int) -> Subject | None:
    row = Moment.select(Moment.author).where(Moment.id == number).tuples().first()
    return Subject("moment", number, row[0], moment=number) if row else None


def _moment_comment(number: int) -> Subject | None:
    row = MomentComment.select(MomentComment.author, MomentComment.moment).where(MomentComment.id == number)
    found = row.tuples().first()
    return Subject("moment_comment", number, found[0], moment=found[1]) if found else None


_FINDERS = {
    "post": _post, "comment": _comment, "picture": _picture, "member": _member, "live_comment": _live_comment,
    "moment": _moment, "moment_comment": _moment_comment,
}  # fmt: skip


def sees(actor: Actor, subject: Subject) -> bool:
    """Whether the actor sees it without being a moderator at work: on its page, in its words."""
    if subject.kind == "picture":
        row = Picture.select(Picture.subject_kind, Picture.subject_id).where(Picture.id == subject.id).tuples().first()
        return bool(row and row[1]) and row[1] in visible_ids(row[0], [row[1]], actor)
    if subject.id not in visible_ids(subject.kind, [subject.id], actor):
        return False
    return subject.kind != "comment" or _comment_shows(actor, subject)


def _comment_shows(actor: Actor, subject: Subject) -> bool:
    row = Comment.select(Comment.deleted_at, Comment.hidden_at).where(Comment.id == subject.id).tuples().first()
    if row is None or row[0] is not None:
        return False
    if row[1] is None:
        return True
    if actor.member_id is None:
        return False
    return actor.member_id == subject.member or role_of(subject.circle or 0, actor.member_id) in TEAM
