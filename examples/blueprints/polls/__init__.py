from core.blueprint import Blueprint

bp = Blueprint(
    "polls",
    title="Polls: a question, a few answers, one vote a member",
    needs=("accounts",),
    template_folder="templates",
)
