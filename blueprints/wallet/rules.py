"""Who may do what with money."""

from core import site
from core.policy import Actor, Standing, permission
from models import Payment, StaffRole


@permission("wallet:own", "See one's own wallet and statement, and set limits for it", Standing.SUSPENDED)
@permission("wallet:close", "Have what is left paid out, or leave it to the site", Standing.LEAVING)
@permission("wallet:freeze", "Freeze one's own wallet", Standing.SUSPENDED)
def own(actor: Actor, thing: object) -> bool:
    return actor.signed_in


@permission("wallet:pay", "Send money to a friend, top up, tip")
@permission("tip:give", "Thank somebody with a tip")
@permission("tip:thank", "Thank for a tip")
@permission("tip:own", "See the tips one got, choose what a tap gives and whether one takes any")
def pays(actor: Actor, thing: object) -> bool:
    return True


@permission("wallet:desk", "Issue and withdraw money at the cash desk, decide about what it is asked", Standing.STAFF)
@permission("wallet:stop", "Halt all money, have the books proven", Standing.STAFF)
def serves(actor: Actor, thing: object) -> bool:
    return True


@permission("wallet:look", "See a member's wallet", Standing.STAFF)
def looks(actor: Actor, member_id: int | None) -> bool:
    return True


@permission("wallet:seize", "Freeze a member's wallet and open it again", Standing.STAFF)
def seizes(actor: Actor, member_id: int) -> bool:
    """As with suspending: nobody has power over the owner or over themselves, and only the owner over staff."""
    if actor.member_id == member_id:
        return False
    row = StaffRole.select(StaffRole.role).where(StaffRole.member == member_id).tuples().first()
    return row is None or (actor.owns_site and row[0] != "owner")


@permission("wallet:rule", "Set the limits of money", Standing.STAFF)
@permission("wallet:resume", "Let money move again after the books were halted", Standing.STAFF)
def rules(actor: Actor, thing: object) -> bool:
    return actor.owns_site


@permission("wallet:notify", "Tell the site about a payment, with the provider's signature", Standing.ANYONE)
def notifies(actor: Actor, thing: object) -> bool:
    return True


@permission("payment:decide", "Credit or refund what came in from the payment provider", Standing.STAFF)
def decides(actor: Actor, payment: Payment) -> bool:
    """The owner about all; others of the staff below the amount from which the cash desk takes two, and never about
    their own."""
    if actor.owns_site:
        return True
    return payment.member_id != actor.member_id and (payment.paid_amount or 0) < site.number("desk_second")
