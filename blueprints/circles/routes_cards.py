"""The card of a post's link, which its author may take away."""

from flask import Response
from flask_babel import gettext as _

from blueprints.circles import bp, posting
from blueprints.circles.rooms import room
from blueprints.circles.routes_posts import address
from core import hx
from core.viewer import current_actor


@bp.post("/circles/<slug>/posts/<int:number>/card/remove", permission="post:edit")
def take_card_away(slug: str, number: int) -> Response:
    actor = current_actor()
    posting.take_card_away(actor, room(actor, slug).id, number)
    return hx.see_other(address(slug, number), toast=_("The card is gone. The link stays."))
