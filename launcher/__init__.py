"""What run.py does: environment, locked install, snapshot and migration, starting and watching processes.

A package of its own, because it runs before anything is installed: it imports the standard library and the
two core files that do the same (config, clock). run.py itself keeps to what a Python of 2010 can read.
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
