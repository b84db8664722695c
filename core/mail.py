"""Letters: by SMTP, or to the log when none is configured. Called from jobs, so a failure is tried again."""

import logging
import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import formatdate, make_msgid
from urllib.parse import SplitResult, unquote, urlsplit

from core.config import Config, current

log = logging.getLogger("quanzi.mail")

TIMEOUT_SECONDS = 20


@dataclass(frozen=True)
class Letter:
    to: str
    subject: str
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)


class NotReached(OSError):
    """The server was not reached, or did not let us in: the letter was certainly not sent."""


def deliver(letter: Letter) -> None:
    """Send now. Raises NotReached, and OSError or smtplib.SMTPException for what breaks after that, when the letter may
    have arrived or not."""
    config = current()
    if not config.smtp_url:
        log.warning("letter to %s\nSubject: %s\n\n%s", letter.to, letter.subject, letter.text)
        return
    url = urlsplit(config.smtp_url)
    message = _message(letter, config)
    try:
        server = _let_in(url)
    except (OSError, smtplib.SMTPException) as error:
        raise NotReached(str(error)) from error
    with server:
        server.send_message(message)


def _let_in(url: SplitResult) -> smtplib.SMTP:
    server = _connected(url)
    try:
        if url.scheme == "smtp":
            server.ehlo()
            if url.username or server.has_extn("starttls"):  # a password never travels in the clear
                server.starttls(context=ssl.create_default_context())
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
    except BaseException:
        server.close()
        raise
    return server


def _connected(url: SplitResult) -> smtplib.SMTP:
    """Left to itself, smtplib asks a server for no certificate and tells anyone the password."""
    host = url.hostname or "localhost"
    if url.scheme == "smtps":
        trusted = ssl.create_default_context()
        return smtplib.SMTP_SSL(host, url.port or 465, timeout=TIMEOUT_SECONDS, context=trusted)
    return smtplib.SMTP(host, url.port or 587, timeout=TIMEOUT_SECONDS)


class _AsWritten(EmailPolicy):
    """Addresses in headers of our own stay in one piece: Python would cut a long one into encoded words, which mail
    programs do not look for there."""

    def fold(self, name: str, value: str) -> str:
        return f"{name}: {value}{self.linesep}" if _is_address(name, value) else super().fold(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode() if _is_address(name, value) else super().fold_binary(name, value)


def _is_address(name: str, value: str) -> bool:
    return name == "List-Unsubscribe" and value.isascii() and value.isprintable() and len(value) < 900


def _message(letter: Letter, config: Config) -> EmailMessage:
    message = EmailMessage(policy=_AsWritten())
    host = urlsplit(config.base_url).hostname or "localhost"
    message["From"] = config.mail_from or f"quanzi@{host}"
    name, _, domain = letter.to.rpartition("@")
    message["To"] = Address(username=name, domain=domain)
    message["Subject"] = " ".join(letter.subject.split())
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain=host)
    message["Auto-Submitted"] = "auto-generated"
    for header, value in letter.headers.items():
        message[header] = value
    message.set_content(letter.text)
    return message
