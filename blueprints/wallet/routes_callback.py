"""Where the payment provider tells what became of an order. It carries no session and no token of a page: its signature
is the proof, and it is asked for before anything else."""

from flask import Response, request

from blueprints.wallet import bp, settling
from blueprints.wallet.providers.provider import Message
from core.guard import proven_by_address


@bp.post("/wallet/callback/<name>", permission="wallet:notify")
def hear(name: str) -> Response:
    """Answered in the provider's own words; what was not taken has another status as well, for those who read logs."""
    body = request.get_data()  # before the form is read, which would use it up
    headers = {name.lower(): value for name, value in request.headers.items()}
    said, taken = settling.take(name, Message(list(request.form.items(multi=True)), body, headers))
    answer = Response(said, 200 if taken else 400, mimetype="text/plain")
    answer.headers["Cache-Control"] = "no-store"
    return answer


proven_by_address("wallet.hear")
