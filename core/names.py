"""Names of people: which may be had, and which look so much alike that only one person may have them.

A problem is named by a code: `shape` (length or characters), `control` (something unseen), `compat`
(another way of writing plain letters, such as full-width ones), `script` (look-alike alphabets mixed),
`combining` (towers of marks).
"""

import re
import unicodedata

from core.plain import has_unseen

USERNAME_MIN, USERNAME_MAX = 3, 30
DISPLAY_NAME_MAX = 40
MOST_MARKS = 3

_HAN = "\u3005\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af"
_USERNAME = re.compile(f"[a-z0-9{_HAN}][a-z0-9_{_HAN}-]*[a-z0-9{_HAN}]")

# Alphabets that have letters drawn like Latin ones.
_LOOKALIKE = frozenset(("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU", "DESERET"))

# After lower-casing. Enough for whole words in another alphabet that would read as a Latin name.
_TWINS = str.maketrans(
    {
        **dict(zip("авекмнорстухіѕјԛԝԁӏьгпи", "abekmhopctyxlsjqwdlbrnu", strict=True)),
        **dict(zip("αβγεζηικνορτυχω", "abyeznlkvoptuxw", strict=True)),
        **dict(zip("|!¡ıƖɩ", "llllll", strict=True)),
        "丨": "l", "〇": "o", "曰": "日", "囗": "口", "已": "己", "巳": "己", "末": "未", "土": "士",
        "1": "l", "i": "l", "0": "o", "$": "s", "@": "a",
    }
)
_UNSEEN = ("Mn", "Me", "Cf", "Cc", "Cs", "Zl", "Zp")
_BETWEEN = re.compile(r"[\s_.\-‐-―·・]+")


def name_skeleton(name: str) -> str:
    """Two names with the same skeleton are taken for one another: Anna_1 and annal, modern and rnodern."""
    folded = unicodedata.normalize("NFKC", name[:200]).casefold()
    parts = unicodedata.normalize("NFKD", folded)
    bare = "".join(char for char in parts if unicodedata.category(char) not in _UNSEEN)
    return _BETWEEN.sub("", bare).translate(_TWINS).replace("rn", "m").replace("vv", "w")


def name_problem(name: str) -> str | None:
    """Why this cannot be a username, or None. Lower case is expected: fold before asking."""
    if len(name) > USERNAME_MAX:
        return "shape"
    return _hidden(name) or _compatible(name) or _mixed(name) or _username_shape(name)


def display_name_problem(name: str) -> str | None:
    """Why this cannot be a display name, or None. Any script and emoji are welcome; a look-alike is not."""
    if not 1 <= len(name) <= DISPLAY_NAME_MAX or not name.strip():
        return "shape"
    return _hidden(name) or _towers(name) or _imitation(name) or _mixed(name)


def _hidden(name: str) -> str | None:
    controls = any(unicodedata.category(char) in ("Cc", "Co", "Zl", "Zp") for char in name)
    return "control" if controls or has_unseen(name) else None


def _compatible(name: str) -> str | None:
    return "compat" if unicodedata.normalize("NFKC", name) != name else None


def _imitation(name: str) -> str | None:
    """Letters and digits that are plain ones in disguise. Full-width punctuation is everyday Chinese and
    stays."""
    for char in name:
        if not char.isascii() and (char.isalpha() or char.isdecimal()):
            plain = unicodedata.normalize("NFKC", char)
            if plain != char and plain.isascii() and plain.isalnum():
                return "compat"
    return None


def _mixed(name: str) -> str | None:
    scripts = {unicodedata.name(char, "?").split(" ")[0] for char in name if char.isalpha()}
    return "script" if len(scripts & _LOOKALIKE) > 1 else None


def _towers(name: str) -> str | None:
    marks = 0
    for at, char in enumerate(name):
        marks = marks + 1 if unicodedata.category(char) in ("Mn", "Me") else 0
        if marks > MOST_MARKS or (marks and at == 0):
            return "combining"
    return None


def _username_shape(name: str) -> str | None:
    return None if len(name) >= USERNAME_MIN and _USERNAME.fullmatch(name) else "shape"
