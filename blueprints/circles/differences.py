"""What changed between two versions of a text, word by word; a character by itself where words have no spaces."""

import re
from collections import Counter
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import NamedTuple

_TOKENS = re.compile(r"[^\W\d_\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]+|\d+|\s+|.", re.DOTALL)
MOST_WORDS = 600
MOST_LINES = 1000
"""What has more than this on either side is shown as replaced: comparing takes the square of its length."""

MOST_PAIRS = 200_000
"""Of all that is compared in one text: many short lines of dots took a minute a page, and everybody may open it."""


class Part(NamedTuple):
    """`kind` is `same`, `added` or `removed`."""

    kind: str
    text: str


def difference(before: str, after: str) -> list[Part]:
    """The parts in order, each as long as it can be. Lines are compared first, then the words of those that differ, as
    far as the work that one text may cost goes."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    if len(old) > MOST_LINES or len(new) > MOST_LINES:
        return _joined(iter(_replaced(before, after)))
    return _joined(_parts(old, new))


def _replaced(removed: str, added: str) -> tuple[Part, Part]:
    return Part("removed", removed), Part("added", added)


def _parts(old: list[str], new: list[str]) -> Iterator[Part]:
    room = MOST_PAIRS
    for kind, first, last, start, end in SequenceMatcher(None, old, new).get_opcodes():
        removed, added = "".join(old[first:last]), "".join(new[start:end])
        if kind == "equal":
            yield Part("same", removed)
            continue
        words = _TOKENS.findall(removed), _TOKENS.findall(added)
        cost = _pairs(*words) if max(map(len, words)) <= MOST_WORDS else room + 1
        if cost > room:
            yield from _replaced(removed, added)
        else:
            room -= cost
            yield from _words(*words)


def _pairs(old: list[str], new: list[str]) -> int:
    """How often the same word stands on both sides: what comparing them costs."""
    counts = Counter(old)
    return sum(counts[word] for word in new)


def _words(old: list[str], new: list[str]) -> Iterator[Part]:
    for kind, first, last, start, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Part("same", "".join(old[first:last]))
        else:
            yield from _replaced("".join(old[first:last]), "".join(new[start:end]))


def _joined(parts: Iterator[Part]) -> list[Part]:
    found: list[Part] = []
    for part in parts:
        if not part.text:
            continue
        if found and found[-1].kind == part.kind:
            found[-1] = Part(part.kind, found[-1].text + part.text)
        else:
            found.append(part)
    return found
