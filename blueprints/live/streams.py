"""The channels of an event: `live-7` for all who watch it, `backstage-7` for those who run it. What each kind of row
shows is made by the file that is named for it."""

from collections.abc import Callable, Mapping

from blueprints.live import bullets
from blueprints.live.avoiding import avoided_ids
from blueprints.live.halls import Hall, hall
from blueprints.live.rows_comments import comment_row
from blueprints.live.rows_events import state_rows
from blueprints.live.rows_room import backstage_gone, backstage_held, backstage_switches, rooms
from blueprints.live.rows_taking_part import poll_rows, question_rows
from blueprints.live.rows_tips import tip_rows, tips_gone
from blueprints.people.apart import apart_ids
from core.errors import Gone
from core.policy import Actor, can
from core.stream_frames import Frame
from core.stream_log import Row
from core.streams import Watch, declare

Shows = Callable[[int, list[int]], dict[int, Frame]]
"""(event, what the rows refer to) -> what each shows; what shows nothing is left out."""


def _questions(event: int, refs: list[int]) -> dict[int, Frame]:
    return {ref: Frame(row.html, author=row.author) for ref, row in question_rows(event, refs).items()}


def _put(regions: Callable[[int, list[int]], Mapping[int, str]]) -> Shows:
    """Of a function that renders what rows refer to."""
    return lambda event, refs: {ref: Frame(html) for ref, html in regions(event, refs).items()}


def _comments(event: int, refs: list[int]) -> dict[int, Frame]:
    return {row.id: Frame(comment_row(row), author=row.author) for row in bullets.shown(event, refs)}


def _gone(event: int, refs: list[int]) -> dict[int, Frame]:
    return {ref: Frame(f"lc-{ref}", "gone") for ref in refs}


def _gone_by(event: int, refs: list[int]) -> dict[int, Frame]:
    """All of a person that pages may still show."""
    ids = {ref: " ".join(f"lc-{id_}" for id_ in bullets.hidden_of(event, ref)) for ref in refs}
    return {ref: Frame(said, "gone") for ref, said in ids.items() if said}


def _no_longer_held(event: int, refs: list[int]) -> dict[int, Frame]:
    return {ref: Frame(id_, "gone") for ref, id_ in backstage_gone(refs).items()}


LIVE: dict[str, Shows] = {
    "comment": _comments, "gone": _gone, "gone_by": _gone_by, "state": _put(state_rows), "poll": _put(poll_rows),
    "question": _questions, "room": _put(rooms),
    "tip": tip_rows, "tip_gone": tips_gone,
}  # fmt: skip
BACKSTAGE: dict[str, Shows] = {
    "comment": _put(backstage_held), "gone": _no_longer_held, "room": _put(backstage_switches),
}  # fmt: skip


def _frames(shows: dict[str, Shows]) -> Callable[[int, list[Row]], dict[int, Frame]]:
    def frames(event: int, rows: list[Row]) -> dict[int, Frame]:
        made: dict[int, Frame] = {}
        for kind in {row.kind for row in rows} & shows.keys():
            mine = [row for row in rows if row.kind == kind]
            shown = shows[kind](event, list({row.ref for row in mine}))
            made |= {row.seq: shown[row.ref] for row in mine if row.ref in shown}
        return made

    return frames


# ---- who may watch ------------------------------------------------------------------------------------------


def _inside(actor: Actor, event: int, permission: str) -> Hall:
    """Raises Gone."""
    here = hall(actor, event)
    if not can(actor, permission, here):
        raise Gone
    return here


def _tags(here: Hall) -> tuple[str, ...]:
    return (f"e{here.id}",) if here.circle is None else (f"e{here.id}", f"c{here.circle}")


def _watch(actor: Actor, event: int) -> Watch:
    here = _inside(actor, event, "live:watch")
    far = set() if here.is_moderator else apart_ids(actor.member_id)
    return Watch(_tags(here), tuple(avoided_ids(actor) | far))


def _watch_backstage(actor: Actor, event: int) -> Watch:
    return Watch(_tags(_inside(actor, event, "live:moderate")))


declare("live", watch=_watch, frames=_frames(LIVE), same_for_all=("comment", "gone", "gone_by", "tip_gone"))
declare("backstage", watch=_watch_backstage, frames=_frames(BACKSTAGE), same_for_all=("gone",))
