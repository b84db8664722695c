from core.blueprint import Blueprint

bp = Blueprint("media", title="Pictures, shown to whom they belong")
