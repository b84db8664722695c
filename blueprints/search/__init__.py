from core.blueprint import Blueprint, declare_slot

bp = Blueprint("search", title="Finding circles, posts and people")

declare_slot(
    "search.results",
    "Finds on the search page. Things: core.search.Hit (kind, id, query); answer with an `<li class=\"result\">` for "
    "each of your kind.",
)
