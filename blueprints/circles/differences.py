"""What changed between two versions of a text, word by word; a character by itself where words have no spaces."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import NamedTuple

_TOKENS = re.compile(r"[^\W\d_\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]+|\d+|\s+|.", re.DOTALL)
MOST_WORDS = 600
MOST_LINES = 1000
"""What has more than this on either side is shown as replaced: comparing takes the square of its length."""


class Part(NamedTuple):
    """`kind` is `same`, `added` or `removed`."""

    kind: str
    text: str


def difference(before: str, after: str) -> list[Part]:
    """The parts in order, each as long as it can be. Lines are compared first, then the words of those that differ."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    return _joined(part for group in _groups(old, new) for part in group)


def _groups(old: list[str], new: list[str]) -> Iterator[Iterator[Part]]:
    if len(old) > MOST_LINES or len(new) > MOST_LINES:
        yield iter([Part("removed", "".join(old)), Part("added", "".join(new))])
        return
    for kind, first, last, start, end in SequenceMatcher(None, old, new).get_opcodes():
        removed, added = "".join(old[first:last]), "".join(new[start:end])
        if kind == "equal":
            yield iter([Part("same", removed)])
        else:
            yield _words(removed, added)


def _words(removed: str, added: str) -> Iterator[Part]:
    old, new = _TOKENS.findall(removed), _TOKENS.findall(added)
    if len(old) > MOST_WORDS or len(new) > MOST_WORDS:
        yield from (Part("removed", removed), Part("added", added))
        return
    for kind, first, last, start, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Part("same", "".join(old[first:last]))
        else:
            yield from (Part("removed", "".join(old[first:last])), Part("added", "".join(new[start:end])))


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
