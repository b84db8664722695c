"""Pictures and papers that go with words; and the pictures of what is there already: some go, others come, they change
places, and what they show is said in other words."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from blueprints.circles import files
from blueprints.circles.files import NewFile
from core import clock
from core.config import current
from core.db import after_commit, is_postgres
from core.errors import Invalid
from core.limits import LIMITS
from core.media import NewPicture, PictureChanges, delete_picture
from core.plain import clean_line
from core.policy import Actor, model_of
from models import Picture


@dataclass(frozen=True)
class Enclosed:
    """What goes with the words."""

    pictures: list[NewPicture]
    papers: list[NewFile]

    def __bool__(self) -> bool:
        return bool(self.pictures or self.papers)

    def content(self) -> list[Any]:
        """What tells it from something else sent under the same key."""
        pictures = [(each.digest or each.stored.bytes, each.alt) for each in self.pictures]
        return [*pictures, *((each.digest or each.stored.size, each.stored.name) for each in self.papers)]

    def words(self) -> list[str]:
        """What can be read of it: what pictures show, and the names of files."""
        shown = [each.alt[: LIMITS["alt"]] for each in self.pictures]
        return [*shown, *(each.stored.name for each in self.papers)]

    def attach(self, actor: Actor, kind: str, subject: int, first: int = 0) -> None:
        """`first` is how many pictures stand before these."""
        now = clock.now()
        for position, picture in enumerate(self.pictures, first):
            stored = picture.stored
            Picture.create(
                key=stored.key, uploader=actor.member_id, subject_kind=kind, subject_id=subject, position=position,
                width=stored.width, height=stored.height, size=stored.bytes, animated=stored.animated,
                colour=stored.colour, alt=picture.alt[: LIMITS["alt"]], created_at=now,
            )  # fmt: skip
        files.attach(actor, kind, subject, self.papers)

    def discard(self) -> None:
        for picture in self.pictures:
            delete_picture(current().data / "media", picture.stored.key)
        files.discard(self.papers)


@dataclass(frozen=True)
class Plan:
    """What is to become of the pictures of something, looked at before anything is done. `kept` are in their new order,
    `said` is what some of them show from now on, by the number of the picture."""

    gone: list[Picture]
    kept: list[Picture]
    said: dict[int, str]
    new: Enclosed

    @property
    def moves(self) -> bool:
        """Whether whoever looks at it sees something else than before."""
        order = [each.position for each in self.kept]
        return bool(self.gone or self.new) or order != sorted(order)

    def __bool__(self) -> bool:
        return self.moves or bool(self.said)

    @property
    def count(self) -> int:
        return len(self.kept) + len(self.new.pictures)

    def words(self) -> str:
        """What can be read in it that could not be read before."""
        return "\n".join([*self.said.values(), *self.new.words()])


def pictures_of(kind: str, subject: int) -> list[Picture]:
    mine = (Picture.subject_kind == kind) & (Picture.subject_id == subject)
    return list(Picture.select().where(mine).order_by(Picture.position, Picture.id))


def typed(kind: str, subject: int, asked: PictureChanges) -> list[tuple[str, str]]:
    """Key and words of each picture, as the form has them that asks for changes."""
    there = _ordered(pictures_of(kind, subject), asked.order)
    return [(each.key, asked.shows.get(each.key, each.alt)) for each in there]


def _ordered(there: list[Picture], order: tuple[str, ...]) -> list[Picture]:
    """Those that are named first; a form that is older than a picture says nothing of it."""
    places = {key: place for place, key in enumerate(order)}
    return sorted(there, key=lambda each: places.get(each.key, len(places)))


def take_turn(kind: str, subject: int) -> None:
    """Inside the transaction, before anything is looked at: of two who change it at once, one begins with what the
    other has left."""
    if is_postgres():
        table: Any = model_of(kind)
        table.select(table.id).where(table.id == subject).for_update().execute()


def plan(kind: str, row: Any, asked: PictureChanges) -> Plan:
    """`row` is of the table of that kind. Keys of pictures of others count for nothing. What was hidden for a picture
    keeps it, or nobody could look at it again and take that back. Raises Invalid, field `media`."""
    there = pictures_of(kind, row.id)
    kept = _ordered([each for each in there if each.key not in asked.removed], asked.order)
    said = {each.id: clean_line(asked.shows[each.key])[: LIMITS["alt"]] for each in kept if each.key in asked.shows}
    said = {each.id: said[each.id] for each in kept if said.get(each.id, each.alt) != each.alt}
    new = Enclosed(asked.pictures, [])
    made = Plan([each for each in there if each.key in asked.removed], kept, said, new)
    if made.count > LIMITS["pictures_per_post"]:
        raise Invalid("too_many_pictures", field="media", most=LIMITS["pictures_per_post"])
    if made.gone and row.hidden_at is not None:
        raise Invalid("pictures_stay", field="media")
    return made


def carry_out(actor: Actor, kind: str, subject: int, made: Plan) -> None:
    """Inside the transaction that changes what they belong to. What is taken away goes for good."""
    for id_, alt in made.said.items():
        Picture.update(alt=alt).where(Picture.id == id_).execute()
    if not made.moves:
        return
    Picture.delete().where(Picture.id.in_([each.id for each in made.gone])).execute()
    for place, each in enumerate(made.kept):
        Picture.update(position=place).where(Picture.id == each.id).execute()
    made.new.attach(actor, kind, subject, first=len(made.kept))
    table: Any = model_of(kind)
    table.update(picture_count=made.count).where(table.id == subject).execute()
    for each in made.gone:
        after_commit(partial(delete_picture, current().data / "media", each.key))
