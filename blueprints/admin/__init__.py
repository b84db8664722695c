from core.blueprint import Blueprint, declare_slot

bp = Blueprint(
    "admin",
    title="Running the site: settings, invitations, people, audit log, jobs",
    needs=("accounts",),
    url_prefix="/admin",
    cli_group=None,
)

declare_slot(
    "admin.index",
    "What waits for those who run the site, above the figures of admin. Things: ['index']; answer with `notice`s.",
)
