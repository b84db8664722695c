from core.policy import Actor, Standing, permission
from models import StaffRole


@permission("site:assets", "Load style sheets, scripts and icons", Standing.ANYONE)
@permission("site:health", "Ask whether the site is up", Standing.ANYONE)
@permission("site:read", "Open the front page and pages about the site", Standing.ANYONE)
@permission("site:prefer", "Choose language and colours for this browser", Standing.ANYONE)
def anyone(actor: Actor, thing: object) -> bool:
    return True


@permission("site:stream", "Open a stream for the changes of a page; each channel has its own rule", Standing.GUEST)
def streams(actor: Actor, thing: object) -> bool:
    return True


@permission("site:setup", "Set the site up with the link from the console", Standing.ANYONE)
def before_there_is_an_owner(actor: Actor, thing: object) -> bool:
    return not has_owner()


def has_owner() -> bool:
    return StaffRole.select().where(StaffRole.role == "owner").exists()
