from core.blueprint import Blueprint, declare_slot

bp = Blueprint("site", title="Front page, health, errors, first visit", needs=("accounts",), cli_group=None)

declare_slot("site.front", "The front page for visitors. Things: ['front']; answer with a section of the page for it.")
