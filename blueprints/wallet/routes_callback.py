"""Where the payment provider tells what became of an order. It carries no session and no token of a page: its signature
is the proof, and it is asked for before anything else."""

from flask import Response, request

from blueprints.wallet import bp, settling
from core.guard import proven_by_address


@bp.post("/wallet/callback/<name>", permission="wallet:notify")
def hear(name: str) -> Response:
    """Answered in the provider's own words; what was not taken has another status as well, for those who read logs."""
    said, taken = settling.take(name, list(request.form.items(multi=True)))
    answer = Response(said, 200 if taken else 400, mimetype="text/plain")
    answer.headers["Cache-Control"] = "no-store"
    return answer


proven_by_address("wallet.hear")
