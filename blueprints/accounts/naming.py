"""Which names are taken: by somebody, by somebody who left, or by the site itself."""

import hmac
import unicodedata

from core.config import RESERVED_NAMES, STAFF_NAMES, secret
from core.errors import Invalid
from core.names import display_name_problem, name_problem, name_skeleton
from core.policy import Actor
from models import Member

_RESERVED = frozenset(map(name_skeleton, RESERVED_NAMES))
_STAFF = frozenset(map(name_skeleton, STAFF_NAMES))


def folded(name: str) -> str:
    """How a username is kept and looked up. Not NFKC: who types full-width letters is told, not corrected."""
    return unicodedata.normalize("NFC", name.strip()[:200]).lower()


def check_username(actor: Actor, name: str) -> str:
    """The name as it is kept. Raises Invalid. Staff may give out reserved names."""
    name = folded(name)
    problem = name_problem(name)
    if problem:
        raise Invalid(f"name_{problem}", field="username")
    if name_skeleton(name) in _RESERVED and not actor.is_staff:
        raise Invalid("name_reserved", field="username")
    return name


def check_display_name(actor: Actor, name: str) -> str:
    """Raises Invalid."""
    problem = display_name_problem(name)
    if problem:
        raise Invalid("display_name_shape" if problem == "shape" else f"name_{problem}", field="display_name")
    if name_skeleton(name) in _STAFF and not actor.is_staff:
        raise Invalid("name_reserved", field="display_name")
    return name


def is_taken(name: str) -> bool:
    key = name_skeleton(name)
    return bool(Member.select(Member.id).where(Member.username_key.in_((key, gone_key(key)))).exists())


def gone_key(key: str) -> str:
    """What stays of a name when its member has left: enough that nobody comes back as them, too little to read it."""
    return "gone:" + hmac.digest(secret("names"), key.encode(), "sha256").hex()[:40]
