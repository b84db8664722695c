from core.blueprint import Blueprint, declare_slot

bp = Blueprint(
    "drafts",
    title="Drafts: what a member is writing follows them from one device to another",
    needs=("accounts",),
    cli_group=None,
)

declare_slot(
    "drafts.where",
    "Where a draft belongs. Things: drafts, with `name` and `path`; answer with a link to the place that holds it, by "
    "name. A draft that nobody answers for is shown without a way to it.",
)
