"""What people are refused with."""

from blueprints.people import words_blocking, words_friends  # noqa: F401 - their sentences
