"""Passwords: argon2id, at most two at once in a process, and the same work whether or not there is one to check."""

import threading
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from core.errors import Invalid
from core.limits import LIMITS

# 19 MiB, two passes: OWASP's floor, about 40 ms on a small server. The library's default takes ten times that.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

# Signing in must not take all threads and the memory of a small server: the rest of them wait here.
_places = threading.BoundedSemaphore(2)

# Nobody knows what this was made from.
_NOBODYS = "$argon2id$v=19$m=19456,t=2,p=1$jZiklvirjAv0AnjaHrOPoA$I8ukRJVpWpwZc8eOjjMyNYEG37FUwvAugluMQ5pm5mI"

_COMMON = frozenset(
    """
    password password1 password12 password123 password1234 passw0rd p@ssw0rd p@ssword qwertyui qwertyuiop qwerty12
    qwerty123 1q2w3e4r 1q2w3e4r5t 1qaz2wsx zaq12wsx qazwsxedc asdfghjk asdfghjkl zxcvbnm1 12345678 123456789
    1234567890 0123456789 123123123 87654321 987654321 147258369 789456123 abcd1234 abc12345 abcdefgh iloveyou
    iloveyou1 5201314520 woaini1314 woaini520 a1234567 a12345678 a123456789 aa123456 aa123456789 asd123456 qwe123456
    wang1234 sunshine princess football baseball superman trustno1 letmein1 welcome1 whatever computer internet
    starwars michelle jennifer changeme changeme1 administrator quanzi123 quanziquanzi
    """.split()  # noqa: SIM905 - easier to read and to add to
)


def check(password: str, username: str = "") -> None:
    """Raises Invalid for what is too short, too long, or guessed first."""
    if len(password) < LIMITS["password_min"]:
        raise Invalid("password_short", field="password", least=LIMITS["password_min"])
    if len(password) > LIMITS["password"]:
        raise Invalid("too_long", field="password", most=LIMITS["password"])
    plain = _normal(password).casefold()
    if plain in _COMMON or len(set(plain)) < 4 or (username and plain in (username, username * 2)):
        raise Invalid("password_common", field="password")


def make_hash(password: str) -> str:
    """Slow on purpose: never inside a transaction."""
    with _places:
        return _hasher.hash(_normal(password))


def matches(kept: str | None, password: str) -> bool:
    """Whether this is the password behind the hash. Without one the same work is done for a no."""
    with _places:
        try:
            return _hasher.verify(kept or _NOBODYS, _normal(password[: LIMITS["password"]])) and kept is not None
        except (VerificationError, InvalidHashError):
            return False


def is_outdated(kept: str) -> bool:
    """Made with other costs than those of today."""
    return _hasher.check_needs_rehash(kept)


def _normal(password: str) -> str:
    """The same letters from any keyboard give the same bytes."""
    return unicodedata.normalize("NFC", password)
