"""Every setting once; limits are in core/limits.py. Standard library only: run.py imports both before anything is
installed.

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
    Setting("alipay_gateway", str, "https://openapi.alipay.com/gateway.do", "Alipay: where it is asked; its "
            "sandbox has another address."),
    Setting("smtp_url", str, "", "Mail server, such as smtp://name:password@mail.example:587. "
            "Empty: e-mails are written to the log."),
    Setting("mail_from", str, "", "Sender of e-mails. Empty: quanzi@ and the host of the base URL."),
)

PAYMENTS = ("", "sandbox", "alipay")
ALIPAY_NEEDS = ("alipay_app_id", "alipay_seller_id", "alipay_key_file", "alipay_public_key_file", "base_url")

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
