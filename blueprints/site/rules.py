from core.policy import Actor, Standing, permission


@permission("site:assets", "Load style sheets, scripts and icons", Standing.GUEST)
@permission("site:health", "Ask whether the site is up", Standing.GUEST)
@permission("site:read", "Open the front page and pages about the site", Standing.GUEST)
def anyone(actor: Actor, thing: object) -> bool:
    return True
