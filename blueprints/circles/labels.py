"""What topics and flairs have in common: a few short names that a circle keeps in an order of its own."""

from core import audit
from core.errors import Gone, Invalid
from core.limits import LIMITS
from core.plain import clean_line
from core.policy import Actor
from models import Circle, Flair, Topic

Label = Topic | Flair


def hold(circle: int) -> None:
    """Whoever changes a circle's labels waits here for whoever does so already: on PostgreSQL two who count at the same
    time would both find room for one more. Inside the transaction, before anything is counted."""
    Circle.update(seq=Circle.seq + 1).where(Circle.id == circle).execute()


def checked(table: type[Label], circle: int, name: str, most: int, besides: int = 0) -> str:
    """The name as it is kept. Raises Invalid when it is empty, too long, or another label's."""
    clean = clean_line(name)
    if not clean:
        raise Invalid("needed", field="name")
    if len(clean) > most:
        raise Invalid("too_long", field="name", most=most)
    for id_, taken in table.select(table.id, table.name).where(table.circle == circle).tuples():
        if id_ != besides and taken.casefold() == clean.casefold():
            raise Invalid("label_taken", field="name", name=taken)
    return clean


def next_position(table: type[Label], circle: int, limit: str) -> int:
    """Raises Invalid when the circle has as many as fit."""
    taken = [position for (position,) in table.select(table.position).where(table.circle == circle).tuples()]
    if len(taken) >= LIMITS[limit]:
        raise Invalid(f"{limit}_full", field="name", most=LIMITS[limit])
    return max(taken, default=-1) + 1


def one(table: type[Label], circle: int, number: int) -> Label:
    """Raises Gone, for another circle's as well."""
    found: Label | None = table.get_or_none(table.id == number, table.circle == circle)
    if found is None:
        raise Gone
    return found


def move(table: type[Label], circle: int, number: int, *, up: bool) -> None:
    """Change places with the neighbour; at the end of the list nothing happens. Raises Gone."""
    one(table, circle, number)
    listed = table.select(table.id).where(table.circle == circle).order_by(table.position, table.id)
    order = [id_ for (id_,) in listed.tuples()]
    place = order.index(number)
    other = place - 1 if up else place + 1
    if 0 <= other < len(order):
        order[place], order[other] = order[other], order[place]
        for position, id_ in enumerate(order):
            table.update(position=position).where(table.id == id_).execute()


def note(actor: Actor, circle: int, action: str, kind: str, name: str) -> None:
    audit.record(actor, f"circle.{action}", "circle", circle, circle=circle, label=kind, name=name)
