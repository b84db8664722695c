from core.blueprint import Blueprint

bp = Blueprint(
    "admin",
    title="Running the site: settings, invitations, people, audit log, jobs",
    needs=("accounts",),
    url_prefix="/admin",
    cli_group=None,
)
