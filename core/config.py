"""Every setting once, and the limits table. Standard library only: run.py imports it before anything is installed.

What a site's owner edits in admin are rows, see core/site.py. docs/settings.md is generated from this file.
"""

import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

VERSION = "0.1.0"

MB = 1024 * 1024


@dataclass(frozen=True)
class Setting:
    name: str
    type: type
    default: Any
    meaning: str

    @property
    def variable(self) -> str:
        return f"QUANZI_{self.name.upper()}"


SETTINGS = (
    Setting("data", str, "./data", "The one folder that holds all state: database, pictures, secrets, exports."),
    Setting("host", str, "127.0.0.1", "Address to listen on."),
    Setting("port", int, 8000, "Port to listen on."),
    Setting("base_url", str, "", "Public address, such as https://club.example. Links in e-mails, secure cookies and "
            "the origin check depend on it. Empty: taken from the request."),
    Setting("trusted_proxies", int, 0, "How many reverse proxies stand in front and set X-Forwarded-For, -Proto "
            "and -Host. 0: these headers are ignored."),
    Setting("database_url", str, "", "Database address. Empty: SQLite in the data folder."),
    Setting("workers", int, 2, "Web server processes."),
    Setting("threads", int, 4, "Threads of each web server process."),
    Setting("demo", bool, True, "Fill an empty database with demo data."),
    Setting("dev", bool, False, "For developers: pattern page at /design, templates reloaded when they change."),
    Setting("blueprints", str, "", "Folders with further blueprints, separated by a colon. See docs/extending.md."),
    Setting("hub", str, "", "Unix socket of the hub of live updates. run.py starts the hub and sets this; without one "
            "each web process sends live updates by itself, from half of its threads."),
    Setting("payments", str, "", "Who brings real money: sandbox (a stand-in for trying things out, in test money) or "
            "alipay. Empty: the site counts in credit of its own."),
    Setting("alipay_app_id", str, "", "Alipay: number of the application."),
    Setting("alipay_seller_id", str, "", "Alipay: number of the account that is paid (PID, begins with 2088)."),
    Setting("alipay_key_file", str, "", "Alipay: file with the application's own private key (PEM, RSA of 2048 bits)."),
    Setting("alipay_public_key_file", str, "", "Alipay: file with Alipay's public key for this application (PEM). Not "
            "the application's own."),
    Setting("alipay_gateway", str, "https://openapi.alipay.com/gateway.do", "Alipay: where it is asked; another one for "
            "its sandbox."),
    Setting("smtp_url", str, "", "Mail server, such as smtp://name:password@mail.example:587. "
            "Empty: e-mails are written to the log."),
    Setting("mail_from", str, "", "Sender of e-mails. Empty: quanzi@ and the host of the base URL."),
)

PAYMENTS = ("", "sandbox", "alipay")
ALIPAY_NEEDS = ("alipay_app_id", "alipay_seller_id", "alipay_key_file", "alipay_public_key_file", "base_url")

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
    "blocks": 2000,
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


STAFF_NAMES = (
    "admin", "administrator", "moderator", "official", "owner", "quanzi", "root", "security", "staff", "support",
    "system", "webmaster",
    "圈子", "管理员", "管理員", "客服", "官方", "系统", "系統", "站长", "站長", "版主", "运营", "營運",
)  # fmt: skip
"""What nobody may call themselves, neither as a username nor as a display name: it would speak for the site."""

RESERVED_NAMES = (
    *STAFF_NAMES, "about", "account", "accounts", "all", "anonymous", "api", "assets", "circles", "code", "contact",
    "everyone", "export", "feed", "guest", "help", "here", "hostmaster", "info", "live", "login", "logout",
    "mailer-daemon", "media", "members", "messages", "none", "noreply", "no-reply", "notices", "null", "people",
    "postmaster", "privacy", "register", "reset", "search", "settings", "shop", "static", "terms", "undefined",
    "wallet", "www", "匿名", "访客", "訪客", "游客", "遊客", "所有人", "全体成员", "全體成員", "设置", "設定",
)  # fmt: skip
"""Usernames that are refused, with everything that looks like them."""


def add_limits(blueprint: str, limits: Mapping[str, int], rates: Mapping[str, Rate] | None = None) -> None:
    """What a blueprint from outside brings: `polls_question` and `polls.open`, with its own name in front.

    Raises ValueError for a name without it, which could be somebody else's."""
    strange = [name for name in limits if not name.startswith(f"{blueprint}_")]
    strange += [name for name in rates or {} if not name.startswith(f"{blueprint}.")]
    if strange:
        raise ValueError(f"limits of blueprint {blueprint} must carry its name in front: {', '.join(strange)}")
    LIMITS.update(limits)
    RATES.update(rates or {})


@dataclass(frozen=True)
class Config:
    data: Path
    host: str
    port: int
    base_url: str
    trusted_proxies: int
    database_url: str
    workers: int
    threads: int
    demo: bool
    dev: bool
    blueprints: tuple[str, ...]
    hub: str
    payments: str
    alipay_app_id: str
    alipay_seller_id: str
    alipay_key_file: str
    alipay_public_key_file: str
    alipay_gateway: str
    smtp_url: str
    mail_from: str

    @property
    def address(self) -> str:
        """Where the site is met, for letters. Never taken from a request: whoever makes us write a letter could name a
        host of their own."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)  # noqa: S104 - what it stands for
        return self.base_url or f"http://{host}:{self.port}"

    @property
    def secure(self) -> bool:
        return self.base_url.startswith("https://")


class BadSetting(ValueError):
    """A setting that cannot be read; the message names the variable and the cure."""


def load(environ: Mapping[str, str] | None = None) -> Config:
    """Read the settings from the environment. Raises BadSetting."""
    environ = os.environ if environ is None else environ
    values = {setting.name: _read(setting, environ.get(setting.variable, "").strip()) for setting in SETTINGS}
    values["data"] = Path(values["data"]).resolve()
    values["blueprints"] = tuple(str(Path(folder).resolve()) for folder in values["blueprints"].split(":") if folder)
    if values["payments"] not in PAYMENTS:
        raise BadSetting(f"QUANZI_PAYMENTS must be empty or one of {', '.join(filter(None, PAYMENTS))}")
    values["base_url"] = values["base_url"].rstrip("/")
    if values["base_url"] and not values["base_url"].startswith(("http://", "https://")):
        raise BadSetting("QUANZI_BASE_URL must begin with http:// or https://")
    if values["payments"] == "alipay":
        _check_alipay(values)
    return Config(**values)


def _check_alipay(values: Mapping[str, Any]) -> None:
    missing = [f"QUANZI_{name.upper()}" for name in ALIPAY_NEEDS if not values[name]]
    if missing:
        raise BadSetting(f"QUANZI_PAYMENTS is alipay, so these must be set as well: {', '.join(missing)}")
    for name in ("alipay_key_file", "alipay_public_key_file"):
        if not os.access(values[name], os.R_OK):
            raise BadSetting(f"QUANZI_{name.upper()} names {values[name]}, which cannot be read")
    if not values["alipay_gateway"].startswith("https://"):
        raise BadSetting("QUANZI_ALIPAY_GATEWAY must begin with https://")


def _read(setting: Setting, text: str) -> Any:
    if not text:
        return setting.default
    if setting.type is bool:
        if text.lower() not in ("1", "0", "yes", "no", "true", "false", "on", "off"):
            raise BadSetting(f"{setting.variable} must be 1 or 0, not {text!r}")
        return text.lower() in ("1", "yes", "true", "on")
    if setting.type is int:
        if not text.isdecimal():
            raise BadSetting(f"{setting.variable} must be a whole number, not {text!r}")
        return int(text)
    return text


FOLDERS = ("media", "files", "videos", "exports", "snapshots")


def ensure_data_folder(data: Path) -> dict[str, str]:
    """Make the data folder with its parts and secrets (mode 0600) where missing; returns the secrets.

    Raises OSError when the folder cannot be written."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in FOLDERS:
        (data / name).mkdir(mode=0o700, exist_ok=True)
    path = data / "secrets.json"
    if not path.exists():
        _write_secrets(path)
    secret: dict[str, str] = json.loads(path.read_text())
    return secret


def own_file(path: Path) -> str:
    """The path, with a file there that only this user can read; the data folder itself may have been made by others.
    SQLite gives what it writes beside a database the mode of the database."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    return str(path)


def _write_secrets(path: Path) -> None:
    """A link never overwrites: of two processes that start at once, both read the first one's secrets."""
    fresh = path.with_name(f".secrets-{secrets.token_hex(8)}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump({"secret_key": secrets.token_hex(32)}, file)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()


_current: Config | None = None
_secret_key = ""


def use(config: Config, secret_key: str) -> None:
    """Make this the configuration of the process."""
    global _current, _secret_key
    _current, _secret_key = config, secret_key


def current() -> Config:
    if _current is None:
        raise RuntimeError("create_app() has not run")
    return _current


def secret(purpose: str) -> bytes:
    """32 bytes derived from the site's secret for one purpose, so that no two uses share a key."""
    return hashlib.sha256(f"{purpose}:{_secret_key}".encode()).digest()
