from flask_babel import lazy_gettext as _l

from core.blueprint import Blueprint, Place, declare_slot

bp = Blueprint(
    "accounts",
    title="Accounts: registering, signing in, settings, devices, export, leaving",
    cli_group=None,
    place=Place("accounts.login", _l("Sign in"), "log-in", 50, "account:be_a_guest"),
)

declare_slot(
    "accounts.settings",
    "Rows of the settings, for those who may change theirs. Things: ['settings']; answer with `row`s for it.",
)
declare_slot(
    "accounts.leaving",
    "What somebody should know or do before they leave. Things: ['leaving']; answer with a section for it.",
)
