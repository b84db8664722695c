"""Who is told of what is said and felt beneath moments. Each function runs in the transaction of what happened and
writes rows: only for those who may see it now; what they read of it is asked at the gate again (told.py).
"""

from peewee import ModelSelect

from blueprints.feed.told import KINDS, told
from core import notices
from core.notices import NoticeRow
from core.policy import Actor, Standing, visible_ids
from models import Member, Moment, MomentComment, MomentLike, Notice

BATCH = 200


def of_reaction(moment: int, by: int, on: bool) -> None:
    """Whoever shows the moment; what comes together before they look is one notice, and rings once. A reaction that is
    taken back takes its notice along when it was the only one."""
    author: int = Moment.select(Moment.author).where(Moment.id == moment).scalar()
    if author == by:
        return
    if on:
        mine = (MomentLike.moment == moment) & (MomentLike.member == by)
        at = MomentLike.select(MomentLike.liked_at).where(mine).scalar()
        _tell(author, "moment_reacted", "moment", moment, group=f"moment_reacted:{moment}", at=at, rings_again=False)
        return
    told = (Notice.kind == "moment_reacted") & (Notice.subject_kind == "moment") & (Notice.subject_id == moment)
    for row in list(Notice.select(Notice.id, Notice.first_at).where(told, Notice.read_at.is_null())):
        others = MomentLike.select().where(MomentLike.moment == moment, MomentLike.member != author)
        if not others.where(MomentLike.liked_at >= row.first_at).exists():
            Notice.delete().where(Notice.id == row.id).execute()


def of_comment(comment: int, moment: int, by: int, answers: int | None) -> None:
    """Whoever is answered, of this one comment; and whoever shows the moment, of all that come before they look."""
    author: int = Moment.select(Moment.author).where(Moment.id == moment).scalar()
    if answers is not None and answers != by:
        _tell(answers, "moment_answered", "moment_comment", comment)
    if author not in (by, answers):
        at = MomentComment.select(MomentComment.created_at).where(MomentComment.id == comment).scalar()
        _tell(author, "moment_commented", "moment", moment, group=f"moment_commented:{moment}", at=at)


def _tell(member: int, kind: str, subject_kind: str, subject: int, **how: object) -> None:
    """Unless they left, or may not see it."""
    there = Member.select().where(Member.id == member, Member.erased_at.is_null()).exists()
    if there and visible_ids(subject_kind, [subject], Actor(member, Standing.MEMBER)):
        notices.tell([member], kind, subject_kind, subject, **how)  # type: ignore[arg-type]


# ---- out of sight -----------------------------------------------------------------------------------------------


def _about(moment: int) -> ModelSelect:
    """Notices of a moment and of what is beneath it."""
    beneath = MomentComment.select(MomentComment.id).where(MomentComment.moment == moment)
    of_comments = (Notice.subject_kind == "moment_comment") & Notice.subject_id.in_(beneath)
    of_itself = (Notice.subject_kind == "moment") & (Notice.subject_id == moment)
    return Notice.select().where(Notice.kind.in_(KINDS), of_itself | of_comments)


def of_hiding(moment: int) -> None:
    """The bell rings no more for what was deleted or hidden."""
    notices.hush_some(Notice.id.in_([row.id for row in _about(moment)]))


def of_hidden_comment(comment: int, moment: int) -> None:
    """Nor for one comment; unless others came with it, the moment's author has nothing new either."""
    notices.hush("moment_comment", [comment])
    told = (Notice.kind == "moment_commented") & (Notice.subject_id == moment) & Notice.seen_at.is_null()
    for row in list(Notice.select(Notice.id, Notice.first_at, Notice.member).where(told)):
        others = MomentComment.select().where(
            MomentComment.moment == moment, MomentComment.created_at >= row.first_at,
            MomentComment.author != row.member_id, MomentComment.deleted_at.is_null(),
            MomentComment.hidden_at.is_null(),
        )  # fmt: skip
        if not others.exists():
            notices.hush_some(Notice.id == row.id)


def of_narrowing(moment: int) -> None:
    """Nor for those who do not see it any more."""
    _hush_unseen(list(_about(moment).where(Notice.seen_at.is_null()).limit(BATCH)))


def of_suspension(author: int) -> None:
    """Nor for what is beneath moments of somebody who is suspended; the list has it again when that ends."""
    beneath = MomentComment.select(MomentComment.id).join(Moment).where(Moment.author == author)
    theirs = (Notice.subject_kind == "moment_comment") & Notice.subject_id.in_(beneath) & (Notice.member != author)
    notices.hush_some(theirs & Notice.kind.in_(KINDS) & Notice.seen_at.is_null())


def of_parting(people: list[int]) -> None:
    """Nor for those who see less of each other than before."""
    mine = Notice.member.in_(people) & Notice.kind.in_(KINDS) & Notice.seen_at.is_null()
    _hush_unseen(list(Notice.select().where(mine).order_by(Notice.id.desc()).limit(BATCH)))


def _hush_unseen(rows: list[Notice]) -> None:
    """Those of these that have nothing to tell their reader any more."""
    known = [(row.member_id, NoticeRow(*(getattr(row, column.name) for column in notices.COLUMNS))) for row in rows]
    for member in {member for member, _ in known}:
        theirs = [row for whose, row in known if whose == member]
        left = {each.row.id for each in told(Actor(member, Standing.MEMBER), theirs)}
        notices.hush_some(Notice.id.in_([row.id for row in theirs if row.id not in left]))


def forget(moments: list[int]) -> None:
    """Moments that go for good, with what is beneath them; inside the transaction that empties them."""
    if moments:
        beneath = MomentComment.select(MomentComment.id).where(MomentComment.moment.in_(moments))
        notices.forget("moment", moments)
        notices.forget("moment_comment", [id_ for (id_,) in beneath.tuples()])
