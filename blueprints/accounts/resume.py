"""What was typed into a form that could not be taken, kept until its author sends it again, knowingly.

It travels in the page, as hidden fields of the form that comes back: nothing of it is stored. Passwords are not kept.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from core.plain import is_secret, reads_as_text

MOST_BYTES = 96 * 1024
MOST_FIELDS = 60
PREFIX = "kept."
PATH_FIELD = "resume_path"
BACK_FIELD = "resume_back"
FILES_FIELD = "resume_files"

_OURS = frozenset((PATH_FIELD, BACK_FIELD, FILES_FIELD, "csrf_token"))
_QUIET = frozenset(("key", "next", "resume"))

Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Kept:
    """A form that waits to be sent to `path`. `secrets` names fields that have to be typed again, `files` those whose
    files have to be chosen again; `back` is the page it came from."""

    path: str
    fields: Pairs
    secrets: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    back: str = "/"

    @property
    def hidden(self) -> Pairs:
        """As hidden fields of the sign-in form."""
        carried = [(PREFIX + name, value) for name, value in self.fields]
        carried += [(FILES_FIELD, name) for name in self.files]
        return [(PATH_FIELD, self.path), (BACK_FIELD, self.back), *carried]

    @property
    def words(self) -> list[str]:
        """The values that somebody typed, as far as one can tell, to be shown."""
        return [value for name, value in self.fields if name not in _QUIET and reads_as_text(value)]


def keep(path: str, fields: Iterable[tuple[str, str]], files: Iterable[str] = (), back: str = "/") -> Kept | None:
    """Keep a form; None when it is more than a page should carry."""
    kept: Pairs = []
    secrets: list[str] = []
    for name, value in fields:
        if name in _OURS or name.startswith(PREFIX):
            continue
        if is_secret(name):
            secrets.append(name)
        else:
            kept.append((name, value))
    size = sum(len(name.encode()) + len(value.encode(errors="replace")) for name, value in kept)
    if size > MOST_BYTES or len(kept) + len(secrets) > MOST_FIELDS:
        return None
    return Kept(path, kept, tuple(dict.fromkeys(secrets)), tuple(dict.fromkeys(files))[:MOST_FIELDS], back)


def carried(fields: Iterable[tuple[str, str]]) -> Kept | None:
    """What a sign-in form carried, read back from its hidden fields; None when it carried nothing."""
    pairs = list(fields)
    named = dict(pairs)
    if not named.get(PATH_FIELD):
        return None
    inner = [(name.removeprefix(PREFIX), value) for name, value in pairs if name.startswith(PREFIX)]
    files = [value for name, value in pairs if name == FILES_FIELD]
    return keep(named[PATH_FIELD], inner, files, named.get(BACK_FIELD, "/"))
