"""The permission engine. A permission has a name `noun:verb`, one sentence, the standing it needs and one rule.

Rules live in each blueprint's `rules.py`. Unknown means no. `visible(query, actor)` is the one read gate: every
table that holds private rows registers a filter, and what it filters out does not exist for that actor.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, TypeVar

from peewee import JOIN, Model, ModelSelect, fn

from core import clock, site
from core.db import Prepared
from core.errors import Conflict, Denied, Gone, SignInNeeded
from models import Member, StaffRole, Suspension, database


class Standing(IntEnum):
    """How far an actor has come; half-states rank below MEMBER, so they are refused first.

    A permission for GUEST is open to visitors and members, but to nobody who is suspended; one for ANYONE does not
    even ask who it is."""

    ANYONE = -1
    GUEST = 0
    SUSPENDED = 1
    LEAVING = 2
    MEMBER = 3
    STAFF = 4


@dataclass(frozen=True)
class Actor:
    """Who asks. `member_id` is None for a guest; `name` is only for the log."""

    member_id: int | None = None
    standing: Standing = Standing.GUEST
    name: str = ""
    owns_site: bool = False

    @property
    def is_staff(self) -> bool:
        return self.standing is Standing.STAFF

    @property
    def signed_in(self) -> bool:
        return self.member_id is not None


GUEST = Actor()
CONSOLE = Actor(None, Standing.STAFF, "console", owns_site=True)
"""Whoever can run commands on the server."""

Rule = Callable[[Actor, Any], bool]


@dataclass(frozen=True)
class Permission:
    name: str
    sentence: str
    standing: Standing
    rule: Rule


_permissions: dict[str, Permission] = {}
@dataclass(frozen=True)
class Gate:
    """The read filter of a table. One that is `prepared` asks the database alone, and nothing of the actor but number
    and standing, so its SQL serves everybody who is alike; one that is `timed` is also told the time."""

    filter: Callable[..., ModelSelect]
    prepared: bool
    timed: bool


_filters: dict[type[Model], Gate] = {}
_kinds: dict[str, type[Model]] = {}


def _anyone(actor: Actor, thing: Any) -> bool:
    return True


def permission(
    name: str, sentence: str, standing: Standing = Standing.MEMBER
) -> Callable[[Rule], Rule]:
    """Declare a permission whose rule is the decorated function (actor, thing) -> bool."""

    def register(rule: Rule) -> Rule:
        declare(name, sentence, standing, rule)
        return rule

    return register


def declare(name: str, sentence: str, standing: Standing = Standing.MEMBER, rule: Rule = _anyone) -> None:
    known = _permissions.get(name)
    if known and known.rule.__qualname__ != rule.__qualname__:
        raise ValueError(f"permission {name} is declared twice")
    _permissions[name] = Permission(name, sentence, standing, rule)


def catalogue() -> dict[str, Permission]:
    return dict(sorted(_permissions.items()))


def catalogue_entry(name: str) -> Permission:
    """Raises KeyError."""
    return _permissions[name]


def admits(actor: Actor, name: str) -> bool:
    """Whether the actor's standing is enough, before any particular thing is looked at."""
    known = _permissions.get(name)
    if known is None:
        return False
    if known.standing is Standing.ANYONE:
        return True
    if actor.standing is Standing.SUSPENDED:
        return known.standing is Standing.SUSPENDED
    return actor.standing >= known.standing


def can(actor: Actor, name: str, thing: Any = None) -> bool:
    return admits(actor, name) and bool(_permissions[name].rule(actor, thing))


def require(actor: Actor, name: str, thing: Any = None) -> None:
    """Raises SignInNeeded for a guest whom signing in could help, Denied otherwise.

    Inside a transaction the standing is looked at once more: whoever asked may have been suspended, dismissed or erased
    since the request began, and with pictures in it that is seconds ago."""
    if can(actor, name, thing):
        if actor.member_id is not None and database.obj is not None and database.in_transaction():
            _require_still(actor, name)
        return
    if actor.standing is Standing.GUEST:
        raise SignInNeeded(permission=name)
    raise Denied("suspended" if actor.standing is Standing.SUSPENDED else "denied", permission=name)


def suspension_holds(now: int) -> Any:
    """SQL over Suspension: neither lifted nor over at `now` (ms since 1970)."""
    return Suspension.lifted_at.is_null() & (Suspension.until_at.is_null() | (Suspension.until_at > now))


def is_suspended(member: Any, now: int) -> Any:
    """SQL: whether a member, a column or a number, is suspended at `now` (ms since 1970)."""
    return fn.EXISTS(Suspension.select(Suspension.id).where(Suspension.member == member, suspension_holds(now)))


def _build_still(me: int, now: int) -> ModelSelect:
    suspended = is_suspended(Member.id, now)
    query = Member.select(StaffRole.role, suspended).join(StaffRole, JOIN.LEFT_OUTER, on=StaffRole.member == Member.id)
    return query.where(Member.id == me, Member.erased_at.is_null())


_still = Prepared(_build_still)


def _require_still(actor: Actor, name: str) -> None:
    row = next(iter(_still.rows(me=actor.member_id or 0, now=clock.now())), None)
    if row is None:
        raise SignInNeeded(permission=name)
    role, is_suspended = row
    if is_suspended and actor.standing > Standing.SUSPENDED:
        raise Denied("suspended", permission=name)
    if (actor.is_staff and role is None) or (actor.owns_site and role != "owner"):
        raise Denied(permission=name)


def explain(actor: Actor, name: str, thing: Any = None) -> str:
    """Why the answer is what it is, for `flask why` and the log."""
    known = _permissions.get(name)
    if known is None:
        return f"no: {name} is not a known permission"
    if not admits(actor, name):
        return f"no: {name} needs {known.standing.name.lower()}, this is a {actor.standing.name.lower()}"
    return f"{'yes' if known.rule(actor, thing) else 'no'}: the rule of {name} ({known.sentence})"


# ---- the read gate ------------------------------------------------------------------------------------------


Filter = TypeVar("Filter", bound=Callable[..., ModelSelect])


def visibility(
    model: type[Model], kind: str, *, prepared: bool = False, timed: bool = False
) -> Callable[[Filter], Filter]:
    """Declare the read filter of a table, `(query, actor) -> query`; `kind` is its name in pictures, search and audit
    entries. A `timed` one is `(query, actor, now)`, with `now` in ms since 1970.

    `prepared` promises that the filter looks at nothing but the database, the site's settings, and the actor's number
    and standing: then one row is looked up without building its SQL anew."""

    def register(filter_: Filter) -> Filter:
        _filters[model] = Gate(filter_, prepared, timed)
        _kinds[kind] = model
        return filter_

    return register


def visible(query: ModelSelect, actor: Actor) -> ModelSelect:
    """The query, less what this actor may not see. A table without a filter shows nothing."""
    return _gated(query, actor, clock.now())


def _gated(query: ModelSelect, actor: Actor, now: int) -> ModelSelect:
    gate = _filters.get(query.model)
    if gate is None:
        raise LookupError(f"{query.model.__name__} has no visibility")
    return gate.filter(query, actor, now) if gate.timed else gate.filter(query, actor)


def model_of(kind: str) -> type[Model] | None:
    """The table behind a kind; None when no blueprint has declared it."""
    return _kinds.get(kind)


def visible_ids(kind: str, ids: list[int], actor: Actor) -> set[int]:
    """Which of these rows the actor may see."""
    model = _kinds.get(kind)
    if model is None or not ids:
        return set()
    rows = visible(model.select(model._meta.primary_key).where(model._meta.primary_key.in_(ids)), actor)
    return {row[0] for row in rows.tuples()}


def require_visible(kind: str, id_: int, actor: Actor) -> None:
    """Raises Gone."""
    model = _kinds.get(kind)
    gate = _filters.get(model) if model is not None else None
    if gate is None or not gate.prepared:
        seen = bool(visible_ids(kind, [id_], actor))
    else:
        alike = (kind, actor.standing, actor.owns_site, actor.signed_in, tuple(site.settings().values()))
        seen = bool(_seen.rows(alike, id_=id_, me=actor.member_id or 0, now=clock.now()))
    if not seen:
        raise Gone


def _build_seen(alike: tuple[str, Standing, bool, bool, tuple[str, ...]], id_: int, me: int, now: int) -> ModelSelect:
    """Raises Conflict when a setting was switched meanwhile: the SQL would be kept for the wrong ones."""
    kind, standing, owns_site, signed_in, settings = alike
    model = _kinds[kind]
    key = model._meta.primary_key
    actor = Actor(me if signed_in else None, standing, owns_site=owns_site)
    query = _gated(model.select(key).where(key == id_), actor, now)
    if tuple(site.settings().values()) != settings:
        raise Conflict
    return query


_seen = Prepared(_build_seen)
