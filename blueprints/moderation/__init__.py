from core.blueprint import Blueprint

bp = Blueprint(
    "moderation",
    title="Moderation: reports, decisions and appeals, what a circle watches for",
    needs=("circles", "people"),
    cli_group=None,
)
