"""Writes down what was done from elsewhere (the member list, a watched word, somebody else's delete button), and tells
those whom it concerns. Notices hold no circle: who was removed from one is told all the same."""

from blueprints.circles.events import (
    CommentChanged,
    MemberSanctioned,
    PostChanged,
    PostDeleted,
    SanctionLifted,
    WordsHid,
)
from blueprints.moderation.cases import open_case
from blueprints.moderation.decisions import record, taken_back
from blueprints.moderation.events import AppealDecided, AppealMade, CaseOpened, DecisionMade
from blueprints.moderation.subjects import TEAM, locate
from core import notices
from core.signals import listen
from models import Comment, Membership, ModerationAppeal, ModerationDecision, Post, StaffRole


@listen(MemberSanctioned)
def write_down_sanction(event: MemberSanctioned) -> None:
    record(
        event.kind, "member", event.member, event.member, event.by or None, circle=event.circle, reason=event.reason,
        note=event.note, until_at=event.until_at,
    )


@listen(SanctionLifted)
def write_down_lift(event: SanctionLifted) -> None:
    taken_back(event.kind, "member", event.member, event.circle)
    record("lift", "member", event.member, event.member, event.by or None, circle=event.circle)


@listen(WordsHid)
def open_for_word(event: WordsHid) -> None:
    subject = locate(event.kind, event.number)
    if subject is not None:
        case = open_case(subject, event.circle, "circle", noticed=event.word)
        record("hide", event.kind, event.number, event.member, None, circle=event.circle, case=case)


# ---- deleted by somebody else than the author ---------------------------------------------------------------


@listen(PostDeleted)
def write_down_deleted_post(event: PostDeleted) -> None:
    _write_down_deleted("post", Post.get_by_id(event.post), event.circle)


@listen(PostChanged)
def write_down_undeleted_post(event: PostChanged) -> None:
    _undeleted("post", event.post)


@listen(CommentChanged)
def write_down_deleted_comment(event: CommentChanged) -> None:
    comment = Comment.get_by_id(event.comment)
    if comment.deleted_at is None:
        _undeleted("comment", comment.id)
    elif not _deletions("comment", comment.id):
        circle = Post.select(Post.circle).where(Post.id == event.post).scalar()
        _write_down_deleted("comment", comment, circle)


def _write_down_deleted(kind: str, row: Post | Comment, circle: int) -> None:
    if row.deleted_by_id is not None and row.author_id is not None and row.deleted_by_id != row.author_id:
        record("delete", kind, row.id, row.author_id, row.deleted_by_id, circle=circle)


def _deletions(kind: str, number: int) -> list[int]:
    meant = (ModerationDecision.subject_kind == kind) & (ModerationDecision.subject_id == number)
    standing = meant & (ModerationDecision.action == "delete") & ModerationDecision.reversed_at.is_null()
    return [id_ for (id_,) in ModerationDecision.select(ModerationDecision.id).where(standing).tuples()]


def _undeleted(kind: str, number: int) -> None:
    ids = _deletions(kind, number)
    if ids:
        taken_back("delete", kind, number)
        notices.forget("decision", ids)


# ---- telling ------------------------------------------------------------------------------------------------


@listen(DecisionMade)
def tell_whom_it_concerns(event: DecisionMade) -> None:
    if event.tells:
        member = ModerationDecision.select(ModerationDecision.member).where(ModerationDecision.id == event.decision)
        notices.tell([member.scalar()], "moderated", "decision", event.decision)


@listen(AppealDecided)
def tell_answer(event: AppealDecided) -> None:
    asked = ModerationAppeal.get_by_id(event.decision)
    notices.tell([asked.member_id], "appeal_answered", "decision", event.decision)


@listen(CaseOpened)
def tell_those_who_decide(event: CaseOpened) -> None:
    notices.tell(_deciders(event.circle), "reported", "case", event.case, circle=event.circle)


@listen(AppealMade)
def tell_those_who_answer(event: AppealMade) -> None:
    decision = ModerationDecision.get_by_id(event.decision)
    deciders = [member for member in _deciders(event.circle) if member != decision.member_id]
    notices.tell(deciders, "appealed", "decision", event.decision, circle=event.circle)


def _deciders(circle: int | None) -> list[int]:
    if circle is None:
        return [member for (member,) in StaffRole.select(StaffRole.member).tuples()]
    team = (Membership.circle == circle) & Membership.role.in_(TEAM)
    return [member for (member,) in Membership.select(Membership.member).where(team).tuples()]
