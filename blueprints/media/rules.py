from core.policy import Actor, Standing, permission


@permission("media:read", "See a picture that belongs to something one may see", Standing.ANYONE)
def anyone(actor: Actor, thing: object) -> bool:
    return True  # which pictures those are, queries.find asks the read gate
