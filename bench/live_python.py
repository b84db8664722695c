"""What bench/wire/ does, in Python: for machines without a C compiler, and for the tests. Slower; same words.

    python -m bench.live_python viewers|writer|poster …
"""

import sys

from bench.live_python_posting import BareWriter, Posting
from bench.live_python_viewers import Crowd


def main(program: str, *arguments: str) -> None:
    if program == "viewers":
        Crowd(*arguments).run()
    elif program == "writer":
        BareWriter(*arguments).run()
    else:
        Posting(*arguments)


if __name__ == "__main__":
    main(*sys.argv[1:])
