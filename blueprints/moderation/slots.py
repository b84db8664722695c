"""Ways to report and to moderate on others' pages, the tab of a circle's moderators, and the words of notices."""

from collections.abc import Iterable
from typing import Any

from flask import request, url_for

from blueprints.circles.rooms import Room
from blueprints.moderation import queries
from blueprints.moderation.forms import ACTION_NAMES, reason_name
from blueprints.moderation.subjects import TEAM
from core.blueprint import fills
from core.db import Prepared
from core.fragments import ANY_NUMBER, numbered, region, still
from core.notices import NoticeRow
from core.policy import Actor, admits, can
from models import Circle, Membership, ModerationAppeal, ModerationCase, ModerationDecision


def _build_team(me: int) -> Any:
    query = Membership.select(Membership.circle, Circle.slug).join(Circle)
    return query.where(Membership.member == me, Membership.role.in_(TEAM))


_team = Prepared(_build_team)


def _slugs(actor: Actor) -> dict[int, str]:
    """The circles that the actor looks after."""
    return dict(_team.rows(me=actor.member_id or 0))


def _menus(actor: Actor, kind: str, things: Iterable[tuple[int, int | None, Room]]) -> dict[int, str]:
    if not admits(actor, "report:write"):
        return {}
    shown: dict[int, str] = {}
    for number, author, here in things:
        report = url_for("moderation.report", kind=kind, key=number) if author != actor.member_id else None
        moderates = report and here.is_moderator
        act = url_for("moderation.act", slug=here.slug, kind=kind, number=number) if moderates else None
        if report or act:
            shown[number] = still("moderation/_post_menu.html", report_url=report, act_url=act)
    return shown


@fills("circles.post_menu")
def ways_of_posts(actor: Actor, things: list[Any]) -> dict[int, str]:
    return _menus(actor, "post", things)


@fills("circles.comment_menu")
def ways_of_comments(actor: Actor, things: list[Any]) -> dict[int, str]:
    return _menus(actor, "comment", things)


@fills("live.comment_menu")
def ways_of_live_comments(actor: Actor, things: list[Any]) -> dict[int, str]:
    """Deciding is for the tools of the event."""
    if not admits(actor, "report:write"):
        return {}
    return {
        number: still(
            "moderation/_post_menu.html", act_url=None,
            report_url=url_for("moderation.report", kind="live_comment", key=number),
        )
        for number, author, _hall in things
        if author != actor.member_id
    }  # fmt: skip


@fills("feed.moment_menu")
def ways_of_moments(actor: Actor, things: list[tuple[int, int]]) -> dict[int, str]:
    return _reports(actor, "moment", things)


@fills("feed.comment_menu")
def ways_of_moment_comments(actor: Actor, things: list[tuple[int, int | None]]) -> dict[int, str]:
    return _reports(actor, "moment_comment", things)


def _reports(actor: Actor, kind: str, things: Iterable[tuple[int, int | None]]) -> dict[int, str]:
    """Those who run the site decide when it was reported; from the page itself nobody does."""
    if not admits(actor, "report:write"):
        return {}
    report_url = url_for("moderation.report", kind=kind, key=ANY_NUMBER)
    menu = still("moderation/_post_menu.html", act_url=None, report_url=report_url)
    return {number: numbered(menu, number) for number, author in things if author != actor.member_id}


@fills("people.profile_menu")
def report_person(actor: Actor, people: list[Any]) -> dict[int, str]:
    return _reports(actor, "person", [(person.id, person.id) for person in people])


@fills("circles.tabs")
def tab(actor: Actor, rooms: list[Room]) -> dict[Room, str]:
    shown: dict[Room, str] = {}
    for here in rooms:
        if can(actor, "circle:moderate", here):
            shown[here] = still("moderation/_tab.html", slug=here.slug, count=queries.waiting_count(here))
    return shown


@fills("circles.about")
def way_to_log(actor: Actor, rooms: list[Room]) -> dict[Room, str]:
    return {
        here: still("moderation/_about.html", slug=here.slug) for here in rooms if can(actor, "circle:read", here)
    }


@fills("circles.settings")
def way_to_screening(actor: Actor, rooms: list[Room]) -> dict[Room, str]:
    current = request.blueprint == "moderation"
    return {
        here: still("moderation/_settings_chip.html", slug=here.slug, current=current)
        for here in rooms
        if can(actor, "circle:screen", here)
    }


@fills("admin.index")
def reports_first(actor: Actor, things: list[Any]) -> dict[Any, str]:
    if not can(actor, "site:moderate"):
        return {}
    count = queries.site_count(actor)
    return {thing: still("moderation/_waiting.html", count=count) for thing in things} if count else {}


# ---- notices ------------------------------------------------------------------------------------------------


@fills("notices.row")
def told(actor: Actor, rows: list[NoticeRow]) -> dict[int, str]:
    about_cases = [row for row in rows if row.kind == "reported"]
    about_decisions = [row for row in rows if row.kind in ("moderated", "appealed", "appeal_answered")]
    return _case_notices(actor, about_cases) | _decision_notices(actor, about_decisions)


def _case_notices(actor: Actor, rows: list[NoticeRow]) -> dict[int, str]:
    """Only for who still decides there."""
    if not rows:
        return {}
    slugs, shown = _slugs(actor), {}
    query = ModerationCase.select(ModerationCase.id, ModerationCase.level, ModerationCase.circle, Circle.name)
    query = query.left_outer_join(Circle).where(ModerationCase.id.in_([row.subject_id for row in rows]))
    known = {number: rest for number, *rest in query.tuples()}
    for row in rows:
        level, circle, name = known.get(row.subject_id, ("", None, None))
        if (level == "circle" and circle in slugs) or (level == "site" and can(actor, "site:moderate")):
            url = _follow(row, url_for("moderation.case", number=row.subject_id))
            shown[row.id] = _notice("reported", url, circle=name if level == "circle" else None)
    return shown


def _decision_notices(actor: Actor, rows: list[NoticeRow]) -> dict[int, str]:
    if not rows:
        return {}
    ids = [row.subject_id for row in rows]
    columns = (ModerationDecision.id, ModerationDecision.member, ModerationDecision.circle, ModerationDecision.action)
    query = ModerationDecision.select(*columns, ModerationDecision.reason, Circle.name, ModerationAppeal.upheld)
    query = query.left_outer_join(Circle).switch(ModerationDecision).left_outer_join(
        ModerationAppeal, on=ModerationAppeal.decision == ModerationDecision.id
    )
    known = {number: rest for number, *rest in query.where(ModerationDecision.id.in_(ids)).tuples()}
    slugs, shown = _slugs(actor), {}
    for row in rows:
        if row.subject_id not in known:
            continue
        member, circle, action, reason, name, upheld = known[row.subject_id]
        decides = circle in slugs or can(actor, "site:moderate")
        if member != actor.member_id and not (row.kind == "appealed" and decides):
            continue
        url = _follow(row, url_for("moderation.decision", number=row.subject_id))
        shown[row.id] = _notice(
            row.kind, url, circle=name, action=str(ACTION_NAMES[action]), reason=reason_name(reason), upheld=upheld
        )
    return shown


def _follow(row: NoticeRow, address: str) -> str:
    return url_for("notices.follow", number=row.id, to=address)


def _notice(
    kind: str, url: str, *, circle: str | None = None, action: str = "", reason: str = "", upheld: bool | None = None
) -> str:
    return region(
        "moderation/_notice.html", kind=kind, url=url, circle=circle, action=action, reason=reason, upheld=upheld
    )
