"""What staff may do. Nobody has power over the owner, and only the owner over staff."""

from core.policy import Actor, Standing, permission
from models import StaffRole


@permission("admin:open", "See how the site is doing", Standing.STAFF)
@permission("site:configure", "Change the settings of the site", Standing.STAFF)
@permission("site:invite", "Invite people to the site, and take invitations back", Standing.STAFF)
@permission("member:find", "Find people by name and see how their accounts stand", Standing.STAFF)
@permission("audit:read", "Read who did what", Standing.STAFF)
@permission("job:retry", "See background work that failed, and try it again", Standing.STAFF)
def staff(actor: Actor, thing: object) -> bool:
    return True


@permission("member:suspend", "Suspend a member, and lift a suspension", Standing.STAFF)
def suspends(actor: Actor, member_id: int) -> bool:
    role = role_of(member_id)
    return actor.member_id != member_id and role != "owner" and (role is None or actor.owns_site)


@permission("staff:appoint", "Make a member staff, and take it back", Standing.STAFF)
def appoints(actor: Actor, member_id: int) -> bool:
    return actor.owns_site and actor.member_id != member_id and role_of(member_id) != "owner"


def role_of(member_id: int) -> str | None:
    """`owner`, `staff`, or None for everybody else."""
    row = StaffRole.select(StaffRole.role).where(StaffRole.member == member_id).tuples().first()
    return str(row[0]) if row else None
