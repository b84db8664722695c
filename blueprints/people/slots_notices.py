"""The words of what people are told about friends."""

from flask import url_for
from flask_babel import gettext as _

from blueprints.people import queries
from blueprints.people.friends import aliases, friend_ids_among
from blueprints.people.queries_friends import asking_words
from core.blueprint import fills
from core.fragments import region
from core.notices import NoticeRow
from core.policy import Actor

KINDS = ("friend_asked", "friend_made")


@fills("notices.row")
def notices(actor: Actor, rows: list[NoticeRow]) -> dict[int, str]:
    """A request that was withdrawn or answered, and a friend who is none any more, are nothing to tell."""
    mine = [row for row in rows if row.kind in KINDS]
    if not mine or actor.member_id is None:
        return {}
    ids = sorted({row.subject_id for row in mine})
    people = {person.id: person for person in queries.some(actor, ids)}
    asking, friends = asking_words(actor, ids), friend_ids_among(actor.member_id, ids)
    named = aliases(actor.member_id, ids)
    shown: dict[int, str] = {}
    for row in mine:
        seen = people.get(row.subject_id)
        if seen is None or row.subject_id not in (asking if row.kind == "friend_asked" else friends):
            continue
        name = named.get(seen.id, seen.display_name)
        person = {"name": name, "hue": seen.hue, "picture_key": seen.avatar_key}
        words, place, quote = (
            (_("%(name)s would like to be your friend", name=name), url_for("people.friend_requests"), asking[seen.id])
            if row.kind == "friend_asked"
            else (_("%(name)s is your friend now", name=name), url_for("people.profile", username=seen.username), "")
        )
        url = url_for("notices.follow", number=row.id, to=place)
        shown[row.id] = region("people/_told.html", words=words, url=url, quote=quote, person=person)
    return shown
