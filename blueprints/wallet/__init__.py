from core.blueprint import Blueprint, declare_slot

bp = Blueprint(
    "wallet",
    title="Wallet: money that always adds up, tips, the cash desk",
    needs=("accounts", "people"),
    cli_group=None,
)

declare_slot(
    "wallet.cause",
    "What a movement of money was about, in words with a link. Things: (posting, kind of posting, subject_kind, "
    "subject_id), the id first; answer with a line by posting, for what the actor may still see.",
)
