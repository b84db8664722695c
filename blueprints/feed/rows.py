"""Moments as their template takes them: what was seen, with words, a card and what other blueprints put beside it.

Rendered rows are kept by what they show (core/fragments.py).
"""

from dataclasses import replace

from babel.lists import format_list
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from markupsafe import Markup

from blueprints.feed import audience, rows_talk
from blueprints.feed.audience import Audience
from blueprints.feed.queries import FilmRow, Seen
from core import clock, hx
from core.blueprint import slot
from core.errors import BadVideo
from core.fragments import kept
from core.i18n import ago, exact, locale_code
from core.markup import trusted
from core.policy import Actor


def dressed(actor: Actor, rows: list[Seen], talk: Markup | None = None) -> list[Seen]:
    """With all that a template shows beside what was read; a few queries for the whole list. `talk` is what stands
    beneath the one moment of a page (rows_talk.whole)."""
    cards = slot("feed.card", actor, sorted({row.shared for row in rows if row.shared}))
    menus = slot("feed.moment_menu", actor, [(row.id, row.author) for row in rows])
    ids = [row.id for row in rows]
    talks = rows_talk.talks(actor, ids) if talk is None else dict.fromkeys(ids, talk)
    own = _own_audiences(actor, rows)
    return [
        replace(
            row,
            audience_words=own.get(row.id) or words_of(row.audience, row.circle[1] if row.circle else ""),
            card=trusted("").join(cards.get(row.shared, ())) if row.shared else trusted(""),
            menu=trusted("").join(menus.get(row.id, ())),
            talk=talks.get(row.id, trusted("")),
            video=_film(row.video),
        )
        for row in rows
    ]


def worded(row: Seen) -> Seen:
    """With words for what is wrong with its film, and no more."""
    return replace(row, video=_film(row.video))


def _film(film: FilmRow | None) -> FilmRow | None:
    return film._replace(error=hx.say(BadVideo(film.error))) if film and film.error else film


def moment_row(row: Seen, *, whole: bool = False, back: bool = False) -> Markup:
    """A dressed one as HTML: as a row of a list, or `whole` on its own page with all that is beneath it. `back`: it
    comes back to a page, and whoever brought it back is taken there."""
    now = clock.now()
    is_over = row.expires_at is not None and row.expires_at <= now
    ends = exact(row.expires_at) if row.expires_at and not is_over else ""
    key = (row, whole, back, is_over, ends, ago(row.created_at))
    return kept("feed/_moment.html", key, seen=row, whole=whole, back=back, is_over=is_over, ends=ends)


def whole_moment(actor: Actor, row: Seen, before: int | None = None) -> Markup:
    """On its own page, with a page of its comments. Raises Gone."""
    talk = rows_talk.whole(actor, row.id, before)
    return moment_row(dressed(actor, [row], talk)[0], whole=True)


def moment_rows(actor: Actor, rows: list[Seen]) -> list[Markup]:
    return [moment_row(row) for row in dressed(actor, rows)]


# ---- for whom, in words --------------------------------------------------------------------------------------

AUDIENCES = {
    "friends": _l("Friends"), "only": _l("Some friends"), "except": _l("Friends"), "me": _l("Only me"),
    "public": _l("Public"),
}  # fmt: skip


def words_of(kind: str, circle: str = "") -> str:
    """For whom a moment is, as everybody who sees it may know: which lists it goes by, and that somebody is left out,
    is for its author alone."""
    if kind == "circle":
        return _("Members of %(circle)s", circle=circle) if circle else _("Members of a circle")
    return str(AUDIENCES[kind])


def own_words(kind: str, lists: tuple[str, ...], people: int | None, circle: str = "") -> str:
    """The same for its author: "Family and Runners · 12 people"."""
    if kind not in ("friends", "only", "except") or people is None:
        return words_of(kind, circle)
    count = ngettext("%(num)s person", "%(num)s people", people)
    if not lists and kind == "only":
        return words_of("me")
    if kind == "friends" or not lists:
        return _("All friends · %(count)s", count=count)
    names = format_list(list(lists), locale=locale_code().replace("-", "_"))
    if kind == "only":
        return _("%(lists)s · %(count)s", lists=names, count=count)
    return _("All friends but %(lists)s · %(count)s", lists=names, count=count)


def _own_audiences(actor: Actor, rows: list[Seen]) -> dict[int, str]:
    mine = [row for row in rows if row.changes]
    ids = [row.id for row in mine if row.audience in ("only", "except")]
    lists, names = audience.of_moments(ids), audience.names_of(ids)
    counted: dict[Audience, int | None] = {}
    shown: dict[int, str] = {}
    for row in mine:
        chosen = Audience(row.audience, lists.get(row.id, ()))
        if chosen not in counted:
            counted[chosen] = audience.people(row.author, chosen)
        circle = row.circle[1] if row.circle else ""
        shown[row.id] = own_words(row.audience, names.get(row.id, ()), counted[chosen], circle)
    return shown
