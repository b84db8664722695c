"""How long, how many, how often: every limit and rate once. Standard library only. docs/settings.md is generated from
it."""

from collections.abc import Mapping
from dataclasses import dataclass

MB = 1024 * 1024

LIMITS: dict[str, int] = {
    # characters
    "username": 30,
    "display_name": 40,
    "password_min": 8,
    "live_password_min": 4,
    "password": 200,
    "email": 254,
    "bio": 500,
    "site_name": 40,
    "site_line": 120,
    "unit": 12,
    "circle_name": 40,
    "circle_slug": 40,
    "circle_purpose": 120,
    "circle_about": 5000,
    "circle_question": 200,
    "circle_rules": 5000,
    "circle_welcome": 2000,
    "join_answer": 500,
    "join_reply": 300,
    "sanction_reason": 120,
    "sanction_note": 500,
    "report_note": 500,
    "decision_note": 500,
    "appeal": 500,
    "watched_word": 60,
    "moderation_reason": 120,
    "invite_reason": 120,
    "post_title": 120,
    "comment": 5000,
    "reason": 300,
    "topic_name": 30,
    "flair_name": 20,
    "search_query": 100,
    "key": 64,
    "alt": 300,
    "live_title": 80,
    "live_about": 5000,
    "live_source": 500,
    "live_comment": 100,
    "live_avoided_words": 1000,
    "live_import": 20_000,
    "moment": 2000,
    "moment_comment": 500,
    "friend_words": 100,
    "friend_alias": 40,
    "friend_list": 30,
    "feed_mute": 40,
    "tip_note": 30,
    "transfer_words": 60,
    "money_reason": 200,
    # bytes
    "post_bytes": 20 * 1024,
    "draft_bytes": 20 * 1024,
    "picture_bytes": 12 * MB,
    "file_bytes": 20 * MB,
    "live_import_bytes": 8 * MB,
    "card_page_bytes": 512 * 1024,
    "card_picture_bytes": 5 * MB,
    "video_bytes": 2048 * MB,
    "video_piece_bytes": MB,
    "video_range_bytes": MB,
    "video_spared_bytes": 512 * MB,
    "body_bytes": 64 * MB,
    "form_bytes": 512 * 1024,
    # pictures
    "pictures_per_post": 9,
    # posts that last
    "poll_options": 10,
    "poll_option": 80,
    "poll_days": 366,
    "pins": 5,
    "bookmark_note": 200,
    "picture_pixels": 40_000_000,
    "picture_frames": 150,
    "picture_frame_pixels": 60_000_000,
    # files and link cards
    "files_per_post": 5,
    "file_name": 120,
    "videos_unfinished": 3,
    "moment_film_seconds": 60,
    "moment_film_bytes": 300 * MB,
    "film_poll_ms": 3000,
    "card_title": 200,
    "card_text": 300,
    "card_site": 100,
    "card_days": 7,
    # things on a page
    "page_mentions": 8,
    "page_posts": 20,
    "page_comments": 20,
    "page_replies": 50,
    "replies_shown": 3,
    "page_versions": 10,
    "page_circles": 24,
    "page_events": 12,
    "page_members": 40,
    "page_search": 20,
    "page_moments": 20,
    "page_moment_comments": 30,
    "page_friends": 50,
    "page_statement": 50,
    "page_admin": 50,
    "page_cases": 20,
    "page_notices": 30,
    "page_bullets": 50,
    "page_replay": 500,
    "page_avoided": 200,
    # things a member may have
    "blocked": 1000,
    "circles_founded": 20,
    "open_links": 50,
    "sanction_days": 3650,
    # days ahead that an event can be announced, and from its beginning to its end
    "live_hosts": 30,
    "live_ahead_days": 730,
    "live_days": 31,
    # moderation
    "appeal_days": 30,
    "newcomer_days": 365,
    "newcomer_posts": 100,
    "watched_words": 200,
    "moderation_reasons": 12,
    "drafts": 50,
    "pending": 50,
    "friends": 5000,
    "friend_lists": 50,
    "payments_open": 10,
    "feed_mutes": 100,
    # things a circle may have
    "topics": 10,
    "flairs": 12,
    # how an event's comments are run
    "live_announcement": 200,
    "live_detail": 200,
    "live_word": 60,
    "live_words": 200,
    "live_slow_seconds": 600,
    "live_hold_seconds": 120,
    "live_mute_minutes": 24 * 60,
    "page_live_acts": 50,
    "page_live_held": 50,
    # taking part in an event
    "live_poll": 120,
    "live_poll_option": 40,
    "live_poll_options": 6,
    "live_question": 200,
    "live_taps": 20,  # reactions that a browser sends at once
    "live_chart_steps": 60,
    "live_figures_ms": 5000,
    "page_live_polls": 10,
    "page_live_questions": 20,
    # invitations to the site, suspensions
    "invitation_uses": 1000,
    "invitation_days": 365,
    "suspension_days": 3650,
    # seconds
    "body_seconds": 60,
    "slow_body_seconds": 1,
    "undo_seconds": 60,
    "schedule_min_seconds": 5 * 60,
    "schedule_max_seconds": 366 * 24 * 3600,
    "draft_kept_seconds": 90 * 24 * 3600,
    "reset_link_seconds": 3600,
    "confirm_link_seconds": 3 * 24 * 3600,
    "setup_link_seconds": 7 * 24 * 3600,
    "session_seconds": 60 * 24 * 3600,
    "leaving_seconds": 30 * 24 * 3600,
    "deleted_kept_seconds": 7 * 24 * 3600,
    "export_kept_seconds": 7 * 24 * 3600,
    "picture_cache_seconds": 3600,
    "video_sending_seconds": 24 * 3600,
    "video_job_seconds": 900,
    "poll_ms": 1500,
    "presence_poll_ms": 30_000,
    # streams
    "streams_per_member": 20,
    "streams_per_address": 500,
    "stream_rows": 300,
    "stream_alone_seconds": 25,
}


@dataclass(frozen=True)
class Rate:
    hits: int
    seconds: int


RATES: dict[str, Rate] = {
    "login.address": Rate(40, 900),
    "login.name": Rate(10, 900),  # from one address
    "login.name_anywhere": Rate(100, 900),
    "register.address": Rate(60, 3600),
    "reset.address": Rate(10, 3600),
    "reset.name": Rate(3, 3600),
    "email.member": Rate(5, 3600),
    "email.address": Rate(5, 3600),  # to one address, whoever asks for it
    "password.member": Rate(10, 900),
    "export.member": Rate(3, 24 * 3600),
    "friend.ask": Rate(60, 3600),
    "people.block": Rate(120, 3600),
    "friend.sort": Rate(600, 300),  # names of one's own, and who is on which list
    "circle.found": Rate(40, 24 * 3600),
    "circle.join": Rate(60, 3600),
    "live.announce": Rate(60, 24 * 3600),
    "live.invite": Rate(300, 3600),
    "live.remind": Rate(60, 300),
    "live.move": Rate(20, 24 * 3600),  # one event to another time; each tells all who want to be reminded
    "live.door": Rate(10, 900),  # passwords of one event that one member tries; a right one counts for nothing
    "live.door_address": Rate(60, 900),  # of one event, from one address
    "invite.member": Rate(60, 3600),
    "invite.link": Rate(40, 3600),
    "link.guess": Rate(30, 3600),  # addresses of invitation links that lead nowhere
    "post.write": Rate(30, 600),
    "moment.write": Rate(30, 600),
    "comment.write": Rate(60, 300),
    "mention.look": Rate(240, 60),
    "live.comment": Rate(20, 30),  # counted on the comments themselves
    "live.comment_still": Rate(3, 60),  # of these, those that stand at the top or the bottom of the picture
    "live.avoid": Rate(60, 300),
    "live.poll": Rate(60, 3600),
    "live.ask": Rate(10, 600),
    "live.react": Rate(200, 10),  # taps, in each process
    "live.exchange": Rate(20, 3600),  # comments handed out or taken in as a file
    "text.render": Rate(60, 300),  # previews and edits
    "draft.save": Rate(400, 600),
    "like.write": Rate(300, 300),
    "pin.tell": Rate(10, 24 * 3600),  # announcements to all members of a circle
    "feed.choose": Rate(120, 300),
    "read.mark": Rate(600, 300),  # a browser tells how far its reader has come
    "report.write": Rate(20, 3600),
    "decision.write": Rate(120, 3600),  # of those who look after a circle; each reaches somebody with words of theirs
    "video.begin": Rate(30, 3600),
    "picture.store": Rate(60, 3600),  # of profiles and circles; those of posts count with their posts
    "payment.start": Rate(30, 3600),
    "search.address": Rate(120, 60),
    "wallet.send": Rate(60, 3600),
    "wallet.pin": Rate(30, 3600),  # PINs that one member tries, right or wrong; each costs as much as a password
    "wallet.payout": Rate(10, 3600),
    "wallet.export": Rate(30, 3600),
    "live.moderate": Rate(300, 60),
    "setup.address": Rate(20, 900),
}


def add_limits(blueprint: str, limits: Mapping[str, int], rates: Mapping[str, Rate] | None = None) -> None:
    """What a blueprint from outside brings: `polls_question` and `polls.open`, with its own name in front.

    Raises ValueError for a name without it, which could be somebody else's."""
    strange = [name for name in limits if not name.startswith(f"{blueprint}_")]
    strange += [name for name in rates or {} if not name.startswith(f"{blueprint}.")]
    if strange:
        raise ValueError(f"limits of blueprint {blueprint} must carry its name in front: {', '.join(strange)}")
    LIMITS.update(limits)
    RATES.update(rates or {})
