"""Who sees, watches and runs which event."""

from typing import Any

from peewee import SQL, ModelSelect, fn

from blueprints.live.halls import Hall
from blueprints.people.apart import apart_among
from core import site
from core.policy import Actor, Standing, permission, visibility
from models import Circle, LiveComment, LiveEntry, LiveEvent, LiveHost, LiveQuestion, LiveSanction, Membership

# ---- what exists for whom -----------------------------------------------------------------------------------


@visibility(LiveEvent, "live")
def events(query: ModelSelect, actor: Actor) -> ModelSelect:
    """That an event is on. Public ones and those behind a password are known to everybody, unless their circle is
    invisible; members' to members; those for invited guests to these and to whoever runs them. What is shown behind a
    password is for whom it was told (`live:watch`)."""
    home = Circle.alias()
    mine = LiveEvent.circle == home.id
    open_home = LiveEvent.circle.is_null() | fn.EXISTS(
        home.select(home.id).where(mine, home.closed_at.is_null(), home.visibility != "invisible")
    )
    alive = LiveEvent.circle.is_null() | fn.EXISTS(home.select(home.id).where(mine, home.closed_at.is_null()))
    is_open = LiveEvent.visibility.in_(("public", "password")) & open_home
    if not actor.signed_in:
        return query.where(is_open & (site.get("reading") == "everyone"))
    me = actor.member_id
    joined = fn.EXISTS(
        Membership.select(Membership.id).where(Membership.circle == LiveEvent.circle, Membership.member == me)
    )
    leads = fn.EXISTS(
        Membership.select(Membership.id).where(
            Membership.circle == LiveEvent.circle, Membership.member == me,
            Membership.role.in_(("owner", "moderator")),
        )
    )  # fmt: skip
    hosts = fn.EXISTS(LiveHost.select(LiveHost.event).where(LiveHost.event == LiveEvent.id, LiveHost.member == me))
    entered = fn.EXISTS(
        LiveEntry.select(LiveEntry.event).where(LiveEntry.event == LiveEvent.id, LiveEntry.member == me)
    )
    members = LiveEvent.visibility.in_(("public", "password", "members")) & (LiveEvent.circle.is_null() | joined)
    runs = leads | hosts
    if actor.is_staff:
        runs = runs | LiveEvent.circle.is_null()
    return query.where(alive, is_open | members | entered | runs)


def watchable(query: ModelSelect, actor: Actor) -> ModelSelect:
    """Of events that the actor sees, those whose inside they see too; the query's model has LiveEvent joined.
    Bans from a circle end at a time, which a prepared query does not know: `live:watch` asks about them."""
    me = actor.member_id or 0
    entered = fn.EXISTS(
        LiveEntry.select(LiveEntry.event).where(LiveEntry.event == LiveEvent.id, LiveEntry.member == me)
    )
    removed = fn.EXISTS(
        LiveSanction.select(LiveSanction.event).where(
            LiveSanction.event == LiveEvent.id, LiveSanction.member == me, LiveSanction.kind == "remove"
        )
    )
    inside = LiveEvent.visibility.in_(("public", "members")) | entered | _runs(actor)
    return events(query, actor).where(inside, ~removed)


def _runs(actor: Actor) -> Any:
    """SQL over LiveEvent: whether the actor looks after the event."""
    me = actor.member_id or 0
    hosts = fn.EXISTS(LiveHost.select(LiveHost.event).where(LiveHost.event == LiveEvent.id, LiveHost.member == me))
    leads = fn.EXISTS(
        Membership.select(Membership.id).where(
            Membership.circle == LiveEvent.circle, Membership.member == me,
            Membership.role.in_(("owner", "moderator")),
        )
    )  # fmt: skip
    return hosts | leads | LiveEvent.circle.is_null() if actor.is_staff else hosts | leads


def _together(actor: Actor, event: Any, author: Any) -> Any:
    """SQL: by nobody whom a block keeps apart from the actor, unless they look after the event."""
    if not actor.signed_in:
        return SQL("1 = 1")
    run = LiveEvent.select(LiveEvent.id).where(LiveEvent.id == event, _runs(actor))
    return ~apart_among(actor.member_id or 0, author) | fn.EXISTS(run)


@visibility(LiveComment, "live_comment", prepared=True)
def comments(query: ModelSelect, actor: Actor) -> ModelSelect:
    """Of events that the actor watches; held and hidden ones are read through the host's own lists."""
    inside = watchable(LiveEvent.select(LiveEvent.id), actor)
    return query.where(
        LiveComment.event.in_(inside), LiveComment.hidden_at.is_null(), LiveComment.shows_at.is_null(),
        _together(actor, LiveComment.event, LiveComment.author),
    )  # fmt: skip


@visibility(LiveQuestion, "live_question")
def questions(query: ModelSelect, actor: Actor) -> ModelSelect:
    inside = watchable(LiveEvent.select(LiveEvent.id), actor)
    return query.where(
        LiveQuestion.event.in_(inside), LiveQuestion.hidden_at.is_null(),
        _together(actor, LiveQuestion.event, LiveQuestion.author),
    )  # fmt: skip


# ---- who may do what ----------------------------------------------------------------------------------------


@permission("live:list", "See which events there are", Standing.GUEST)
def lists(actor: Actor, thing: None) -> bool:
    return actor.signed_in or site.get("reading") == "everyone"


@permission("live:see", "See an event's title, time and who runs it", Standing.GUEST)
def sees(actor: Actor, hall: Hall) -> bool:
    return True  # hall() has asked the read gate


@permission("live:watch", "Watch an event and read its comments", Standing.GUEST)
def watches(actor: Actor, hall: Hall) -> bool:
    return hall.is_let_in and not hall.is_removed


@permission("live:enter", "Come into an event with its password")
def enters(actor: Actor, hall: Hall) -> bool:
    return hall.visibility == "password" and not hall.is_removed


@permission("live:remind", "Be reminded of an event")
def is_reminded(actor: Actor, hall: Hall) -> bool:
    return hall.state == "upcoming"


@permission("live:own", "Choose for oneself whose bullet comments and which words one does not see")
def own(actor: Actor, thing: object) -> bool:
    return True


@permission("live:comment", "Write bullet comments")
def comments_on(actor: Actor, hall: Hall) -> bool:
    return watches(actor, hall) and not hall.is_muted


@permission("live:export", "Take an event's bullet comments along as a file")
def takes_along(actor: Actor, hall: Hall) -> bool:
    return watches(actor, hall)


@permission("live:react", "React, vote and ask questions in an event")
def takes_part(actor: Actor, hall: Hall) -> bool:
    return watches(actor, hall) and not hall.is_muted


@permission("live:announce", "Announce an event of the site")
def announces(actor: Actor, thing: None) -> bool:
    return actor.is_staff


@permission("live:host", "Change, begin and end an event, choose who runs it, and see its figures")
def hosts(actor: Actor, hall: Hall) -> bool:
    return hall.is_host


@permission("live:moderate", "Look after an event's comments")
def moderates(actor: Actor, hall: Hall) -> bool:
    return hall.is_moderator
