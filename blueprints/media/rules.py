from core.policy import Actor, Standing, permission


@permission("media:read", "See a picture, and download a file, that belongs to something one may see", Standing.ANYONE)
def anyone(actor: Actor, thing: object) -> bool:
    return True  # which those are, queries.find and find_file ask the read gate
