"""What those who run an event do about people and what they said: muting, removing, deleting, and taking it back.

Who acts stands above whom it concerns: those who own the circle (or run the site, in the site's own events) above
hosts, hosts above moderators, moderators above all others. Nobody acts against their equal.
"""

from peewee import fn

from blueprints.live import acts, backstage
from blueprints.live.events import BulletsHidden, BulletsRestored, ViewerPardoned, ViewerSanctioned
from blueprints.live.halls import Hall, hall
from core import clock, stream_log
from core.db import atomic, is_postgres
from core.errors import Conflict, Gone, Invalid
from core.limits import LIMITS
from core.policy import Actor, require
from core.signals import announce
from models import LiveAct, LiveComment, LiveEvent, LiveHost, LiveSanction, Member, Membership, StaffRole

KINDS = ("mute", "remove")
SHOWN_AGAIN = 50
"""So many of those that come back show on open pages at once; the others when their page is read."""


# ---- who stands above whom ----------------------------------------------------------------------------------


def height(here: Hall, member: int | None) -> int:
    """0 for those who watch, 1 moderators, 2 hosts, 3 owners of the circle, or staff in an event of the site."""
    if member is None:
        return 0
    role = LiveHost.select(LiveHost.role).where(LiveHost.event == here.id, LiveHost.member == member).scalar()
    heights = [{"host": 2, "moderator": 1}.get(role, 0)]
    if here.circle is None:
        heights.append(3 if StaffRole.select().where(StaffRole.member == member).exists() else 0)
    else:
        mine = (Membership.circle == here.circle) & (Membership.member == member)
        in_circle = Membership.select(Membership.role).where(mine).scalar()
        heights.append({"owner": 3, "moderator": 1}.get(in_circle, 0))
    return max(heights)


def _require_above(actor: Actor, here: Hall, member: int | None) -> None:
    """Raises Conflict("live_not_above"); what nobody wrote any more, everybody stands above."""
    if actor.member_id is None or member is None:
        return
    if height(here, actor.member_id) <= height(here, member):
        raise Conflict("live_not_above")


def may_act_against(actor: Actor, here: Hall, member: int | None) -> bool:
    """Whether a menu offers it."""
    return here.is_moderator and (actor.member_id is None or height(here, actor.member_id) > height(here, member))


def _moderated(actor: Actor, event: int) -> Hall:
    here = hall(actor, event)
    require(actor, "live:moderate", here)
    return here


# ---- people -------------------------------------------------------------------------------------------------


def mute(actor: Actor, event: int, member: int, minutes: int | None = None) -> int:
    """They watch on, and write nothing for so many minutes; None: to the event's end. A later one takes the place of an
    earlier. Returns the number of the act. Raises Gone, Denied, Conflict, Invalid."""
    if minutes is not None and not 1 <= minutes <= LIMITS["live_mute_minutes"]:
        raise Invalid("live_minutes", field="minutes", most=LIMITS["live_mute_minutes"])
    return _sanction(actor, event, member, "mute", minutes)


def remove(actor: Actor, event: int, member: int) -> int:
    """They watch no more, neither now nor its replay; pages they have open go blank. Returns the number of the act.
    Raises Gone, Denied, Conflict."""
    return _sanction(actor, event, member, "remove", None)


def _sanction(actor: Actor, event: int, member: int, kind: str, minutes: int | None) -> int:
    with atomic():
        here = _moderated(actor, event)
        _lock(event)
        if not Member.select().where(Member.id == member, Member.erased_at.is_null()).exists():
            raise Gone("no_such_member")
        _require_above(actor, here, member)
        now = clock.now()
        until = now + minutes * clock.MINUTE if minutes else None
        facts = {
            LiveSanction.decided_by: actor.member_id, LiveSanction.decided_at: now, LiveSanction.until_at: until
        }  # fmt: skip
        LiveSanction.insert(
            {LiveSanction.event: event, LiveSanction.member: member, LiveSanction.kind: kind, **facts}
        ).on_conflict(
            conflict_target=[LiveSanction.event, LiveSanction.member, LiveSanction.kind], update=facts
        ).execute()
        _keep_back(actor, event, member, now)
        if kind == "remove":
            stream_log.revoke(f"m{member}", f"e{event}")
        announce(ViewerSanctioned(event, member, actor.member_id or 0, kind, until))
        return acts.note(event, actor, kind, member, str(minutes or ""), circle=here.circle)


def _keep_back(actor: Actor, event: int, member: int, now: int) -> None:
    """What they wrote and nobody has seen yet does not come out."""
    waiting = (
        (LiveComment.event == event) & (LiveComment.author == member) & LiveComment.shows_at.is_null(False)
        & LiveComment.hidden_at.is_null()
    )  # fmt: skip
    held = [id_ for (id_,) in LiveComment.select(LiveComment.id).where(waiting).tuples()]
    if held:
        LiveComment.update(hidden_at=now, hidden_by=actor.member_id).where(LiveComment.id.in_(held)).execute()
        for comment in held:
            backstage.take_held(event, comment)


def pardon(actor: Actor, event: int, member: int, kind: str) -> bool:
    """They may write, or watch, again. False when nothing stood against them. Raises Gone, Denied, Conflict,
    Invalid."""
    if kind not in KINDS:
        raise Invalid("choice", field="kind")
    with atomic():
        here = _moderated(actor, event)
        _require_above(actor, here, member)
        mine = (LiveSanction.event == event) & (LiveSanction.member == member) & (LiveSanction.kind == kind)
        if not LiveSanction.delete().where(mine).execute():
            return False
        announce(ViewerPardoned(event, member, actor.member_id or 0, kind))
        acts.note(event, actor, "pardon", member, kind, circle=here.circle)
        return True


# ---- what they said -----------------------------------------------------------------------------------------


def delete_comment(actor: Actor, event: int, comment: int) -> int | None:
    """Out of sight for everybody, at once. Returns the number of the act; None when it was deleted before. One's own
    goes as well. Raises Gone, Denied, Conflict."""
    with atomic():
        here = _moderated(actor, event)
        row = _comment(event, comment)
        if row.author_id != actor.member_id:
            _require_above(actor, here, row.author_id)
        now = clock.now()
        if not _hide(actor.member_id, event, row, now):
            return None
        announce(BulletsHidden(event, actor.member_id or 0, comment, row.author_id))
        return acts.note(
            event, actor, "delete_comment", row.author_id, str(comment), circle=here.circle, at=now
        )  # fmt: skip


def hide_reported(comment: int, by: int | None, hidden: bool) -> bool:
    """Inside a transaction that has asked who may: those who decide about reports stand above all who watch. Whether
    anything changed."""
    row = LiveComment.get_or_none(LiveComment.id == comment)
    if row is None:
        return False
    event = row.event_id
    if hidden:
        done = _hide(by, event, row, clock.now())
    else:
        done = _restore(event, (LiveComment.id == comment) & LiveComment.hidden_at.is_null(False)) > 0
    if done:
        signal = BulletsHidden if hidden else BulletsRestored
        announce(signal(event, by or 0, comment, row.author_id))
        acts.note(event, Actor(by), "hide" if hidden else "restore", row.author_id, str(comment))
    return done


def _comment(event: int, comment: int) -> LiveComment:
    row: LiveComment | None = LiveComment.get_or_none(LiveComment.id == comment, LiveComment.event == event)
    if row is None:
        raise Gone
    return row


def _hide(by: int | None, event: int, row: LiveComment, now: int) -> bool:
    """Of two who do it at the same time, one gets True."""
    _lock(event)
    meant = (LiveComment.id == row.id) & LiveComment.hidden_at.is_null()
    was_held = LiveComment.select(LiveComment.shows_at).where(meant).scalar() is not None
    if not LiveComment.update(hidden_at=now, hidden_by=by).where(meant).execute():
        return False
    if was_held:
        backstage.take_held(event, row.id)
    else:
        _count(event, -1)
        stream_log.append(f"live-{event}", "gone", row.id)
    return True


def delete_all(actor: Actor, event: int, member: int) -> int | None:
    """All that somebody has said in this event. Returns the number of the act; None when there was nothing. Raises
    Gone, Denied, Conflict."""
    with atomic():
        here = _moderated(actor, event)
        _require_above(actor, here, member)
        _lock(event)
        theirs = (
            (LiveComment.event == event) & (LiveComment.author == member) & LiveComment.hidden_at.is_null()
        )  # fmt: skip
        now = clock.now()
        _keep_back(actor, event, member, now)
        shown = LiveComment.update(hidden_at=now, hidden_by=actor.member_id).where(theirs).execute()
        if not shown and not _hidden_at(event, member, now):
            return None
        _count(event, -shown)
        stream_log.append(f"live-{event}", "gone_by", member)
        announce(BulletsHidden(event, actor.member_id or 0, None, member))
        return acts.note(event, actor, "delete_all", member, str(shown), circle=here.circle, at=now)


def _hidden_at(event: int, member: int, moment: int) -> int:
    meant = (LiveComment.event == event) & (LiveComment.author == member) & (LiveComment.hidden_at == moment)
    return int(LiveComment.select(fn.COUNT(LiveComment.id)).where(meant).scalar())


def _count(event: int, change: int) -> None:
    if change:
        LiveEvent.update(comment_count=LiveEvent.comment_count + change).where(LiveEvent.id == event).execute()


def _lock(event: int) -> None:
    """Where writers do not queue by themselves, those of one event do: nothing is said between looking and hiding."""
    if is_postgres():
        LiveEvent.select(LiveEvent.id).where(LiveEvent.id == event).for_update().execute()


# ---- taking it back -----------------------------------------------------------------------------------------


DELETIONS = ("delete_comment", "delete_all", "keep_back")


def undo(actor: Actor, event: int, act: int) -> bool:
    """Take back what an act did: a mute or removal at any time, a deletion within LIMITS["undo_seconds"]. False when
    it is undone already. Raises Gone, Denied, Conflict."""
    with atomic():
        here = _moderated(actor, event)
        row = LiveAct.get_or_none(LiveAct.id == act, LiveAct.event == event)
        if row is None:
            raise Gone
        if row.action in KINDS and row.member_id is not None:
            return pardon(actor, event, row.member_id, row.action)
        if row.action not in DELETIONS:
            raise Gone
        if row.at < clock.now() - LIMITS["undo_seconds"] * 1000:
            raise Conflict("undo_over")
        if row.member_id != actor.member_id:
            _require_above(actor, here, row.member_id)
        return _undo_deletion(actor, event, row)


def _undo_deletion(actor: Actor, event: int, act: LiveAct) -> bool:
    """What was deleted in this act and by it: one that was deleted once more since stays away."""
    meant = (LiveComment.event == event) & (LiveComment.hidden_at == act.at) & (LiveComment.hidden_by == act.actor_id)
    whole = act.action == "delete_all"
    if whole:
        meant &= LiveComment.author == act.member_id
    else:
        meant &= LiveComment.id == int(act.detail)
    if not _restore(event, meant):
        return False
    comment = None if whole else int(act.detail)
    announce(BulletsRestored(event, actor.member_id or 0, comment, act.member_id))
    acts.note(event, actor, "undo", act.member_id, act.action)
    return True


def _restore(event: int, meant: object) -> int:
    """How many came back; those that were held wait on."""
    _lock(event)
    query = LiveComment.select(LiveComment.id, LiveComment.shows_at).where(meant).order_by(LiveComment.id)
    rows = list(query.tuples())
    if not rows:
        return 0
    ids = [id_ for id_, _ in rows]
    for start in range(0, len(ids), 500):
        LiveComment.update(hidden_at=None, hidden_by=None).where(LiveComment.id.in_(ids[start : start + 500])).execute()
    shown = [id_ for id_, shows_at in rows if shows_at is None]
    _count(event, len(shown))
    for id_, shows_at in rows:
        if shows_at is not None:
            backstage.show_held(event, id_)
    for id_ in shown[-SHOWN_AGAIN:]:
        stream_log.append(f"live-{event}", "comment", id_)
    return len(rows)
