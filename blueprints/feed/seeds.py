"""Demo moments: what the people of the demo show, and what their friends say to it, at the times at which they did."""

import re
import tomllib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from blueprints.feed import commenting, fanout, posting, reacting
from blueprints.feed.audience import Audience
from blueprints.feed.posting import NewMoment
from blueprints.feed.sharing import Shared
from core import clock, media, search, seeding
from core.config import current
from core.db import after_commit
from core.errors import Gone
from core.policy import Actor, Standing
from models import Circle, FriendList, Friendship, Member, Moment, MomentComment, Picture, Post

MOMENTS = Path(__file__).parent / "demo" / "moments.toml"
_LINE = re.compile(r"(?P<answers>> )?(?P<by>\S+) (?P<delay>\d+[mh]) \| (?P<text>.+)")
_drawings: list[seeding.Drawings[media.Picture]] = []


def _told() -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = tomllib.loads(MOMENTS.read_text())["moments"]
    return told


def _shots(facts: dict[str, Any]) -> list[tuple[tuple[str, int, str], str]]:
    """What to draw, and what it shows in words."""
    split = [text.partition(" | ") for text in facts.get("pictures", ())]
    recipes = [(recipe.split(), alt) for recipe, _, alt in split]
    return [((scene, int(seed), str(current().data / "media")), alt) for (scene, seed), alt in recipes]


def prepare() -> None:
    from blueprints.feed.demo.scenes import stored  # with it comes Pillow

    wanted = [recipe for facts in _told() for recipe, _ in _shots(facts)]
    _drawings.append(seeding.Drawings(stored, wanted))


class Stage:
    """All that is going to happen, put into the order of time before it does."""

    def __init__(self) -> None:
        self.now = clock.now()
        self.acts: list[tuple[int, int, Callable[[], None]]] = []
        self.actors = {
            name: Actor(id_, Standing.MEMBER, name)
            for name, id_ in Member.select(Member.username, Member.id).where(Member.is_demo == True).tuples()  # noqa: E712 - SQL
        }
        self.made: dict[int, int] = {}

    def put(self, at: int, act: Callable[[], None]) -> None:
        self.acts.append((min(at, self.now - 1), len(self.acts), act))

    def play(self) -> None:
        for at, _, act in sorted(self.acts, key=lambda each: each[:2]):
            with seeding.at(at):
                act()

    def tell(self, place: int, facts: dict[str, Any]) -> None:
        at = seeding.moment(facts["at"], self.now)
        self.put(at, partial(self._write, place, facts))
        for number, name in enumerate(facts["likes"]):
            self.put(seeding.later(at, f"{7 + 23 * number}m", self.now), partial(self._like, place, name, number))
        said: list[int] = []
        for line in facts["comments"].strip().splitlines():
            match = _LINE.fullmatch(line)
            if match is None:
                raise ValueError(f"cannot be read: {line}")
            self.put(seeding.later(at, match["delay"], self.now), partial(self._comment, place, match, said))

    def _write(self, place: int, facts: dict[str, Any]) -> None:
        actor = self.actors[facts["by"]]
        pictures = [media.NewPicture(_drawings[-1].get(recipe), alt) for recipe, alt in _shots(facts)]
        self.made[place] = posting.write(
            actor,
            NewMoment(
                body=facts["body"].strip(), audience=_audience(actor, facts), pictures=pictures,
                shared=_shared(facts.get("shared", "")), lasts=facts.get("expires", ""),
            ),
        )  # fmt: skip

    def _like(self, place: int, name: str, number: int) -> None:
        reacting.react(self.actors[name], self.made[place], True, 0 if number % 3 else number % 5)

    def _comment(self, place: int, match: re.Match[str], said: list[int]) -> None:
        answered = said[-1] if match["answers"] else None
        said.append(commenting.write_comment(self.actors[match["by"]], self.made[place], match["text"], answered))


def _audience(actor: Actor, facts: dict[str, Any]) -> Audience:
    mine = FriendList.select(FriendList.id).where(
        FriendList.member == actor.member_id, FriendList.name.in_(facts.get("lists", [""]))
    )
    circle = Circle.select(Circle.id).where(Circle.slug == facts.get("circle", "")).scalar()
    return Audience(facts["audience"], tuple(id_ for (id_,) in mine.tuples()), circle)


def _shared(told: str) -> Shared | None:
    """`post pour-over`: what the people of the demo like best in that circle of what one of them wrote."""
    if not told:
        return None
    slug = told.removeprefix("post ")
    theirs = Post.author.in_(Member.select(Member.id).where(Member.is_demo == True))  # noqa: E712 - SQL
    here = Post.select(Post.id).join(Circle).where(Circle.slug == slug, Post.deleted_at.is_null(), theirs)
    newest = here.order_by(Post.like_count.desc(), Post.id.desc()).limit(1).scalar()
    if newest is None:
        raise Gone
    return Shared("post", int(newest))


def is_missing() -> bool:
    """Nobody of the demo has shown anything or has friends yet, whom these stories begin with; and all are there."""
    demo = Member.select(Member.id).where(Member.is_demo == True, Member.erased_at.is_null())  # noqa: E712 - SQL
    named = {facts["by"] for facts in _told()}
    begun = (
        Moment.select().where(Moment.author.in_(demo)),
        Friendship.select().where(Friendship.member.in_(demo) | Friendship.friend.in_(demo)),
    )
    there = demo.where(Member.username.in_(named)).count()
    return there == len(named) and not any(query.exists() for query in begun)


def plant() -> None:
    stage = Stage()
    try:
        for place, facts in enumerate(_told()):
            stage.tell(place, facts)
        stage.play()
    finally:
        _drawings.pop().close()
    for moment in stage.made.values():
        fanout.spread(moment, 0)  # nobody has so many friends that a second batch would be needed


def uproot() -> None:
    """Moments go with the rows of their authors; what stands outside of those rows goes here."""
    demo = Member.select(Member.id).where(Member.is_demo == True)  # noqa: E712 - SQL
    moments = [id_ for (id_,) in Moment.select(Moment.id).where(Moment.author.in_(demo)).tuples()]
    mine = (Picture.subject_kind == "moment") & Picture.subject_id.in_(moments)
    for (key,) in Picture.select(Picture.key).where(mine).tuples():
        after_commit(partial(media.delete_picture, current().data / "media", key))
    Picture.delete().where(mine).execute()
    search.remove("moment", moments)
    MomentComment.delete().where(MomentComment.author.in_(demo)).execute()
    Moment.delete().where(Moment.id.in_(moments)).execute()


seeding.register(seeding.Demo("feed", order=40, plant=plant, prepare=prepare, uproot=uproot, is_missing=is_missing))
