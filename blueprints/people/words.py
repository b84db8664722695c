"""What people are refused with."""

from blueprints.people import words_friends  # noqa: F401 - its sentences
