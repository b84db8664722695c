from core.policy import Actor, Standing, permission
from models import StaffRole


@permission("site:assets", "Load style sheets, scripts and icons", Standing.GUEST)
@permission("site:health", "Ask whether the site is up", Standing.GUEST)
@permission("site:read", "Open the front page and pages about the site", Standing.GUEST)
@permission("site:prefer", "Choose language and colours for this browser", Standing.GUEST)
def anyone(actor: Actor, thing: object) -> bool:
    return True


@permission("site:setup", "Set the site up with the link from the console", Standing.GUEST)
def before_there_is_an_owner(actor: Actor, thing: object) -> bool:
    return not has_owner()


def has_owner() -> bool:
    return StaffRole.select().where(StaffRole.role == "owner").exists()
