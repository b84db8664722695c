"""What a circle looks at before something is published: approval, newcomers, watched words, repeats.

Those who look after the circle are not looked at. Every question walks an index for a few dozen rows at most.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from blueprints.circles.events import WordsHid
from blueprints.circles.rooms import Room
from blueprints.circles.wording import Wording
from core import clock, likeness
from core.db import Prepared
from core.errors import Invalid, TooMany
from core.policy import Actor
from core.signals import announce
from models import Comment, Moment, Pending, Post, Screening, WatchedWord

APPROVALS = ("none", "newcomers", "all")
WORD_ACTIONS = ("hold", "hide", "warn")

SHORT = 10
"""What is as short as this in letters is said again by everybody: thanks, done, good morning."""

OWN_LATEST, LATEST_POSTS, LATEST_COMMENTS = 30, 50, 400
BEGINNING, MOST_ALIKE = 60, 10
_LINKS = re.compile(r'href="(https?://[^"]{1,60})')


@dataclass(frozen=True)
class Verdict:
    """`held_for` (approval, newcomer, words, links) keeps it back for a moderator, `hides` publishes it hidden; `note`
    is the word that was found."""

    held_for: str = ""
    hides: bool = False
    note: str = ""


PASS = Verdict()


class Screen(NamedTuple):
    """How a circle looks. Newcomers are those who joined less than `newcomer_days` ago; `newcomer_posts` is a number a
    day, 0 for any; `repeats` lets the same words be sent again."""

    approval: str = "none"
    newcomer_days: int = 0
    newcomer_posts: int = 0
    newcomer_links: bool = True
    repeats: bool = False


class Watched(NamedTuple):
    key: str
    word: str
    action: str


def _build_screen(circle: int) -> object:
    columns = (
        Screening.approval, Screening.newcomer_days, Screening.newcomer_posts, Screening.newcomer_links,
        Screening.repeats,
    )  # fmt: skip
    return Screening.select(*columns).where(Screening.circle == circle)


def _build_words(circle: int) -> object:
    return WatchedWord.select(WatchedWord.key, WatchedWord.word, WatchedWord.action).where(WatchedWord.circle == circle)


_screens, _words = Prepared(_build_screen), Prepared(_build_words)


def screen_of(circle: int) -> Screen:
    rows = _screens.rows(circle=circle)
    return Screen(*rows[0]) if rows else Screen()


def screen(
    actor: Actor, here: Room, kind: str, title: str, wording: Wording, *, beside: str = "", insists: bool = False
) -> Verdict:
    """Look at a `post` or `comment` inside the transaction that writes it. `beside` is all else that can be read with
    it: it is looked at for words, and makes no repetition another text. `insists`: the writer has seen the warning.
    Raises Invalid("word_warned", word=…), Invalid("repeated"), TooMany("newcomer_posts")."""
    if here.is_moderator:
        return PASS
    how, found = screen_of(here.id), _found(here, f"{title}\n{beside}", wording)
    if "warn" in found and not insists:
        raise Invalid("word_warned", field="body", word=found["warn"])
    if not how.repeats:
        _refuse_repeats(actor, here, kind, title, wording)
    is_new = _is_newcomer(here, how)
    if is_new and kind == "post" and how.newcomer_posts:
        _refuse_many(actor, here, how.newcomer_posts)
    return _verdict(how, kind, wording, is_new, found)


def _verdict(how: Screen, kind: str, wording: Wording, is_new: bool, found: dict[str, str]) -> Verdict:
    note = found.get("hold") or found.get("hide") or ""
    if "hold" in found:
        return Verdict("words", note=note)
    if is_new and not how.newcomer_links and _LINKS.search(wording.html):
        return Verdict("links", note=note)
    if kind == "post" and how.approval == "all":
        return Verdict("approval", note=note)
    if kind == "post" and how.approval == "newcomers" and is_new:
        return Verdict("newcomer", note=note)
    return Verdict(hides=True, note=note) if "hide" in found else PASS


def screen_edit(here: Room, title: str, wording: Wording, before: str, *, adds: bool = False) -> None:
    """What is out already cannot be kept back, so an edit with such a word is refused, one by which a newcomer adds a
    link to what it was `before` (HTML), and one that `adds` pictures where a moderator looks at posts first. Raises
    Invalid("word_refused", word=…), Invalid("pictures_wait")."""
    if here.is_moderator:
        return
    found = _found(here, title, wording)
    word = found.get("hold") or found.get("hide")
    if word:
        raise Invalid("word_refused", field="body", word=word)
    how = screen_of(here.id)
    added = set(_LINKS.findall(wording.html)) - set(_LINKS.findall(before))
    if added and not how.newcomer_links and _is_newcomer(here, how):
        raise Invalid("word_refused", field="body", word=min(added))
    if adds and (how.approval == "all" or (how.approval == "newcomers" and _is_newcomer(here, how))):
        raise Invalid("pictures_wait", field="media")


def screen_said(
    actor: Actor, here: Room, kind: str, wording: Wording, *, beside: str = "", insists: bool = False
) -> None:
    """Look at what is said to the members of a circle without being kept in it: nothing of that waits for a moderator,
    so what would have to is refused. As `screen`; raises Invalid("word_refused", word=…) and Invalid("moment_waits") as
    well."""
    verdict = screen(actor, here, kind, "", wording, beside=beside, insists=insists)
    word = next(iter(_LINKS.findall(wording.html)), "") if verdict.held_for == "links" else verdict.note
    if word:
        raise Invalid("word_refused", field="body", word=word)
    if verdict.held_for:
        raise Invalid("moment_waits", field="audience")


def tell_hidden(verdict: Verdict, here: Room, kind: str, number: int, member: int) -> None:
    """Announce what was published hidden, inside its transaction."""
    if verdict.hides:
        announce(WordsHid(kind, number, here.id, member, verdict.note))


def _found(here: Room, title: str, wording: Wording) -> dict[str, str]:
    """The first word that was found for each action. Looked for as it was typed and as it reads, for marks of Markdown
    can stand inside of a word, and addresses are not to be read."""
    watched = {row[0]: Watched(*row) for row in _words.rows(circle=here.id)}
    if not watched:
        return {}
    folded = likeness.fold(f"{title}\n{wording.text}\n{wording.source}")
    found: dict[str, str] = {}
    for key in likeness.find(folded, watched):
        found.setdefault(watched[key].action, watched[key].word)
    return found


# ---- newcomers ----------------------------------------------------------------------------------------------


def _is_newcomer(here: Room, how: Screen) -> bool:
    return here.tie.joined_at is not None and here.tie.joined_at > clock.now() - how.newcomer_days * clock.DAY


def _refuse_many(actor: Actor, here: Room, most: int) -> None:
    since, written = clock.now() - clock.DAY, 0
    for table in (Post, Pending, Moment):
        mine = (table.author == actor.member_id) & (table.circle == here.id) & (table.created_at > since)
        mine = mine & (table.kind == "post") if table is Pending else mine
        written += table.select().where(mine).order_by(table.id.desc()).limit(most).count()
    if written >= most:
        raise TooMany("newcomer_posts", retry_after=3600, most=most)


# ---- repeats ------------------------------------------------------------------------------------------------


def _refuse_repeats(actor: Actor, here: Room, kind: str, title: str, wording: Wording) -> None:
    said = likeness.bones(f"{title} {wording.source}")
    if len(said) <= SHORT:
        return
    day, hour = clock.now() - clock.DAY, clock.now() - clock.HOUR
    me = actor.member_id
    lately = Post.select(Post.title, Post.source).where(Post.deleted_at.is_null())
    mine = lately.where(Post.author == me, Post.created_at > day).order_by(Post.id.desc()).limit(OWN_LATEST)
    theirs = lately.where(Post.circle == here.id, Post.created_at > hour).order_by(Post.id.desc()).limit(LATEST_POSTS)
    waiting = Pending.select(Pending.title, Pending.source).where(Pending.author == me, Pending.created_at > day)
    answers = Comment.select(Comment.source).where(Comment.deleted_at.is_null())
    own = answers.where(Comment.author == me, Comment.created_at > day).order_by(Comment.id.desc()).limit(OWN_LATEST)
    for query in (mine, waiting.order_by(Pending.id.desc()).limit(OWN_LATEST), own, theirs):
        _refuse_same(said, query.tuples())
    if kind == "comment":
        _refuse_same(said, _comments_lately(here, hour))


def _comments_lately(here: Room, since: int) -> Iterable[tuple[str]]:
    """The latest comments of the circle, out of the latest of the site: no index leads to those of one circle."""
    last = Comment.select(Comment.id).order_by(Comment.id.desc()).limit(1).scalar() or 0
    rows: Iterable[tuple[str]] = (
        Comment.select(Comment.source)
        .join(Post, on=Comment.post == Post.id)
        .where(
            Comment.id > last - LATEST_COMMENTS, Comment.created_at > since, Comment.deleted_at.is_null(),
            Post.circle == here.id,
        )
        .tuples()
    )  # fmt: skip
    return rows


def _refuse_same(said: str, rows: Iterable[tuple[str, ...]]) -> None:
    """A whole text is only folded when its beginning is the same: all other writers wait meanwhile, and a circle full
    of texts that are made to fold slowly would make them wait for half a minute."""
    alike = (text for text in map(" ".join, rows) if said.startswith(_begins(text[:BEGINNING])))
    if any(_bones(text) == said for text in islice(alike, MOST_ALIKE)):
        raise Invalid("repeated", field="body")


_bones = lru_cache(maxsize=4 * MOST_ALIKE)(likeness.bones)


@lru_cache(maxsize=4096)
def _begins(beginning: str) -> str:
    """Without its end, where a word may have been cut."""
    return likeness.bones(beginning)[: BEGINNING // 2]
