"""What a circle can be about, and what its settings can be."""

CATEGORIES = (
    "sport", "reading", "food", "garden", "photo", "craft", "travel", "music", "tech", "family", "local", "brand",
    "other",
)  # fmt: skip
VISIBILITIES = ("public", "listed", "invisible")
"""public: anyone reads. listed: name and purpose only. invisible: a stranger's 404."""
JOIN_POLICIES = ("open", "apply", "invitation")
ROLES = ("owner", "moderator", "member")
NOTIFY_LEVELS = ("all", "mentions", "digest", "none")
"""What a member wants to be told of: everything, what concerns them, a summary, nothing."""
FLAIR_GIVERS = ("circle", "members")
"""Who chooses a member's flair: its moderators, or each member."""

FRONT_CIRCLES = 6
"""How many circles the front page shows to visitors."""
