"""Who may do what with money."""

from core.policy import Actor, Standing, permission


@permission("wallet:own", "See one's own wallet and statement, and set limits for it", Standing.LEAVING)
@permission("wallet:close", "Have what is left paid out, or leave it to the site", Standing.LEAVING)
@permission("wallet:freeze", "Freeze one's own wallet", Standing.SUSPENDED)
def own(actor: Actor, thing: object) -> bool:
    return actor.signed_in


@permission("wallet:pay", "Send money to a friend, top up, tip")
@permission("tip:give", "Thank somebody with a tip")
@permission("tip:thank", "Thank for a tip")
def pays(actor: Actor, thing: object) -> bool:
    return True


@permission("wallet:desk", "Issue and withdraw money at the cash desk, decide about what it is asked", Standing.STAFF)
@permission("wallet:look", "See a member's wallet and freeze it", Standing.STAFF)
@permission("wallet:resume", "Let money move again after the books were halted", Standing.STAFF)
def runs(actor: Actor, thing: object) -> bool:
    return actor.owns_site


@permission("wallet:notify", "Tell the site about a payment, with the provider's signature", Standing.ANYONE)
def notifies(actor: Actor, thing: object) -> bool:
    return True
