"""What an account's open pages are told when its rights change. Those of its sessions end with them (core/sessions.py).
"""

from blueprints.accounts.events import MemberAsksToLeave, MemberErased
from core import stream_log
from core.signals import listen


@listen(MemberAsksToLeave, MemberErased)
def end_what_member_watches(event: MemberAsksToLeave | MemberErased) -> None:
    stream_log.revoke(f"m{event.member}")
