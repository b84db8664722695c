"""What a member is found by within a circle: the beginning of their name and of their username, kept beside each
membership. A search inside a circle is then one range of an index, however large the circle and the site are."""

import unicodedata

from core.db import atomic
from core.plain import calm, clean_line
from models import Member, Membership

BYTES = 32
"""Of a name; more would only make the index larger."""
BATCH = 500


def folded(name: str) -> str:
    """As names are compared here: full-width and case make no difference."""
    return unicodedata.normalize("NFKC", calm(clean_line(name))).casefold()


def key_of(name: str) -> str:
    """The first bytes of the name in hexadecimal digits: every collation of every database sorts those alike, and what
    begins with the same letters stands together."""
    return folded(name).encode()[:BYTES].hex()


def span(query: str) -> tuple[str, str]:
    """From (inclusive) and to (exclusive) of the keys that begin like this."""
    key = key_of(query)
    return key, key + "g"


def note(member: int, circle: int | None = None) -> None:
    """Write down what this member is found by, in one circle or in all of theirs."""
    row = Member.select(Member.display_name, Member.username).where(Member.id == member).tuples().first()
    if row is None:
        return
    theirs = Membership.member == member
    if circle is not None:
        theirs &= Membership.circle == circle
    _write(theirs, *row)


def note_missing() -> int:
    """Memberships that were written without: those of an older version, or in bulk. Returns how many members."""
    missing = Membership.select(Membership.member).where(Membership.username_key == "").limit(BATCH)
    ids = {id_ for (id_,) in missing.tuples()}
    names = Member.select(Member.id, Member.display_name, Member.username).where(Member.id.in_(ids))
    with atomic():
        for id_, display_name, username in list(names.tuples()):
            _write(Membership.member == id_, display_name, username)
    return len(ids)


def _write(which: object, display_name: str, username: str) -> None:
    keys = {Membership.name_key: key_of(display_name), Membership.username_key: key_of(username)}
    Membership.update(keys).where(which).execute()
