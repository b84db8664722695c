"""What the stories about notices share."""

from core import notices
from core.blueprint import slot
from core.notices import COLUMNS, NoticeRow
from models import Circle, Membership, Notice


def level(person, circle: Circle, notify: str) -> None:
    """What somebody wants to be told of in a circle."""
    mine = (Membership.circle == circle) & (Membership.member == person.id)
    assert Membership.update(notify=notify).where(mine).execute() == 1


def kinds(person) -> list[str]:
    """Of what kinds somebody's notices are, first told first."""
    query = Notice.select(Notice.kind).where(Notice.member == person.id).order_by(Notice.id)
    return [kind for (kind,) in query.tuples()]


def rows(person) -> list[NoticeRow]:
    query = Notice.select(*COLUMNS).where(Notice.member == person.id).order_by(Notice.id.desc())
    return [NoticeRow(*row) for row in query.tuples()]


def rings(person) -> int:
    return notices.unseen(person.id)


def nothing_told_yet() -> None:
    Notice.delete().execute()


def words(app, person) -> list[str]:
    """Their notices as the list has them, newest first; what they may not see is left out."""
    with app.test_request_context():
        listed = rows(person)
        shown = slot("notices.row", person.actor, listed)
        return [str(html) for row in listed for html in shown.get(row.id, ())]
