#!/usr/bin/env python3
"""Starts Quanzi: python3 run.py. The work is done in launcher/; `python3 run.py --help` lists the options.

This file keeps to a grammar that old Pythons can read, so that they can say what is missing.
"""
import sys

if sys.version_info[:2] < (3, 11):  # noqa: UP036
    sys.exit(
        "Quanzi stopped: Python 3.11 or newer is needed, and this is Python " + sys.version.split()[0] + ". "
        "Debian 12 and Ubuntu 24.04 have it (apt install python3 python3-venv); start run.py with that one."
    )

if __name__ == "__main__":
    from launcher.main import main

    sys.exit(main(sys.argv[1:]))
