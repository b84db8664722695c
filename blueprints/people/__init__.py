from core.blueprint import Blueprint

bp = Blueprint("people", title="People: profiles", needs=("accounts",))
