"""What is said when something in the feed could not be done."""

from blueprints.feed import words_posting, words_reading, words_talk  # noqa: F401 - words
