"""Posts and comments as their templates take them: a row, its pictures and what this reader may do with it.

Rendered rows are kept by what they show (core/fragments.py); a list of twenty is a few look-ups.
"""

from dataclasses import dataclass, replace

from markupsafe import Markup

from blueprints.circles import cards, files, polls, sharing, unread
from blueprints.circles.cards import CardRow
from blueprints.circles.files import FileRow
from blueprints.circles.polls import PollRow
from blueprints.circles.reading import CommentRow, PictureRow, PostRow, pictures
from blueprints.circles.rooms import Room
from blueprints.circles.sharing import SharedRow
from blueprints.circles.unread import NOTHING, Unread
from core.blueprint import slot
from core.fragments import kept, still
from core.i18n import ago
from core.markup import trusted
from core.policy import Actor, can

NO_ITEMS = trusted("")


@dataclass(frozen=True)
class Powers:
    """What the reader may do with a row; part of the key under which it is kept."""

    takes_part: bool
    edits: bool
    deletes: bool
    arranges: bool
    belongs: bool
    keeps: bool


@dataclass(frozen=True)
class Shelf:
    """One post ready to be shown; `menu` is what other blueprints put into its menu, `tools` what they put beside
    reacting."""

    post: PostRow
    slug: str
    powers: Powers
    pictures: tuple[PictureRow, ...] = ()
    files: tuple[FileRow, ...] = ()
    poll: PollRow | None = None
    card: CardRow | None = None
    shared: SharedRow | None = None
    menu: Markup = NO_ITEMS
    tools: Markup = NO_ITEMS
    is_new: bool = False


def powers(actor: Actor, here: Room, author: int | None) -> Powers:
    owned = (here, author)
    return Powers(
        can(actor, "post:like", here), can(actor, "post:edit", owned), can(actor, "post:delete", owned),
        can(actor, "post:arrange", here), can(actor, "circle:belong", here),
        can(actor, "post:keep", here),
    )  # fmt: skip


def _powers_by_author(actor: Actor, here: Room, authors: set[int | None]) -> dict[int | None, Powers]:
    return {author: powers(actor, here, author) for author in authors}


def shelf(actor: Actor, here: Room, row: PostRow) -> Shelf:
    return shelves(actor, here, [row])[0]


def shelves(actor: Actor, here: Room, rows: list[PostRow]) -> list[Shelf]:
    """Posts with all that hangs on them; what no post of the list has costs no query."""
    known = _powers_by_author(actor, here, {row.author_id for row in rows})
    seen, papers, votes = pictures(rows), files.of_posts(rows), polls.of_posts(actor, rows)
    links, sources = cards.of_posts(rows), sharing.of_posts(actor, rows)
    things = [(row.id, row.author_id, here) for row in rows]
    menus, tools = slot("circles.post_menu", actor, things), slot("circles.post_tools", actor, things)
    return [
        Shelf(
            row, here.slug, known[row.author_id], tuple(seen.get(row.id, ())), papers.get(row.id, ()),
            votes.get(row.id), links.get(row.id), sources.get(row.id), trusted("").join(menus.get(row.id, ())),
            trusted("").join(tools.get(row.id, ())), unread.is_new_post(actor, here, row),
        )
        for row in rows
    ]  # fmt: skip


def post_rows(actor: Actor, here: Room, rows: list[PostRow]) -> list[Markup]:
    """Each post of a list as HTML."""
    return [post_row(shown) for shown in shelves(actor, here, rows)]


def post_row(shown: Shelf, *, whole: bool = False) -> Markup:
    key = (shown, whole, ago(shown.post.created_at))
    return kept("circles/_post.html", key, shown=shown, whole=whole)


@dataclass(frozen=True)
class Beneath:
    """How a comment stands beneath its post: whether it can be answered, whether the reader may put it first (`pin`,
    `unpin`, or neither), and what other blueprints put into its menu and beside reacting."""

    answers: bool
    pin: str = ""
    menu: Markup = NO_ITEMS
    tools: Markup = NO_ITEMS


def comment_rows(
    actor: Actor, here: Room, post: PostRow, rows: list[CommentRow], answers: dict[int, list[CommentRow]],
    new: Unread = NOTHING,
) -> list[Markup]:  # fmt: skip
    """Each comment of a page as HTML, with the replies that are shown beneath it; a line before the first of the `new`
    ones."""
    everyone = [*rows, *(reply for replies in answers.values() for reply in replies)]
    known = _powers_by_author(actor, here, {row.author_id for row in everyone})
    places = _places(actor, here, post, everyone)
    fresh = frozenset(each.id for each in everyone if new.is_new(each.id, each.author_id, actor.member_id))
    shown = [(row.id, _comment(here, row, answers.get(row.id, []), known, places, fresh, new.first)) for row in rows]
    return [_after_line(html, id_ == new.first) for id_, html in shown]


def _places(actor: Actor, here: Room, post: PostRow, rows: list[CommentRow]) -> dict[int, Beneath]:
    answers = post.locked_at is None or here.is_moderator
    may_pin = can(actor, "comment:pin", (here, post.author_id))
    there = [row for row in rows if not is_gap(row)]
    things = [(row.id, row.author_id, here) for row in there]
    menus, tools = slot("circles.comment_menu", actor, things), slot("circles.comment_tools", actor, things)
    pins = {row.id for row in there if may_pin and row.parent_id is None and row.hidden_at is None}
    return {
        row.id: Beneath(
            answers, ("unpin" if row.id == post.pinned_comment else "pin") if row.id in pins else "",
            trusted("").join(menus.get(row.id, ())), trusted("").join(tools.get(row.id, ())),
        )
        for row in rows
    }  # fmt: skip


def _after_line(html: Markup, is_first: bool) -> Markup:
    return still("circles/_unread_line.html", anchor="first-unread") + html if is_first else html


def comment_row(actor: Actor, here: Room, post: PostRow, row: CommentRow) -> Markup:
    """One comment that is new on the page, so without replies."""
    known = {row.author_id: powers(actor, here, row.author_id)}
    return _comment(here, row, [], known, _places(actor, here, post, [row]))


def comment_said(actor: Actor, here: Room, post: PostRow, row: CommentRow, *, oob: bool = False) -> Markup:
    """What a comment says and its tools, without its replies: the part that changes. `oob` finds its own place."""
    return comments_said(actor, here, post, [row], oob=oob)[0]


def comments_said(
    actor: Actor, here: Room, post: PostRow, rows: list[CommentRow], *, oob: bool = False
) -> list[Markup]:
    """The same of several, in as many queries as of one."""
    places, shown = _places(actor, here, post, rows), []
    for row in rows:
        mine = _gap(row, powers(actor, here, row.author_id))
        key = (row, here.slug, mine, places[row.id], ago(row.created_at), oob)
        shown.append(
            kept(
                "circles/_comment_said.html", key, comment=row, slug=here.slug, powers=mine, beneath=places[row.id],
                oob=oob,
            )
        )  # fmt: skip
    return shown


def _comment(
    here: Room, row: CommentRow, replies: list[CommentRow], known: dict[int | None, Powers],
    places: dict[int, Beneath], fresh: frozenset[int] = frozenset(), first_new: int | None = None,
) -> Markup:  # fmt: skip
    answered = tuple(
        _after_line(_comment(here, reply, [], known, places, fresh), reply.id == first_new) for reply in replies
    )
    mine, beneath = _gap(row, known[row.author_id]), places[row.id]
    hidden = max(0, row.reply_count - len(answered))
    first = replies[0].id if replies else 0
    is_new = row.id in fresh and not row.deleted_at
    key = (row, here.slug, mine, beneath, ago(row.created_at), answered, hidden, first, is_new)
    return kept(
        "circles/_comment.html", key, comment=row, slug=here.slug, powers=mine, beneath=beneath, replies=answered,
        hidden=hidden, first=first, is_new=is_new,
    )  # fmt: skip


def is_gap(row: CommentRow) -> bool:
    """Deleted, or hidden from these eyes: its place is there, its words are not."""
    return row.deleted_at is not None or (row.hidden_at is not None and not row.html)


def _gap(row: CommentRow, mine: Powers) -> Powers:
    """Nothing can be done with a comment that is gone, except answering those who answered it."""
    return replace(mine, edits=False, deletes=False) if is_gap(row) else mine
