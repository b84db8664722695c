"""Deciding: about a case, or straight from the page where something stands; and taking a decision back."""

from dataclasses import dataclass

from blueprints.circles import sanctions
from blueprints.circles.joining import add, role_of
from blueprints.circles.rooms import Room, room
from blueprints.moderation import acts
from blueprints.moderation.cases import close_case, open_key
from blueprints.moderation.decisions import LASTING, UNDONE_BY, claim_reversal, record
from blueprints.moderation.reasons import reasons_of
from blueprints.moderation.rules import Bench
from blueprints.moderation.subjects import Subject, locate, of_case, within
from core import clock
from core.db import atomic
from core.errors import Conflict, Gone, Invalid
from core.limits import LIMITS
from core.once import once
from core.plain import clean_body
from core.policy import Actor, can, require
from models import Circle, Comment, ModerationCase, ModerationDecision, Post

PERSONS = ("warn", "mute", "remove", "ban")


@dataclass(frozen=True)
class Ruling:
    """What to do with the thing and with whom it is of; with neither, a report is dismissed. `days` is how long a mute
    or ban lasts, 0 for no end; `to` is the slug of the circle that a post moves to."""

    thing: str = ""
    person: str = ""
    reason: str = ""
    note: str = ""
    days: int = 0
    to: str = ""


@dataclass(frozen=True)
class _Matter:
    subject: Subject
    bench: Bench
    circle: int | None
    case: int | None = None


def bench_of(actor: Actor, case: ModerationCase) -> Bench:
    """Where a case is decided. Raises Gone for whoever has nothing to decide there."""
    here = room(actor, case.circle_id) if case.level == "circle" and case.circle_id else None
    bench = Bench(case.level, here, case.member_id)
    if not can(actor, "case:see", bench):
        raise Gone
    return bench


def case_of(number: int) -> ModerationCase:
    """Raises Gone."""
    case: ModerationCase | None = ModerationCase.get_or_none(ModerationCase.id == number)
    if case is None:
        raise Gone
    return case


def decide(actor: Actor, case: int, ruling: Ruling) -> list[int]:
    """Close a case; returns the numbers of the decisions. Raises Gone, Denied, Invalid, Conflict("case_closed")."""
    with atomic():
        row = case_of(case)
        bench = bench_of(actor, row)
        require(actor, "case:decide", bench)
        subject = of_case(row)
        if not close_case(case, actor.member_id):
            raise Conflict("case_closed")
        if subject is None:
            subject = Subject(row.subject_kind, row.subject_id, None)
        matter = _Matter(subject, bench, row.circle_id, case)
        clean = _checked(ruling, row.circle_id)
        if bench.here and (clean.thing or clean.person):
            _check_above(bench.here, subject)
        done = _carry_out(actor, matter, clean)
        if not done and (clean.thing or clean.person):
            raise Conflict("already_so")
        return done or [_record(actor, matter, "dismiss", clean)]


def act(actor: Actor, kind: str, number: int, ruling: Ruling, key: str = "") -> list[int]:
    """Decide without a case, or about the one that is open. What is so already changes nothing, and neither does the
    same `key` again. Raises Gone, Denied, Invalid, Conflict("not_above")."""
    done: list[int] = []

    def make() -> int:
        done.extend(_act(actor, kind, number, ruling))
        return done[0] if done else 0

    once(f"member:{actor.member_id}", key, "moderation.act", [kind, number, vars(ruling)], make)
    return done


def _act(actor: Actor, kind: str, number: int, ruling: Ruling) -> list[int]:
    subject = locate(kind, number)
    if subject is None or subject.circle is None:
        raise Gone
    here = room(actor, subject.circle)
    if not can(actor, "circle:moderate", here):
        raise Gone
    bench = Bench("circle", here, subject.member)
    require(actor, "case:decide", bench)
    _check_above(here, subject)
    if not (ruling.thing or ruling.person):
        raise Invalid("ruling_empty", field="thing")
    open_one = ModerationCase.open_key == open_key("circle", subject, subject.circle)
    case: int | None = ModerationCase.select(ModerationCase.id).where(open_one).scalar()
    done = _carry_out(actor, _Matter(subject, bench, subject.circle, case), _checked(ruling, subject.circle))
    if done and case is not None:
        close_case(case, actor.member_id)
    return done


def _check_above(here: Room, subject: Subject) -> None:
    """Moderators do not decide about each other, nor about owners; that is for the owners."""
    role = role_of(here.id, subject.member) if subject.member else None
    if role == "owner" or (role == "moderator" and not here.is_owner):
        raise Conflict("not_above")


def _checked(ruling: Ruling, circle: int | None) -> Ruling:
    note = clean_body(ruling.note).strip()
    if ruling.thing not in ("", *acts.THINGS):
        raise Invalid("choice", field="thing")
    if ruling.person not in ("", *PERSONS):
        raise Invalid("choice", field="person")
    if len(note) > LIMITS["decision_note"]:
        raise Invalid("too_long", field="note", most=LIMITS["decision_note"])
    if ruling.reason and ruling.reason not in reasons_of(circle):
        raise Invalid("choice", field="reason")
    if not ruling.reason and (ruling.person or ruling.thing in ("hide", "lock", "move")):
        raise Invalid("reason_needed", field="reason")
    if not 0 <= ruling.days <= LIMITS["sanction_days"]:
        raise Invalid("sanction_days", field="days", most=LIMITS["sanction_days"])
    return Ruling(ruling.thing, ruling.person, ruling.reason, note, ruling.days, ruling.to)


def _carry_out(actor: Actor, matter: _Matter, ruling: Ruling) -> list[int]:
    done = []
    if ruling.thing and _do_to_thing(actor, matter, ruling):
        done.append(_record(actor, matter, ruling.thing, ruling))
    if ruling.person:
        done += _do_to_person(actor, matter, ruling)
    return done


def _do_to_thing(actor: Actor, matter: _Matter, ruling: Ruling) -> bool:
    subject = matter.subject
    if ruling.thing in ("lock", "unlock", "move") and subject.kind != "post":
        raise Invalid("posts_only", field="thing")
    if subject.kind == "member":
        raise Invalid("things_only", field="thing")
    if ruling.thing in ("hide", "restore"):
        return acts.hide(subject, ruling.thing == "hide", actor.member_id)
    if ruling.thing in ("lock", "unlock"):
        return acts.lock(subject, ruling.thing == "lock")
    if matter.bench.here is None:
        raise Invalid("choice", field="thing")
    return acts.move(subject, _destination(actor, matter.bench.here, ruling.to))


def _destination(actor: Actor, here: Room, slug: str) -> int:
    """Another circle that the actor looks after. Never one that more people can see: its members have written for
    those who could read it."""
    try:
        there = room(actor, slug)
    except Gone:
        raise Invalid("no_such_circle", field="to") from None
    if there.id == here.id or not can(actor, "circle:moderate", there):
        raise Invalid("no_such_circle", field="to")
    if acts.OPENNESS[there.visibility] > acts.OPENNESS[here.visibility]:
        raise Invalid("move_wider", field="to")
    return there.id


def _do_to_person(actor: Actor, matter: _Matter, ruling: Ruling) -> list[int]:
    member, circle = matter.subject.member, matter.circle
    if member is None:
        raise Invalid("nobody_there", field="person")
    if ruling.person == "warn":
        return [_record(actor, matter, "warn", ruling)]
    if circle is None or matter.bench.here is None:
        raise Invalid("choice", field="person")
    until = clock.now() + ruling.days * clock.DAY if ruling.days else None
    last = ModerationDecision.select(ModerationDecision.id).order_by(ModerationDecision.id.desc()).limit(1).scalar()
    try:
        if ruling.person == "remove":
            sanctions.remove(actor, circle, member, ruling.reason, ruling.note)
        else:
            way = sanctions.mute if ruling.person == "mute" else sanctions.ban
            way(actor, circle, member, ruling.reason, ruling.note, until)
    except Gone:
        raise Invalid("no_longer_member", field="person") from None
    return _written_by_listener(matter, member, last or 0)


def _written_by_listener(matter: _Matter, member: int, last: int) -> list[int]:
    """listeners.py writes down every sanction, from wherever it came; here it is put to its case."""
    mine = (
        (ModerationDecision.id > last) & (ModerationDecision.circle == matter.circle)
        & (ModerationDecision.member == member) & ModerationDecision.action.in_(PERSONS)
    )  # fmt: skip
    ids = [id_ for (id_,) in ModerationDecision.select(ModerationDecision.id).where(mine).tuples()]
    ModerationDecision.update(case=matter.case).where(ModerationDecision.id.in_(ids)).execute()
    return ids


def _record(actor: Actor, matter: _Matter, action: str, ruling: Ruling) -> int:
    subject = matter.subject
    return record(
        action, subject.kind, subject.id, subject.member, actor.member_id, circle=matter.circle, case=matter.case,
        reason=ruling.reason, note=ruling.note,
    )  # fmt: skip


# ---- taking it back -----------------------------------------------------------------------------------------


def level_of_decision(decision: ModerationDecision) -> str:
    """`circle` or `site`: who decided, and may decide again."""
    case = ModerationCase.get_or_none(ModerationCase.id == decision.case_id) if decision.case_id else None
    return str(case.level) if case else ("circle" if decision.circle_id else "site")


def decision_bench(actor: Actor, decision: ModerationDecision) -> Bench:
    """Where a decision was made. Raises Gone for whoever has nothing to decide there."""
    level = level_of_decision(decision)
    here = room(actor, decision.circle_id) if level == "circle" and decision.circle_id else None
    bench = Bench(level, here, decision.member_id)
    if not can(actor, "case:see", bench):
        raise Gone
    return bench


def reverse(actor: Actor, decision: int) -> bool:
    """Take back what holds: show, open, let in, let write. Doing it twice changes nothing. Raises Gone, Denied."""
    with atomic():
        row = ModerationDecision.get_or_none(ModerationDecision.id == decision)
        if row is None:
            raise Gone
        require(actor, "case:decide", decision_bench(actor, row))
        return undo(actor, row, tells=True)


def undo(actor: Actor, row: ModerationDecision, *, tells: bool) -> bool:
    """Inside a transaction that has asked who may. What went meanwhile (the thing, the member) stays gone."""
    if row.action not in LASTING and row.action != "warn":
        return False
    if not claim_reversal(row.id):
        return False
    if row.action in ("hide", "lock", "move", "delete"):
        _undo_to_thing(actor, row, tells)
    elif row.action in ("mute", "ban") and row.circle_id and row.member_id:
        sanctions.lift(actor, row.circle_id, row.member_id, row.action)
    is_out = row.action in ("remove", "ban") and row.circle_id and row.member_id
    if is_out and not sanctions.is_banned(row.circle_id, row.member_id):  # a later ban still holds
        add(row.circle_id, row.member_id, "member", None)
    return True


def _check_way_back(row: ModerationDecision, subject: Subject | None) -> None:
    """Raises Conflict("move_wider") where what was said after a post was moved would come before more people than it
    was said to."""
    if subject is None or subject.circle is None or row.circle_id is None:
        return
    both = Circle.id.in_((subject.circle, row.circle_id))
    widths = dict(Circle.select(Circle.id, Circle.visibility).where(both).tuples())
    if acts.OPENNESS[widths[row.circle_id]] <= acts.OPENNESS[widths[subject.circle]]:
        return
    said = Comment.select().where(
        Comment.post == subject.post, (Comment.created_at >= row.decided_at) | (Comment.edited_at >= row.decided_at)
    )
    edited = Post.select().where(Post.id == subject.post, Post.edited_at >= row.decided_at)
    if said.exists() or edited.exists():
        raise Conflict("move_wider")


def _undo_to_thing(actor: Actor, row: ModerationDecision, tells: bool) -> None:
    subject = locate(row.subject_kind, row.subject_id)
    if row.action == "move":
        _check_way_back(row, subject)
    else:
        subject = within(subject, level_of_decision(row), row.circle_id)
    if subject is None:
        return
    if row.action == "move":
        done = bool(row.circle_id) and acts.move(subject, row.circle_id)
    elif row.action == "lock":
        done = acts.lock(subject, False)
    else:
        done = acts.hide(subject, False, actor.member_id) if row.action == "hide" else acts.undelete(subject)
    if not done:
        return
    record(
        UNDONE_BY[row.action], row.subject_kind, row.subject_id, row.member_id, actor.member_id, circle=row.circle_id,
        case=row.case_id, tells=tells,
    )  # fmt: skip
