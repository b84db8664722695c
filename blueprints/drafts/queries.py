"""A member's own drafts."""

from typing import NamedTuple

from core.limits import LIMITS
from core.policy import Actor, require, visible
from models import Draft


class DraftRow(NamedTuple):
    """`changed_at` in ms since 1970."""

    name: str
    title: str
    body: str
    path: str
    changed_at: int

    @property
    def excerpt(self) -> str:
        line = " ".join(self.body.split())
        return line if len(line) <= EXCERPT else f"{line[:EXCERPT]}…"


EXCERPT = 160
_COLUMNS = (Draft.name, Draft.title, Draft.body, Draft.path, Draft.changed_at)


def some(actor: Actor, names: list[str]) -> dict[str, DraftRow]:
    """Those of these drafts that there are."""
    require(actor, "draft:own")
    query = visible(Draft.select(*_COLUMNS), actor).where(Draft.name.in_(names))
    return {row[0]: DraftRow(*row) for row in query.tuples()}


def one(actor: Actor, name: str) -> DraftRow | None:
    return some(actor, [name]).get(name)


def all_of(actor: Actor) -> list[DraftRow]:
    """What was changed last comes first."""
    require(actor, "draft:own")
    query = visible(Draft.select(*_COLUMNS), actor).order_by(Draft.changed_at.desc()).limit(LIMITS["drafts"])
    return [DraftRow(*row) for row in query.tuples()]


def count(actor: Actor) -> int:
    return int(visible(Draft.select(Draft.name), actor).count())
