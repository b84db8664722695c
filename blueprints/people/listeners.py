"""Keeps people findable by their names and by what they say of themselves."""

from blueprints.accounts.events import MemberRegistered, ProfileChanged
from blueprints.people import listeners_friends  # noqa: F401 - listens
from core import search
from core.signals import listen
from models import Member


@listen(MemberRegistered)
@listen(ProfileChanged)
def index_member(event: MemberRegistered | ProfileChanged) -> None:
    member = Member.get_by_id(event.member)
    search.index("member", member.id, f"{member.display_name}\n{member.username}\n{member.bio}")
