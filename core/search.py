"""Finding things: one table of documents, one tokeniser (core/tokens.py), an index that the database keeps by itself.

Newest first, filtered by `policy.visible`. Marks from a private-use area tie a document to its kind and circle, so a
search within them is the same index range scan.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from peewee import SQL, ModelSelect, fn

from core import tokens
from core.db import atomic, is_postgres
from core.policy import Actor, model_of, visible_ids
from models import SearchDoc, database

BATCH = 60
STEPS = (1, 4, 16, 64, 128)
"""How many batches are looked through in one go until a page is full: mostly the first holds enough; a word that
everybody uses, but few whom the reader may hear, takes more."""

MOST_NEAR = 5_000


@dataclass(frozen=True)
class Found:
    """One page of hits: ids of rows of the asked kind, newest first; `older` is where the next page starts."""

    ids: list[int]
    older: int | None


@dataclass(frozen=True)
class Kind:
    """A kind of thing that people look for. `title` names many of them; the last in order is the main list."""

    name: str
    title: Any
    order: int
    among: Callable[[Actor, list[int]], set[int]] | None = None
    near: Callable[[Actor, int], list[int]] | None = None


@dataclass(frozen=True)
class Hit:
    """One find, as the slot `search.results` hands it over; the query is there to be marked in the text."""

    kind: str
    id: int
    query: str


_kinds: dict[str, Kind] = {}


def offer(
    name: str, title: Any, order: int, among: Callable[[Actor, list[int]], set[int]] | None = None,
    near: Callable[[Actor, int], list[int]] | None = None,
) -> None:  # fmt: skip
    """Let people look for this kind. Its blueprint also indexes its rows and fills the slot `search.results`. `among`
    picks out of rows that the actor may see those that a search may bring up; None: all. `near` says which rows, the
    newest so many, are those that the actor would look for, where most of what is written is nothing for them."""
    _kinds[name] = Kind(name, title, order, among, near)


def kinds() -> list[Kind]:
    return sorted(_kinds.values(), key=lambda kind: kind.order)


def _mark(kind: str, circle: int | None) -> str:
    return f"\ue000{kind}" + (f" \ue001{circle}" if circle else "")


def document(kind: str, text: str, *, circle: int | None = None) -> str:
    """What the index holds of a row with this text: marks of its kind and circle, then its words."""
    return f"{_mark(kind, circle)} {' '.join(tokens.tokens(text))}"


def index(kind: str, subject_id: int, text: str, *, circle: int | None = None) -> None:
    """Make this row findable by this text, or change what it is found by. Inside the transaction of the change."""
    words = document(kind, text, circle=circle)
    SearchDoc.insert(kind=kind, subject_id=subject_id, circle=circle, tokens=words).on_conflict(
        conflict_target=[SearchDoc.kind, SearchDoc.subject_id],
        update={SearchDoc.tokens: words, SearchDoc.circle: circle},
    ).execute()


def remove(kind: str, subject_ids: list[int]) -> None:
    SearchDoc.delete().where(SearchDoc.kind == kind, SearchDoc.subject_id.in_(subject_ids)).execute()


def find(
    actor: Actor, kind: str, query: str, *, circle: int | None = None, before: int | None = None, limit: int = 20
) -> Found:
    """What of this kind the actor may see, newest first. `before` comes from the page before.

    There is a next page only if something visible waits there: otherwise the way to it would tell that a word stands
    in what the actor may not see. When many thousand finds were nothing for the actor, the rest of the page is what is
    near to them, and nothing follows it."""
    match = _sqlite_match if not is_postgres() else _postgres_match
    page = _Filling(limit, before)
    for step in STEPS:
        batch = match(kind, query, circle, page.position, BATCH * step)
        if page.take(batch, _findable(actor, kind, [subject for _, subject in batch])):
            return Found(page.ids, page.last)
        if len(batch) < BATCH * step:
            return Found(page.ids, None)
    offered = _kinds.get(kind)
    if offered is None or offered.near is None:
        return Found(page.ids, page.position)
    batch = _near(kind, query, offered.near(actor, MOST_NEAR), page.position)
    is_full = page.take(batch, _findable(actor, kind, [subject for _, subject in batch]))
    return Found(page.ids, page.last if is_full else None)


class _Filling:
    """A page that fills up. `position`: how far was looked; `last`: the document of its last row."""

    def __init__(self, size: int, before: int | None) -> None:
        self.size, self.position, self.last = size, before, before
        self.ids: list[int] = []

    def take(self, batch: list[tuple[int, int]], seen: set[int]) -> bool:
        """Those of these documents and their subjects that were seen; whether there is one that finds no room."""
        for doc, subject in batch:
            self.position = doc
            if subject in seen:
                if len(self.ids) == self.size:
                    return True
                self.ids.append(subject)
                self.last = doc
        return False


def _near(kind: str, query: str, subjects: list[int], before: int | None) -> list[tuple[int, int]]:
    """Documents of these that the query finds: each is read, since there are few."""
    rows = SearchDoc.select(SearchDoc.id, SearchDoc.subject_id, SearchDoc.tokens).where(
        SearchDoc.kind == kind, SearchDoc.subject_id.in_(subjects), SearchDoc.id < (before or 2**62)
    )
    found = rows.order_by(SearchDoc.id.desc()).tuples()
    return [(doc, subject) for doc, subject, words in found if tokens.holds(words, query)]


def _findable(actor: Actor, kind: str, ids: list[int]) -> set[int]:
    seen, offered = visible_ids(kind, ids, actor), _kinds.get(kind)
    return offered.among(actor, sorted(seen)) if offered and offered.among and seen else seen


def _sqlite_match(kind: str, query: str, circle: int | None, before: int | None, size: int) -> list[tuple[int, int]]:
    expression = tokens.match_expression(query)
    if expression is None:
        return []
    marks = " AND ".join(f'"{mark}"' for mark in _mark(kind, circle).split())
    sql = (
        "SELECT d.id, d.subject_id FROM (SELECT rowid FROM search_fts WHERE search_fts MATCH ? AND rowid < ? "
        "ORDER BY rowid DESC LIMIT ?) f JOIN search_doc d ON d.id = f.rowid ORDER BY d.id DESC"
    )
    top = before if before is not None else 2**62
    return list(database.execute_sql(sql, (f"{marks} AND {expression}", top, size)).fetchall())


def _postgres_match(kind: str, query: str, circle: int | None, before: int | None, size: int) -> list[tuple[int, int]]:
    expression = tokens.tsquery(query)
    if expression is None:
        return []
    rows = SearchDoc.select(SearchDoc.id, SearchDoc.subject_id).where(
        SearchDoc.kind == kind, SQL("tsv @@ to_tsquery('simple', %s)", (expression,))
    )
    if circle is not None:
        rows = rows.where(SearchDoc.circle == circle)
    if before is not None:
        rows = rows.where(SearchDoc.id < before)
    return list(rows.order_by(SearchDoc.id.desc()).limit(size).tuples())


# ---- keeping house ------------------------------------------------------------------------------------------


def orphans(kind: str) -> ModelSelect | None:
    """Documents whose row is gone; None for a kind that no blueprint declares at the moment."""
    model = model_of(kind)
    if model is None:
        return None
    key = model._meta.primary_key
    there = fn.EXISTS(model.select(key).where(key == SearchDoc.subject_id))
    return SearchDoc.select(SearchDoc.id).where(SearchDoc.kind == kind, ~there)


def indexed_kinds() -> list[str]:
    return [kind for (kind,) in SearchDoc.select(SearchDoc.kind).distinct().order_by(SearchDoc.kind).tuples()]


def rebuild() -> int:
    """Drop documents that belong to nothing and build the index anew; returns how many documents there are."""
    with atomic():
        for kind in indexed_kinds():
            gone = orphans(kind)
            if gone is not None:
                SearchDoc.delete().where(SearchDoc.id.in_(gone)).execute()
        if not is_postgres():
            database.execute_sql("INSERT INTO search_fts(search_fts) VALUES ('rebuild')")
        return int(SearchDoc.select().count())
