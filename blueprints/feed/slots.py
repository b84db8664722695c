"""What the feed shows on others' pages, and finds."""

from blueprints.feed import slots_causes, slots_notices, slots_posting, slots_reading, slots_seen_as, slots_talk  # noqa: F401 - fills
