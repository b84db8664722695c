"""Plain text as it comes from people: what cannot be seen or would turn the page around is taken out, and
nothing is refused. Two kinds, a line (titles, names) and a body (what Markdown is made of); both give the
same again when applied twice, and stay quick on a megabyte of anything.
"""

import re
import unicodedata

# Hangul fillers, the braille blank and the grapheme joiner draw nothing, though Unicode calls them letters
# and symbols.
_UNSEEN = (
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u2060-\u2065\u206a-\u206f\u2800\u3164"
    "\ufeff\uffa0"
)
_CONTROL = "\x00-\x08\x0b-\x1f\x7f-\x9f\ufff9-\ufffc\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
_TURNING = "\u202a-\u202e\u2066-\u2069"
_NEVER = "\ud800-\udfff\ufdd0-\ufdef" + "".join(
    chr(plane << 16 | low) for plane in range(17) for low in (0xFFFE, 0xFFFF)
)
# Flags of regions (Wales) are a black flag and a word in invisible letters; anywhere else these letters
# hide messages.
_FLAG = "(\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f)|[\U000e0000-\U000e0fff]"

_PICTOGRAM = (
    "\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u24c2\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff"
    "\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
)
# A joiner glues two pictograms into one (a family), a selector colours the one before it: only there do
# they stay.
_STRAY_JOINER = (
    f"\u200d(?![{_PICTOGRAM}])|(?<![{_PICTOGRAM}])(?<![{_PICTOGRAM}]\ufe0f)\u200d"
    f"|(?<![#*0-9{_PICTOGRAM}])[\ufe0e\ufe0f]|[\ufe00-\ufe0d]"
)

_OUT_OF_BODY = re.compile(f"[{_CONTROL}{_UNSEEN}{_TURNING}{_NEVER}]")
_OUT_OF_LINE = re.compile(
    f"{_FLAG}|[{_CONTROL}{_UNSEEN}{_TURNING}{_NEVER}\u061c\u200c\u200e\u200f]|{_STRAY_JOINER}"
)
_SPACES = re.compile(r"\s+")
_NEWLINES = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")

MOST_MARKS = 8
_MARKS_MAYBE = re.compile(rf"(?:[^\w\s\x00-\x7f]|[\uff9e\uff9f]){{{MOST_MARKS + 1},}}")


def calm(text: str) -> str:
    """At most eight combining marks in a row. More is a tower over its neighbours, and Python sorts the
    marks of a tower one by one when normalising: 20 kB of them take a third of a second, a megabyte
    minutes."""
    return text if text.isascii() else _MARKS_MAYBE.sub(_calm_run, text)


def clean_line(text: str) -> str:
    """One line to keep: NFC, single spaces, without control, bidi and zero-width characters. Empty if it
    showed nothing. Emoji sequences stay whole."""
    return _SPACES.sub(" ", _normal(_OUT_OF_LINE.sub(r"\1", _SPACES.sub(" ", text)))).strip()


def has_unseen(text: str) -> bool:
    """Whether `clean_line` would take something out that cannot be seen."""
    return _OUT_OF_LINE.sub(r"\1", text) != text


def clean_body(text: str) -> str:
    """Several lines to keep: NFC, newlines as \\n, without control characters and bidi overrides. Joiners
    stay, for emoji and for the scripts that need them."""
    return _normal(_OUT_OF_BODY.sub("", _NEWLINES.sub("\n", text)))


def reads_as_text(value: str) -> bool:
    """Whether somebody seems to have written this, rather than chosen or ticked it: it has spaces, is long, or is not
    ASCII."""
    text = value.strip()
    return bool(text) and (any(char.isspace() for char in text) or not text.isascii() or len(text) > 20)


def is_secret(field: str) -> bool:
    """Whether what is typed into a field of this name is never shown again: passwords and payment PINs."""
    return "password" in field.lower() or field in ("pin", "pin_again")


def _normal(text: str) -> str:
    """Calmed on both sides, since a few marks become two when normalised."""
    return text if text.isascii() else calm(unicodedata.normalize("NFC", calm(text)))


def _calm_run(match: re.Match[str]) -> str:
    kept, marks = [], 0
    for char in match[0]:
        marks = marks + 1 if unicodedata.category(char)[0] == "M" or char in "\uff9e\uff9f" else 0
        if marks <= MOST_MARKS:
            kept.append(char)
    return "".join(kept)
