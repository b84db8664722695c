"""The pictures of a moment that is there: some go, others come, and what they show is said in other words."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from blueprints.circles.posting import Enclosed
from core.config import current
from core.db import after_commit
from core.errors import Invalid
from core.limits import LIMITS
from core.media import delete_picture
from core.plain import clean_line
from core.policy import Actor
from models import Moment, Picture


@dataclass(frozen=True)
class Plan:
    """What is to become of the pictures of a moment, looked at before anything is done. `said` is what others show
    from now on, by the number of the picture."""

    gone: list[Picture]
    kept: list[Picture]
    said: dict[int, str]
    new: Enclosed

    @property
    def moves(self) -> bool:
        return bool(self.gone or self.new)

    @property
    def count(self) -> int:
        return len(self.kept) + len(self.new.pictures)

    def words(self) -> str:
        """What can be read in it that could not be read before."""
        return "\n".join([*self.said.values(), *self.new.words()])


def of_moment(moment: int) -> list[Picture]:
    mine = (Picture.subject_kind == "moment") & (Picture.subject_id == moment)
    return list(Picture.select().where(mine).order_by(Picture.position, Picture.id))


def plan(row: Moment, removed: tuple[str, ...], shows: Mapping[str, str], new: Enclosed) -> Plan:
    """By the keys of pictures; those of others count for nothing. Raises Invalid, field `media`."""
    there = of_moment(row.id)
    kept = [each for each in there if each.key not in removed]
    said = {each.id: clean_line(shows[each.key])[: LIMITS["alt"]] for each in kept if each.key in shows}
    said = {each.id: said[each.id] for each in kept if said.get(each.id, each.alt) != each.alt}
    made = Plan([each for each in there if each.key in removed], kept, said, new)
    if made.count > LIMITS["pictures_per_post"]:
        raise Invalid("too_many_pictures", field="media", most=LIMITS["pictures_per_post"])
    if new and row.video_id:
        raise Invalid("moment_either", field="media")
    return made


def carry_out(actor: Actor, moment: int, made: Plan) -> None:
    """Inside the transaction that changes the moment. What is taken away goes for good."""
    for id_, alt in made.said.items():
        Picture.update(alt=alt).where(Picture.id == id_).execute()
    if not made.moves:
        return
    Picture.delete().where(Picture.id.in_([each.id for each in made.gone])).execute()
    for place, each in enumerate(made.kept):
        Picture.update(position=place).where(Picture.id == each.id).execute()
    made.new.attach(actor, "moment", moment, first=len(made.kept))
    Moment.update(picture_count=made.count).where(Moment.id == moment).execute()
    for each in made.gone:
        after_commit(partial(delete_picture, current().data / "media", each.key))
