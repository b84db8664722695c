from core.blueprint import Blueprint, declare_slot

bp = Blueprint(
    "moderation",
    title="Moderation: reports, decisions and appeals, what a circle watches for",
    needs=("circles", "people", "live", "feed"),
    cli_group=None,
)

declare_slot(
    "moderation.settings",
    "The row of a circle's settings pages, over those of moderation. Things: [room]; answer with navigation by room.",
)
