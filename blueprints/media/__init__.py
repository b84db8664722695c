from core.blueprint import Blueprint

bp = Blueprint("media", title="Pictures and films, shown to whom they belong")
