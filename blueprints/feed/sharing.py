"""What is shown in a moment as a card: it stays where it is, and each reader meets it through its own gate."""

from collections.abc import Iterable
from dataclasses import dataclass

from blueprints.feed.audience import Audience
from core.errors import Gone, Invalid
from core.policy import Actor, require_visible, visible
from models import Circle, LiveEvent, Post


@dataclass(frozen=True)
class Shared:
    """`kind` is its name at the read gate: post or live."""

    kind: str
    id: int


KINDS = {"post": Post, "live": LiveEvent}


def read(text: str) -> Shared | None:
    """`post:12`, as forms and addresses carry it; None for nothing. Raises Invalid for what is none of these."""
    kind, _colon, number = text.partition(":")
    if not text:
        return None
    if kind not in KINDS or not (number.isascii() and number.isdecimal() and len(number) < 16):
        raise Invalid("shared_gone", field="shared")
    return Shared(kind, int(number))


def checked(actor: Actor, shared: Shared, chosen: Audience) -> Shared:
    """What a moment for `chosen` may show. Inside the transaction that writes it. What was shared into a circle leads
    to its source.

    Raises Gone when the actor may not see it, Invalid when word of it would leave an invisible circle."""
    if shared.kind not in KINDS:
        raise Gone
    require_visible(shared.kind, shared.id, actor)
    if shared.kind == "post":
        origin = Post.select(Post.shared).where(Post.id == shared.id).scalar()
        if origin:
            require_visible("post", origin, actor)
            shared = Shared("post", int(origin))
    home = home_of(shared)
    if home is not None and home[1] == "invisible" and chosen.circle != home[0] and chosen.kind != "me":
        raise Invalid("share_stays_inside", field="shared")
    return shared


def home_of(shared: Shared) -> tuple[int, str] | None:
    """The circle that it belongs to and this one's visibility."""
    table = KINDS[shared.kind]
    query = table.select(Circle.id, Circle.visibility).join(Circle, on=table.circle == Circle.id)
    found: tuple[int, str] | None = query.where(table.id == shared.id).tuples().first()
    return found


def words_shown(actor: Actor, things: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """What the actor can read on the cards of these, kind and id; a query for each kind that is among them."""
    wanted = set(things)
    found: dict[tuple[str, int], str] = {}
    for kind, columns in (("post", (Post.id, Post.title, Post.excerpt)), ("live", (LiveEvent.id, LiveEvent.title))):
        ids = [id_ for each, id_ in wanted if each == kind]
        query = KINDS[kind].select(*columns).where(KINDS[kind].id.in_(ids))
        found |= {(kind, id_): "\n".join(words) for id_, *words in visible(query, actor).tuples()} if ids else {}
    return found
