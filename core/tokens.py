"""One way of cutting text into words, for the index and for the query alike.

SQLite's trigram index finds no two-character Chinese word and its word index none inside a sentence; so
runs of Han, kana and Hangul become overlapping pairs, and a query for them a phrase of the same pairs.
"""

import re
import unicodedata
from collections import deque
from itertools import pairwise

from core.plain import calm

LONGEST_WORD = 64
SHORTEST_BEGUN = 3
MOST_RUNS = 12
MOST_QUERY_CHARS = 200

_PAIRED = (
    "\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f\u31a0-\u31bf\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
)
# Vowel signs of Hebrew, Arabic, the Indian scripts and Thai belong to their words; Python does not count
# them.
_SIGNS = (
    "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u0900-\u0903\u093a-\u094f\u0980-\u0dff"
    "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
)
_RUN = re.compile(f"(?P<paired>[{_PAIRED}]+)|[^\\W_{_PAIRED}](?:[^\\W_{_PAIRED}]|[{_SIGNS}])*")
_PAIR = re.compile(f"[{_PAIRED}]{{2}}")
_ACCENT = re.compile("(?<=[a-z])[\u0300-\u036f]+")


def tokens(text: str, *, singles: bool = False) -> list[str]:
    """The words of a text in order: lower case, no accents on Latin letters, Chinese in overlapping pairs.

    A character that stands alone is a word. `singles` adds, at the end, each paired character by itself as
    well: for short fields such as names and titles, where one character is worth finding.
    """
    found = [token for run in _runs(text) for token in run]
    if singles:
        pairs = [token for token in found if _PAIR.fullmatch(token)]
        found += sorted(set("".join(pairs)).difference(found))
    return found


def match_expression(query: str) -> str | None:
    """The query in FTS5's language: each run a quoted phrase, all of them wanted; the word at its end may go on, since
    it is perhaps still being typed. None if it holds no word.

    Tokens consist of letters and digits only, so nothing in them can leave the quotes.
    """
    begun = _begun(query)
    phrases = ['"' + " ".join(run) + '"' + (" *" if run == begun else "") for run in _wanted(query)]
    return " AND ".join(phrases) or None


def tsquery(query: str) -> str | None:
    """The same for PostgreSQL, a parameter for `to_tsquery('simple', …)`. None if it holds no word."""
    begun = _begun(query)
    ends = {run: ":*" if run == begun else "" for run in _wanted(query)}
    phrases = ["(" + " <-> ".join(f"'{token}'{end}" for token in run) + ")" for run, end in ends.items()]
    return " & ".join(phrases) or None


def holds(words: str, query: str) -> bool:
    """The same of a text that was cut into these words, a space between each: whether the index would find it."""
    begun, text = _begun(query), f" {words} "
    runs = _wanted(query)
    return bool(runs) and all(f" {' '.join(run)}{'' if run == begun else ' '}" in text for run in runs)


Piece = tuple[str, bool]
"""A part of a text, and whether it is what was looked for."""


def passage(text: str, query: str, length: int = 0) -> list[Piece]:
    """The text in pieces, those that the query found marked True. With `length` about so many characters around
    the first find, a … where something was left out."""
    found = spans(text, query)
    start, end = _window(text, found, length) if 0 < length < len(text) else (0, len(text))
    pieces: list[Piece] = [("…", False)] if start else []
    at = start
    for first, last in found:
        if start <= first and last <= end:
            pieces += [(text[at:first], False), (text[first:last], True)]
            at = last
    pieces += [(text[at:end], False)]
    pieces += [("…", False)] if end < len(text) else []
    return [piece for piece in pieces if piece[0]]


def spans(text: str, query: str) -> list[tuple[int, int]]:
    """Where in the text the words of the query stand, in order, without overlap."""
    wanted = {run[0] + "".join(pair[1] for pair in run[1:] if len(run[0]) > 1) for run in _wanted(query)}
    begun = _begun(query)
    found: list[tuple[int, int]] = []
    for match in _RUN.finditer(text):
        run = _folded(match[0])
        if match["paired"] and len(run) == len(match[0]):
            found += [
                (match.start() + at, match.start() + at + len(word)) for word in wanted for at in _places(run, word)
            ]
        elif run[:LONGEST_WORD] in wanted or (begun and run.startswith(begun[0])):
            found.append(match.span())
    return _joined(found)


def _places(run: str, word: str) -> list[int]:
    places, at = [], run.find(word)
    while at >= 0:
        places.append(at)
        at = run.find(word, at + len(word))
    return places


def _joined(found: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for first, last in sorted(found):
        if joined and first <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(last, joined[-1][1])
        else:
            joined.append((first, last))
    return joined


def _window(text: str, found: list[tuple[int, int]], length: int) -> tuple[int, int]:
    first = found[0][0] if found else 0
    start = max(0, min(first - length // 4, len(text) - length))
    if start:
        space = text.find(" ", start, first)
        start = space + 1 if 0 <= space < start + 20 else start
    return start, min(len(text), start + length)


def _wanted(query: str) -> list[tuple[str, ...]]:
    """Each different run once. Their number is bounded, since every phrase costs one more walk of the
    index."""
    unique = dict.fromkeys(tuple(run) for run in _runs(query[:MOST_QUERY_CHARS]))
    return list(unique)[:MOST_RUNS]


def _begun(query: str) -> tuple[str, ...] | None:
    """The run at the very end of the query, if it is a word that more letters may follow. Chinese pairs need none: a
    longer word holds the same pairs."""
    folded = _folded(query[:MOST_QUERY_CHARS])
    for last in deque(_RUN.finditer(folded), maxlen=1):
        if not last["paired"] and last.end() == len(folded) and SHORTEST_BEGUN <= len(last[0]) <= LONGEST_WORD:
            return (last[0],)
    return None


def _runs(text: str) -> list[list[str]]:
    runs = []
    for match in _RUN.finditer(_folded(text)):
        run = match[0]
        if match["paired"] and len(run) > 1:
            runs.append([first + second for first, second in pairwise(run)])
        else:
            runs.append([run[:LONGEST_WORD]])
    return runs


def _folded(text: str) -> str:
    """Full-width to plain, lower case, Latin accents off. Composed again at the end: か is not が."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKC", calm(text)).casefold()
    return unicodedata.normalize("NFC", _ACCENT.sub("", unicodedata.normalize("NFD", folded)))
