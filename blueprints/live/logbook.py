"""What was done in an event and who may not write or watch there, for those who run it."""

from typing import NamedTuple

from peewee import JOIN

from blueprints.circles.queries import Page, cut
from blueprints.live.halls import Hall
from blueprints.live.moderating import DELETIONS, KINDS
from core import clock
from core.limits import LIMITS
from core.policy import Actor, require
from models import LiveAct, LiveComment, LiveSanction, Member

ABOUT_ONE = ("delete_comment", "hide", "keep_back", "let_through", "restore")


class ActRow(NamedTuple):
    """`actor` None: the clock, or a former member. `detail` is what blueprints/live/acts.py says, `body` the comment
    that it was about."""

    id: int
    action: str
    detail: str
    at: int
    actor: str | None
    actor_username: str | None
    member_id: int | None
    member: str | None
    username: str | None
    body: str = ""

    @property
    def may_be_undone(self) -> bool:
        return self.action in DELETIONS and self.at >= clock.now() - LIMITS["undo_seconds"] * 1000


class SanctionRow(NamedTuple):
    member_id: int
    username: str
    display_name: str
    avatar_key: str | None
    kind: str
    decided_at: int
    until_at: int | None

    @property
    def hue(self) -> int:
        return self.member_id % 12


def log(actor: Actor, here: Hall, before: int | None = None) -> Page:
    """Latest first. Raises Denied."""
    require(actor, "live:moderate", here)
    by = Member.alias()
    query = (
        LiveAct.select(
            LiveAct.id, LiveAct.action, LiveAct.detail, LiveAct.at, by.display_name, by.username, LiveAct.member,
            Member.display_name, Member.username,
        )
        .join(by, JOIN.LEFT_OUTER, on=LiveAct.actor == by.id)
        .switch(LiveAct)
        .join(Member, JOIN.LEFT_OUTER, on=LiveAct.member == Member.id)
        .where(LiveAct.event == here.id)
    )  # fmt: skip
    query = query.where(LiveAct.id < before) if before else query
    size = LIMITS["page_live_acts"]
    found = query.order_by(LiveAct.id.desc()).limit(size + 1).tuples()
    return cut(_with_bodies([ActRow(*row) for row in found]), size, lambda row: row.id)


def _with_bodies(rows: list[ActRow]) -> list[ActRow]:
    about = {row.id: int(row.detail) for row in rows if row.action in ABOUT_ONE and row.detail.isdecimal()}
    query = LiveComment.select(LiveComment.id, LiveComment.body).where(LiveComment.id.in_(list(about.values())))
    bodies = dict(query.tuples()) if about else {}
    return [row._replace(body=bodies.get(about.get(row.id), "")) for row in rows]


def sanctioned(actor: Actor, here: Hall) -> list[SanctionRow]:
    """Who may not write or watch at the moment, latest first. Raises Denied."""
    require(actor, "live:moderate", here)
    query = (
        LiveSanction.select(
            Member.id, Member.username, Member.display_name, Member.avatar_key, LiveSanction.kind,
            LiveSanction.decided_at, LiveSanction.until_at,
        )
        .join(Member, on=LiveSanction.member == Member.id)
        .where(LiveSanction.event == here.id, _in_force())
        .order_by(LiveSanction.decided_at.desc())
        .limit(LIMITS["page_live_acts"])
    )  # fmt: skip
    return [SanctionRow(*row) for row in query.tuples()]


def standing_against(here: Hall, member: int) -> set[str]:
    """Which of KINDS hold against a member."""
    mine = (LiveSanction.event == here.id) & (LiveSanction.member == member) & LiveSanction.kind.in_(KINDS)
    return {kind for (kind,) in LiveSanction.select(LiveSanction.kind).where(mine, _in_force()).tuples()}


def _in_force() -> object:
    return LiveSanction.until_at.is_null() | (LiveSanction.until_at > clock.now())
