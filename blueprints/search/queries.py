"""One search, as its page shows it: a few finds of each kind, or a page of one kind."""

from dataclasses import dataclass

from core import search
from core.limits import LIMITS
from core.policy import Actor, require, visible
from core.search import Hit, Kind
from models import Circle

FIRST_FEW = 3


@dataclass(frozen=True)
class Question:
    """What is looked for. `kind` is empty for all of them; `before` is where an older page starts."""

    text: str
    kind: str = ""
    circle: int | None = None
    before: int | None = None


@dataclass(frozen=True)
class Section:
    """Finds of one kind; `older` is where the next page starts, None when there is none."""

    kind: Kind
    hits: list[Hit]
    older: int | None


@dataclass(frozen=True)
class Scope:
    """The circle that a search keeps to."""

    id: int
    slug: str
    name: str


def scope(actor: Actor, text: str) -> Scope | None:
    """The circle with this id or slug, if there is one for these eyes."""
    if not text:
        return None
    wanted = Circle.id == int(text) if text.isdecimal() and len(text) < 19 else Circle.slug == text
    row = visible(Circle.select(Circle.id, Circle.slug, Circle.name).where(wanted), actor).tuples().first()
    return Scope(*row) if row else None


def search_for(actor: Actor, question: Question) -> list[Section]:
    """Sections in the order of their kinds, without empty ones. Raises SignInNeeded."""
    require(actor, "search:use")
    asked = [kind for kind in search.kinds() if question.kind in ("", kind.name)]
    sections = []
    for kind in asked:
        whole = kind is asked[-1]
        if not whole and (question.circle is not None or question.before is not None):
            continue
        found = search.find(
            actor, kind.name, question.text, circle=question.circle, before=question.before if whole else None,
            limit=LIMITS["page_search"] if whole else FIRST_FEW,
        )  # fmt: skip
        if found.ids:
            hits = [Hit(kind.name, id_, question.text) for id_ in found.ids]
            sections.append(Section(kind, hits, found.older))
    return sections
