"""What a circle can be about, and what its settings can be."""

CATEGORIES = (
    "sport", "reading", "food", "garden", "photo", "craft", "travel", "music", "tech", "family", "local", "brand",
    "other",
)  # fmt: skip
VISIBILITIES = ("public", "listed", "invisible")
JOIN_POLICIES = ("open", "apply", "invitation")
ROLES = ("owner", "moderator", "member")
"""public: anyone reads. listed: name and purpose only. invisible: a stranger's 404."""
