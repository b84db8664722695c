"""Texts that read alike become alike: full-width and plain, traditional and simplified, with something unseen or
something small in between. For watched words and for what is said twice; never shown to anybody.

A folded text holds words and single spaces only; where Chinese stands, not even those.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from core.errors import Invalid
from core.plain import calm, clean_line

MOST_CHARS = 48_000
"""What lies beyond is not looked at: room for a title and the longest post, as it was typed and as it reads."""

SHORTEST_SPACED = 4

# Scripts that are written without spaces: nothing tells where a word begins.
_DENSE = (
    "\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f\u31a0-\u31bf\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_IS_DENSE = re.compile(f"[{_DENSE}]")
_BETWEEN = re.compile(r"[\W_]+")
_BESIDE_DENSE = re.compile(f" (?=[{_DENSE}])|(?<=[{_DENSE}]) ")
_ACCENT = re.compile("(?<=[a-z])[\u0300-\u036f]+")
_SPACED = re.compile(r"(?<!\S)(?:[^\W_] ){2,}[^\W_](?!\S)")
_WORD = re.compile(r"[^\W_]+")
_LATIN = re.compile("[a-z]")

_TWINS = str.maketrans("авекмнорстухіѕјԛԝԁӏαβεικνορτυχ", "abekmhopctyxisjqwdlabeiknoptux")


@lru_cache(maxsize=1)
def _variants() -> Mapping[int, str]:
    lines = (Path(__file__).parent / "variants.txt").read_text().splitlines()
    return {ord(pair[0]): pair[1] for line in lines if not line.startswith("#") for pair in line.split()}


def fold(text: str) -> str:
    """What the text is compared by. Folding twice changes nothing."""
    text = text[:MOST_CHARS]
    if text.isascii():
        return _BETWEEN.sub(" ", text.lower()).strip()
    plain = unicodedata.normalize("NFKC", calm(text))[:MOST_CHARS].casefold()
    plain = unicodedata.normalize("NFC", _ACCENT.sub("", unicodedata.normalize("NFD", plain)))
    seen = "".join(char for char in plain if not _is_unseen(char)).translate(_variants())
    return _BESIDE_DENSE.sub("", _BETWEEN.sub(" ", _WORD.sub(_without_twins, seen))).strip()


@lru_cache(maxsize=4096)
def _is_unseen(char: str) -> bool:
    return unicodedata.category(char) in ("Cf", "Cc", "Cs", "Me", "Mn") and not char.isspace()


def _without_twins(word: re.Match[str]) -> str:
    """A Latin word with letters of another alphabet that are drawn alike; whole words of that alphabet stay."""
    return word[0].translate(_TWINS) if _LATIN.search(word[0]) else word[0]


def bones(text: str) -> str:
    """The text without any space: two of the same bones say the same."""
    return fold(text).replace(" ", "")


def find(folded: str, keys: Iterable[str]) -> list[str]:
    """Which of these folded words stand in a folded text, in the order of the words. Words with spaces around them are
    found between spaces only, others anywhere; letters that stand apart (s p a m) count as a word."""
    spaced = " ".join(run[0].replace(" ", "") for run in _SPACED.finditer(folded))
    return [key for key in keys if key and (_stands(folded, key) or (len(key) >= SHORTEST_SPACED and key in spaced))]


def _stands(folded: str, key: str) -> bool:
    open_left, open_right = bool(_IS_DENSE.match(key[0])), bool(_IS_DENSE.match(key[-1]))
    at = folded.find(key)
    while at >= 0:
        end = at + len(key)
        left = open_left or at == 0 or _is_border(folded[at - 1])
        if left and (open_right or end == len(folded) or _is_border(folded[end])):
            return True
        at = folded.find(key, at + 1)
    return False


def _is_border(char: str) -> bool:
    return char == " " or bool(_IS_DENSE.match(char))


def listed(words: str, most: int) -> dict[str, str]:
    """Words to look for, one a line: each as it is found -> as it was written, of at most so many characters. Raises
    Invalid with the field `words` for none, for one that is too long, and for one of which nothing is left."""
    wanted: dict[str, str] = {}
    for line in words.splitlines():
        word = clean_line(line)
        if not word:
            continue
        key = fold(word)
        if len(word) > most or len(key) > 2 * most:
            raise Invalid("too_long", field="words", most=most)
        if not key:
            raise Invalid("word_without_letters", field="words", word=word)
        wanted.setdefault(key, word)
    if not wanted:
        raise Invalid("needed", field="words")
    return wanted
