from core import site
from core.policy import Actor, Standing, permission


@permission("search:use", "Search what one may see", Standing.GUEST)
def reads(actor: Actor, thing: object) -> bool:
    return actor.signed_in or site.get("reading") == "everyone"
