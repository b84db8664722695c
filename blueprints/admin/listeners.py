"""What open pages are told when those who run the site take a right away; whoever may still look comes back."""

from blueprints.admin.events import MemberSuspended, SiteConfigured, StaffChanged
from core import stream_log
from core.signals import listen


@listen(MemberSuspended, StaffChanged)
def end_what_member_watches(event: MemberSuspended | StaffChanged) -> None:
    stream_log.revoke(f"m{event.member}")


@listen(SiteConfigured)
def end_what_visitors_watch(event: SiteConfigured) -> None:
    """Who may read was changed, to more or to fewer."""
    if "reading" in event.names:
        stream_log.revoke(stream_log.GUESTS)
