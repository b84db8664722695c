from core.blueprint import Blueprint

bp = Blueprint("site", title="Front page, health, errors, first visit")
