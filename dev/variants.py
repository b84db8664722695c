"""Write core/variants.txt: each traditional or regional Chinese character and the simplified one it is folded to.

Needs the package `opencc` (1.4.2) in an environment of its own; the site itself does without it.
"""

from pathlib import Path

import opencc

TARGET = Path(__file__).parent.parent / "core" / "variants.txt"
HEAD = (
    "# Made by dev/variants.py from the character tables of OpenCC 1.4.2 (https://github.com/BYVoid/OpenCC,\n"
    "# Apache License 2.0, copyright Carbo Kuo and the authors of OpenCC). Changed: reduced to single characters,\n"
    "# variants of Taiwan and Hong Kong joined in. Each pair is a character and what it is folded to.\n"
)
HAN = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x20000, 0x323AF))
TABLES = ("t2s", "tw2s", "hk2s")


def pairs() -> dict[str, str]:
    converters = [opencc.OpenCC(name) for name in TABLES]

    def once(char: str) -> str:
        for converter in converters:
            made = converter.convert(char)
            if made != char and len(made) == 1:
                return str(made)
        return char

    found = {}
    for first, last in HAN:
        for char in map(chr, range(first, last + 1)):
            made, before = once(char), ""
            while made not in (before, char):  # what is folded to must itself stay as it is
                made, before = once(made), made
            if made != char:
                found[char] = made
    return found


if __name__ == "__main__":
    table = pairs()
    TARGET.write_text(HEAD + " ".join(char + table[char] for char in sorted(table)) + "\n")
    print(f"{len(table)} pairs")
