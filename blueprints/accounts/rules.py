"""Who may do what with an account. Half-states keep the ways out: devices, a copy of their data, leaving."""

from typing import Any

from core.policy import Actor, Standing, permission
from models import StaffRole


@permission("account:register", "Register", Standing.GUEST)
@permission("account:sign_in", "Sign in", Standing.GUEST)
@permission("account:sign_out", "Sign out", Standing.ANYONE)
@permission("account:reset", "Ask for a letter with a link to a new password, and use it", Standing.GUEST)
@permission("account:confirm", "Confirm an e-mail address with the link from a letter", Standing.ANYONE)
def anyone(actor: Actor, thing: Any) -> bool:
    return True


@permission("account:be_a_guest", "Be shown the way to sign in", Standing.GUEST)
def is_guest(actor: Actor, thing: Any) -> bool:
    return not actor.signed_in


@permission("account:manage", "See one's settings and devices, sign out devices", Standing.SUSPENDED)
@permission("account:export", "Get a copy of one's data", Standing.SUSPENDED)
@permission("account:leave", "Leave the site, or change one's mind about it", Standing.SUSPENDED)
@permission("account:edit", "Change one's profile, preferences, e-mail address and password")
def own(actor: Actor, thing: Any) -> bool:
    return actor.signed_in


@permission("account:reset_link", "Make a one-time link to a new password for someone", Standing.STAFF)
@permission("account:sign_out_others", "Sign someone out everywhere", Standing.STAFF)
def looks_after(actor: Actor, member_id: int) -> bool:
    """Only the site's owner has power over the accounts of staff, or a helper could make themselves an owner."""
    if actor.owns_site or actor.member_id == member_id:
        return True
    return not StaffRole.select().where(StaffRole.member == member_id).exists()


@permission("account:erase", "Erase an account at once, with all that is personal", Standing.STAFF)
def owns_the_site(actor: Actor, member_id: int) -> bool:
    return actor.owns_site
